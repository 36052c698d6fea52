#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/scan/stages.hpp"
#include "core/scan/value_name.hpp"
#include "io/frames/frame_source.hpp"

namespace xrdct::io {

/// How frames lie in lines, for values that are given once for each line.
struct ScanLines {
  std::int64_t first_frame = 0;      //!< of the first line
  std::int64_t frames_per_line = 0;  //!< 0: not known
  std::int64_t lines = 0;
};

/// One number for each frame of a source.
class ScanValues : public core::FrameValues {
 public:
  /// As many as the source has frames.
  std::int64_t size() const { return size_; }
  /// NaN where `at` has none, see `remarks`. \param frame below `size()`
  double at(std::int64_t frame) override = 0;
  /// What is kept. \returns bytes
  virtual std::size_t memory_bytes() const = 0;
  std::string const& name() const { return name_; }  //!< "/entry/ic1 in scan.h5", for messages
  /// Frames without a value, and whatever else is to be told of the list; for people.
  std::vector<std::string> const& remarks() const { return remarks_; }
  /// All files that were read, those that only hold links to others too.
  std::set<std::filesystem::path> const& opened_files() const { return opened_files_; }

 protected:
  ScanValues(std::int64_t size, std::string name, std::vector<std::string> remarks,
             std::set<std::filesystem::path> opened_files)
      : size_(size),
        name_(std::move(name)),
        remarks_(std::move(remarks)),
        opened_files_(std::move(opened_files)) {}

 private:
  std::int64_t size_;
  std::string name_;
  std::vector<std::string> remarks_;
  std::set<std::filesystem::path> opened_files_;
};

/*!
 * Opens the values that a job names, one for each frame of `source`.
 *
 * A dataset is one list for the whole scan, or one list for each part (file, and entry where the
 * path has `*`), one after another; its values are numbers of any shape, in C order, and of a group
 * its member `value` or `data`. A list has as many values as frames; or one for all of them; or one
 * for each part; or, with `lines`, one for each line. With `first`, the value of the first frame is
 * number `first` of the list (of each list): longer lists are right then, and frames behind the end
 * of a shorter one have NaN; so is the list of a part whose scan was aborted, with `first` 0. A
 * column is one list for the whole scan, see `read_column`; its file may be `spec.dat:/3.1`. A
 * header is that of each image.
 *
 * Memory: one list of HDF5 512 KiB, else 8 B per frame. Main thread.
 * \param name with a file that can be opened, or none: that of the frames
 * \throws core::InputError, core::IoError each naming file and dataset, column or header: not
 * there, no numbers, as many as do not fit
 */
std::unique_ptr<ScanValues> open_values(core::ValueName const& name, FrameSource const& source,
                                        ScanLines const& lines = {});

/// All of them, [frame].
std::vector<double> all_values(ScanValues& values);

/// The file that a name means besides those of the frames, without the scan of a SPEC file; empty:
/// none.
std::filesystem::path value_file(core::ValueName const& name);

}  // namespace xrdct::io
