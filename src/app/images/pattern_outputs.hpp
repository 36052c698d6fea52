#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/files/output_ending.hpp"
#include "app/files/picture_options.hpp"
#include "app/files/text_pattern.hpp"
#include "app/images/image_arguments.hpp"
#include "config/job/image_job.hpp"
#include "core/matrix/plan_building.hpp"
#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "io/guard/input_files.hpp"
#include "io/guard/output_guard.hpp"
#include "io/output/pattern_file.hpp"

namespace xrdct::app {

/// One frame with its pattern.
struct FinishedFrame {
  std::size_t index = 0;  //!< in the order of the images
  core::PatternSums const* sums = nullptr;
  std::size_t frame = 0;  //!< of `sums`
  core::PixelTally tally;
  double monitor = 1.0;
  core::MaskedPixels masked;                       //!< why pixels are masked
  std::vector<float> intensity, error, deviation;  //!< [bin]; empty: none
};

/*!
 * The files that `xrdct integrate` writes: text and pictures, one per frame, and HDF5, one for all
 * frames.
 *
 * Names with an ending choose one kind; a name without stands for the kinds that suit the pattern;
 * none at all: the same, named after the image. Of several frames the files of one are called
 * `name_00017.xye`.
 */
class PatternOutputs {
 public:
  struct Settings {
    std::vector<std::string> names;
    PictureOptions look;
    bool unit_asked = false;  //!< whether --unit names the unit of texts, too; that of a
                              //!< configuration is of the bins alone
    char comment = '#';       //!< begins the lines of the header of texts
    std::string command, version, revision, backend;
    io::InputFiles inputs;  //!< none of them is written
  };
  /// Tries what will be written.
  /// \throws core::InputError an unknown ending, text for a cake, no such folder, an input, a file
  /// of somebody else; core::IoError a folder that cannot be written to, no space
  PatternOutputs(Settings settings, config::ImageJob const& image, ImageArguments const& frames);
  ~PatternOutputs();

  /// Looks whether the texts can have their unit. Before the first frame. \throws core::InputError
  void begin(core::Calibration const& calibration);

  /// Writes one frame.
  /// \returns the names of its files
  /// \throws core::IoError; core::InputError bins that differ from those in the HDF5 file
  std::string write(core::BinMatrix const& matrix, std::string const& poni_text,
                    FinishedFrame const& frame);
  /// A frame that is not good keeps its place in HDF5.
  void leave_out(std::size_t index, core::FrameStatus status) {
    left_out_.emplace_back(index, status);
  }
  /// Gives the HDF5 files their names. \throws core::IoError
  void close();

 private:
  struct Output {
    std::filesystem::path name;  //!< without its ending
    std::string ending;          //!< ".xye", as written on the command line
    OutputKind kind;
  };
  struct Hdf5 {
    std::filesystem::path file;
    std::unique_ptr<io::PatternFile> writer;
    std::vector<double> radial_axis;
  };
  void add(std::string const& name);
  void add(std::filesystem::path const& stem, std::string const& ending);
  std::filesystem::path file_of(Output const& output, std::size_t index) const;
  TextPattern text_pattern(OutputKind kind) const;
  void write_columns(std::filesystem::path const& file, OutputKind kind,
                     core::BinMatrix const& matrix, FinishedFrame const& frame) const;
  void write_picture(std::filesystem::path const& file, io::PictureFormat format,
                     core::BinMatrix const& matrix, FinishedFrame const& frame) const;
  io::PatternFileDescription description(core::BinMatrix const& matrix,
                                         std::string const& poni_text) const;

  Settings settings_;
  core::RadialScales scales_ = {};
  config::ImageJob const& image_;
  ImageArguments const& frames_;
  bool stems_differ_ = true;
  io::OutputGuard guard_;        //!< during construction
  std::vector<Output> outputs_;  //!< text and pictures
  std::vector<Hdf5> hdf5_;
  std::vector<std::pair<std::size_t, core::FrameStatus>> left_out_;
};

}  // namespace xrdct::app
