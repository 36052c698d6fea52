#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/words/patterns.hpp"
#include "core/words/words.hpp"
#include "io/files/input_file.hpp"

namespace xrdct::io {

/// What a file of patterns holds beside the patterns. Equal descriptions give equal bytes.
struct PatternFileDescription {
  std::string title;
  /// what each frame is, for people; one frame: no axis for frames
  std::vector<std::string> frames;
  core::PatternKind kind = core::PatternKind::radial;
  std::string unit_name;  //!< "q_nm^-1"
  std::string label;      //!< "q"
  std::string symbol;     //!< "nm^-1"
  std::vector<double> radial_axis;
  std::vector<double> azimuthal_axis;  //!< [deg]; empty: χ is not binned
  bool errors = true, deviation = false;
  std::string version, revision, engine, backend, command, configuration, poni_text;
  std::vector<InputFile> inputs;
  double lost = 0.0;  //!< Σ of the parts of pixels that lie outside of the ranges
  /// cause, pixels: the attributes `by_<cause>` of the numbers of masked pixels
  std::vector<std::pair<std::string, std::int64_t>> masked_by = {};
};

/// One frame as it is written. The sums are those of `frame` in `sums`; a frame that is not good
/// has NaN and zeros.
struct PatternFrame {
  core::FrameStatus status = core::FrameStatus::good;
  core::PatternSums const* sums = nullptr;  //!< nullptr: a frame that is not good
  std::size_t frame = 0;
  core::PixelTally tally;
  double monitor = 1.0;  //!< m of `core::finish_pattern`: not in the sums
  std::span<float const> intensity, error, deviation;  //!< [bin]; empty where not written
};

/*!
 * Patterns of single images as a NeXus file, written frame by frame.
 *
 *     /entry/result
 *     NXdata: I, I_errors, std (f4), sum_signal, sum_variance, sum_normalization,
 *       sum_normalization2, count (f8), pixels (i4),
 *                     each [frame][azimuthal][radial] without the axes that there are not;
 *                       radial_axis, azimuthal_axis, frame
 *     /entry/frames
 *     name, status, monitor, used, masked, invalid, out_of_range, rejected, each [frame]
 *     /entry/process  NXprocess: program, version, command, calibration, inputs
 *
 * The file is called `<file>.part` until `close`. One object at a time, main thread. Memory: none
 * that grows with the number of frames.
 */
class PatternFile {
 public:
  /// \throws core::IoError
  PatternFile(std::filesystem::path const& file, PatternFileDescription const& description);
  ~PatternFile();
  /// \param index of the frame, in any order, each once
  /// \throws core::IoError
  void write(std::size_t index, PatternFrame const& frame);
  /// Gives the file its name. \throws core::IoError
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
