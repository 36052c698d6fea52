#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/scan/stages.hpp"
#include "io/frames/frame_source.hpp"

namespace xrdct::app {

/// One stored frame and what is needed to decode it.
struct StoredFrame {
  core::FrameShape shape;
  core::FrameEncoding encoding;
  core::FrameBuffer buffer;  //!< one frame, good
  io::WideInteger wide = io::WideInteger::none;
};

/// Which frames of a dataset: all, or some.
struct FrameSelection {
  std::vector<std::int64_t> frames;            //!< empty: the range
  std::optional<core::FrameRange> range = {};  //!< nothing: all
  /// Indices below `count`. \throws core::InputError one is not there; `name` is for the message
  std::vector<std::int64_t> of(std::int64_t count, std::string const& name) const;
};

/// "3:10", "3:", ":10" (the last is left out). \throws core::InputError
core::FrameRange frame_range(std::string const& text);

/*!
 * The frames that image arguments name: image files, HDF5 files (`file.h5`, `file.h5:/path`,
 * `file.h5:/path[3]`, `file.h5:3`), in the order given.
 *
 * Files of frames are opened here, image files when they are read. What cannot be opened keeps one
 * place, with the reason in `failure`.
 */
class ImageArguments {
 public:
  ImageArguments(std::vector<std::string> const& images, std::optional<std::string> const& dataset,
                 FrameSelection const& selection);
  ~ImageArguments();

  std::size_t size() const noexcept { return items_.size(); }
  /// "CeO2.cbf", "scan.h5:/entry/data[17]"
  std::string const& name(std::size_t i) const { return items_[i].name; }
  /// the name without folders
  std::string const& title(std::size_t i) const { return items_[i].title; }
  std::string stem(std::size_t i) const;  //!< of output files: "CeO2", "scan_00017"
  std::vector<std::string> names() const;
  std::vector<io::InputFile> files() const;
  std::vector<std::filesystem::path> opened_files()
      const;  //!< HDF5 files, those that only hold links, too
  /// \throws core::InputError, core::IoError
  StoredFrame read(std::size_t i) const;

 private:
  struct Item {
    std::string name;
    std::string title;
    std::string location;          //!< as given
    std::size_t source = 0;        //!< index into `sources_`
    std::int64_t frame = -1;       //!< of that source; −1: an image file
    std::exception_ptr failure{};  //!< why it could not be opened
  };
  void add(std::string const& image, std::optional<std::string> const& dataset,
           FrameSelection const& selection);

  std::vector<Item> items_;
  std::vector<std::unique_ptr<io::FrameSource>> sources_;
};

}  // namespace xrdct::app
