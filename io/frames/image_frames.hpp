#pragma once
#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "io/frames/frame_source.hpp"

namespace xrdct::io {

/*!
 * A series of images, one frame each, as stored bytes.
 *
 * The first image says shape, type and compression, and the others have to agree. It is read at
 * once and kept, and so is every image in an HDF5 file; the others are read when they are asked
 * for, by as many threads at once as call `read`, and up to three times where that fails, as long
 * as others can be read. Nothing has to be located.
 */
class ImageFrames final : public FrameSource {
 public:
  /// \param images each as `read_stored_image` takes it. Main thread.
  /// \throws core::InputError none; an image that cannot be read now; core::IoError
  explicit ImageFrames(std::vector<std::filesystem::path> const& images);

  core::FrameShape shape() const override { return first().shape; }
  core::FrameEncoding encoding() const override { return first().encoding; }
  WideInteger wide() const override { return first().wide; }
  std::int64_t frames() const override { return static_cast<std::int64_t>(names_.size()); }
  /// One of each image.
  std::vector<FramePart> parts() const override;
  std::vector<std::string> remarks() const override { return {}; }
  std::vector<InputFile> const& files() const override { return files_; }
  std::vector<std::filesystem::path> opened_files() const override;
  std::size_t table_bytes() const override;
  std::string layout() const override;
  /// Every image is taken to be as large as the first.
  std::size_t stored_bytes(std::span<std::int64_t const> frames) override;
  std::vector<std::string> problems_at_sight(std::span<std::int64_t const> frames) override;
  std::size_t composing_bytes() const override { return first().content.size(); }
  bool keeps_stored_bytes() const override { return false; }

  void locate(std::span<std::int64_t const>) override {}
  void keep_located(std::size_t) override {}
  void read(std::span<std::int64_t const> frames, core::FrameBuffer& out) override;
  std::string describe(std::int64_t frame) const override;

 private:
  StoredImage const& first() const { return kept_.at(0); }
  StoredImage const* kept(std::int64_t frame) const;
  StoredImage read_again(std::string const& name);
  std::size_t append(std::int64_t frame, core::LargeBytes& bytes, std::size_t first);
  void expect_agreement(StoredImage const& image, std::string const& name) const;

  std::vector<std::string> names_;            // as given
  std::vector<InputFile> files_;              // [frame]
  std::map<std::int64_t, StoredImage> kept_;  // by frame
  std::atomic<bool> failing_ = false;         // the last file that was read could not be
};

}  // namespace xrdct::io
