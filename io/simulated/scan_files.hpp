#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/scan/value_name.hpp"
#include "core/words/names.hpp"
#include "io/simulated/scan_content.hpp"

namespace xrdct::io {

/// The ways in which beamlines lay frames down in files.
enum class ScanLayout {
  single,  //!< one HDF5 file
  eiger,   //!< a master with external links to data files
  bliss,   //!< a file with entries 1.1, 2.1, … and virtual datasets over LImA files
  maxiv,   //!< for each entry a file of motors, with a link to one of frames
  cbf      //!< a file for each frame, and a table of motors and monitor
};

}  // namespace xrdct::io

namespace xrdct::core {

template <>
inline constexpr auto words_of<io::ScanLayout> =
    std::to_array<Word<io::ScanLayout>>({{"single", io::ScanLayout::single},
                                         {"eiger", io::ScanLayout::eiger},
                                         {"bliss", io::ScanLayout::bliss},
                                         {"maxiv", io::ScanLayout::maxiv},
                                         {"cbf", io::ScanLayout::cbf}});

}  // namespace xrdct::core

namespace xrdct::io {

/// Where the frames are in a data file of the layouts single and eiger.
inline constexpr char const* scan_dataset = "/entry/data/data";

/// How a job names a scan.
struct ScanNames {
  std::vector<std::string> files;
  std::string dataset;  //!< "": the files are images
  core::ValueName monitor;
  std::vector<core::ValueName> motors;  //!< as `ScanContent::motors`
};

/*!
 * The files of a simulated scan in one layout. Equal content gives equal bytes: no times, and no
 * filter plug-in of the machine is asked. Names are relative to the folder of the scan.
 */
class ScanFiles {
 public:
  explicit ScanFiles(ScanContent content) : content_(std::move(content)) {}
  virtual ~ScanFiles() = default;
  ScanFiles(ScanFiles const&) = delete;
  ScanFiles& operator=(ScanFiles const&) = delete;

  ScanContent const& content() const noexcept { return content_; }
  /// Consecutive frames, each part written whole by one rank.
  virtual std::vector<core::FrameRange> parts() const = 0;
  /// All files, the one that stands for the scan first; without texts and those of `texts`.
  virtual std::vector<std::string> names() const = 0;
  virtual ScanNames job_names() const = 0;
  /// Bytes that a frame takes. \throws core::InputError this build cannot encode
  virtual std::size_t frame_bytes(DrawFrame const& draw, std::int64_t frame) const;
  /*!
   * Writes the frames of a part. \param threads that draw and encode, at least 1
   * \throws core::IoError
   */
  virtual void write_part(std::filesystem::path const& folder, std::size_t part,
                          DrawFrame const& draw, int threads,
                          FramesWritten const& written) const = 0;
  /// Writes what names the parts, once, after all of them. \throws core::IoError
  virtual void write_rest(std::filesystem::path const&) const {}
  /// Texts of the folder, by name: known word for word, so that an edited one is not replaced.
  virtual std::vector<std::pair<std::string, std::string>> texts() const { return {}; }

 private:
  ScanContent content_;
};

/// \throws core::InputError a pixel type that the layout cannot hold
std::unique_ptr<ScanFiles> scan_files(ScanLayout layout, ScanContent content);

}  // namespace xrdct::io
