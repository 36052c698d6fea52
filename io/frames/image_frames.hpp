#pragma once
#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "io/files/file_names.hpp"
#include "io/frames/frame_source.hpp"
#include "io/images/open_images.hpp"

namespace xrdct::io {

/*!
 * A series of images as stored bytes: a frame per file, or several.
 *
 * The first file says shape, type, compression and how many images a file has, and the others have
 * to agree. Files of another size than the first are opened to count their images, unless their
 * format holds one. Images in HDF5 files are read at once and kept; the others are read when they
 * are asked for, straight into the batch, by as many threads at once as call `read`, and up to
 * three times where that fails, as long as others can be read. Nothing has to be located.
 *
 * Memory: 8 B and the name per file.
 */
class ImageFrames final : public FrameSource {
 public:
  /// \param images each as `read_stored_image` takes it. Main thread.
  /// \throws core::InputError none; an image that cannot be read now; core::IoError
  ImageFrames(FileNames images, Checksums checksums);

  core::FrameShape shape() const override { return first_.shape; }
  core::FrameEncoding encoding() const override { return first_.encoding; }
  WideInteger wide() const override { return first_.wide; }
  std::int64_t frames() const override { return frames_; }
  std::vector<InputFile> files() const override;
  /// One of each file.
  std::vector<FramePart> parts() const override;
  std::vector<std::string> remarks() const override { return {}; }
  std::vector<std::filesystem::path> opened_files() const override;
  std::size_t table_bytes() const override;
  std::string layout() const override;
  /// Every image is taken to be as large as its file.
  std::size_t stored_bytes(std::span<std::int64_t const> frames) override;
  /// By the size of the file where that depends on the counts, else not known.
  std::vector<double> brightness(std::span<std::int64_t const> frames) override;
  std::vector<std::string> problems_at_sight(std::span<std::int64_t const> frames) override;
  std::size_t composing_bytes() const override { return as_stored_ ? 0 : 2 * first_.bytes; }
  bool keeps_stored_bytes() const override { return false; }

  void locate(std::span<std::int64_t const>) override {}
  void keep_located(std::size_t) override {}
  void read(std::span<std::int64_t const> frames, core::FrameBuffer& out) override;
  std::string describe(std::int64_t frame) const override;

 private:
  struct Place {
    std::size_t file = 0, image = 0;
  };
  void look_at(std::size_t file);
  bool opens_as_first(std::string const& name);
  void look_at_first(ImageLocation const& location);
  void keep(std::size_t file, ImageLocation const& location);
  std::int64_t count_images(std::size_t file, std::string const& name);
  Place place(std::int64_t frame) const;
  std::string file_of(std::size_t i) const;
  std::size_t expected_bytes(std::int64_t frame) const;
  std::size_t append(std::int64_t frame, core::LargeBytes& bytes, std::size_t first);
  std::size_t append_from(ImageFile const& file, Place const& place, core::LargeBytes& bytes,
                          std::size_t first) const;
  std::size_t read_into(Place const& place, core::LargeBytes& bytes, std::size_t first);
  void expect_agreement(StoredImage const& image, std::string const& name) const;

  FileNames names_;  // as given
  Checksums checksums_;
  StoredImage first_;              // without its pixels
  bool as_stored_ = true;          // files are read without memory besides
  std::string ending_;             // of files that are taken to be of the kind of the first
  std::int64_t first_images_ = 1;  // of the first file
  std::int64_t frames_ = 0;
  std::vector<std::int64_t> bytes_;   // [file]; −1: it is not there
  std::vector<std::int64_t> begins_;  // [file] its first frame; empty: one per file
  // by file, of images in HDF5
  std::map<std::size_t, StoredImage> kept_;
  std::map<std::size_t, std::filesystem::path> located_;
  OpenImages open_;                    // files of several images
  std::atomic<bool> failing_ = false;  // the last file that was read could not be
};

}  // namespace xrdct::io
