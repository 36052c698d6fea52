#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/words/words.hpp"
#include "io/stored/sinogram_reader.hpp"

namespace xrdct::io {

/// The sum over channels of one height; of what has a value alone.
struct ChannelSum {
  std::vector<double> intensity;   //!< Σ I [slow][fast]
  std::vector<double> variance;    //!< Σ I_errors² [slow][fast]; empty: the file has no errors
  std::vector<std::int32_t> bins;  //!< added, of each place [slow][fast]
};

/// Adds the sum over other channels of the same places.
void add(ChannelSum& sum, ChannelSum const& more);

/// Puts the sum of other places, over the same channels, behind.
void append(ChannelSum& sum, ChannelSum const& next);

/// Blocks [first, last) of slow lines of a height, as they are stored together.
struct LineBlocks {
  std::size_t first = 0, last = 0;
};

/*!
 * Reads the sinograms of a finished output of `reduce` as reconstruction takes them: a few
 * neighbouring bins of all places of a height.
 *
 * A file that xrdct wrote is read by `pread`, chunk by chunk at their addresses; one that was
 * packed again (h5repack: other chunks, compressed, contiguous) by HDF5, with the same values.
 * Fields are "I", "I_errors" and "count". Bins are counted through a pattern: of a cake azimuthal
 * bin · radial bins + radial bin. Main thread, one object per rank. Memory: 64 MiB for chunks.
 */
class SinogramUnits {
 public:
  /// \throws core::IoError not an output of `reduce`
  explicit SinogramUnits(std::filesystem::path const& file);
  ~SinogramUnits();

  SinogramReader const& reader() const noexcept;  //!< shape, axes, reductions
  /// Whether a field is read without HDF5.
  bool reads_directly(std::string const& reduction, std::string const& field);

  /*!
   * Values of the bins [first, first + bins) of all places of a height.
   * \param values [slow][fast][bin], bins = their number / places of a height
   * \throws core::InputError no such field or bin; core::IoError
   */
  void read(std::string const& reduction, std::string const& field, std::size_t height,
            std::size_t first, std::span<float> values);

  std::size_t blocks_of_height() const;  //!< of slow lines

  /*!
   * Σ over the bins [first, first + bins) of the places of some blocks of a height, in their order,
   * in double. An empty bin (count 0) or one without a finite value is left out. The sum of a place
   * does not depend on the blocks that are asked for beside it: ranks may share them. Memory: three
   * fields of one block; of all blocks in a file that was packed again.
   */
  ChannelSum sum(std::string const& reduction, std::size_t height, LineBlocks blocks,
                 std::size_t first, std::size_t bins);

  /// What happened to each frame of a height: [slow][fast].
  /// \throws core::InputError places are pending: the output is not finished
  std::vector<core::FrameStatus> status(std::size_t height);

  /// Measured positions of a motor at a height, [slow][fast], in the unit of its axis; empty: the
  /// file has none. NaN where there was no frame.
  std::vector<double> positions(std::string const& motor, std::size_t height);

  /// The same for copies of a file by h5repack, other for other values: a checksum of its
  /// checksums, as 16 hexadecimal digits. Empty: the file has none.
  std::string identity();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
