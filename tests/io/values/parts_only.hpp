#pragma once
#include <stdexcept>
#include <utility>

#include "io/frames/frame_source.hpp"

namespace xrdct::io::test {

/// A source of which nothing but its parts is asked.
class PartsOnly final : public FrameSource {
 public:
  /// Parts of so many frames each, one after another.
  explicit PartsOnly(std::vector<FramePart> parts) : parts_(std::move(parts)) {
    for (auto& part : parts_) {
      part.first = frames_;
      frames_ += part.frames;
    }
  }
  std::vector<FramePart> parts() const override { return parts_; }
  std::int64_t frames() const override { return frames_; }
  std::vector<std::string> remarks() const override { return {}; }
  std::vector<InputFile> files() const override { throw not_asked(); }
  core::FrameShape shape() const override { throw not_asked(); }
  core::FrameEncoding encoding() const override { throw not_asked(); }
  WideInteger wide() const override { throw not_asked(); }
  std::vector<std::filesystem::path> opened_files() const override { throw not_asked(); }
  std::size_t table_bytes() const override { throw not_asked(); }
  std::string layout() const override { throw not_asked(); }
  std::size_t stored_bytes(std::span<std::int64_t const>) override { throw not_asked(); }
  std::vector<std::string> problems_at_sight(std::span<std::int64_t const>) override {
    throw not_asked();
  }
  std::size_t composing_bytes() const override { throw not_asked(); }
  bool keeps_stored_bytes() const override { throw not_asked(); }
  void locate(std::span<std::int64_t const>) override { throw not_asked(); }
  void keep_located(std::size_t) override { throw not_asked(); }
  void read(std::span<std::int64_t const>, core::FrameBuffer&) override { throw not_asked(); }
  std::string describe(std::int64_t) const override { throw not_asked(); }

 private:
  static std::logic_error not_asked() { return std::logic_error("only the parts are asked"); }

  std::vector<FramePart> parts_;
  std::int64_t frames_ = 0;
};

}  // namespace xrdct::io::test
