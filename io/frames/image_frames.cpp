// Delivers image files as the frames of a scan.
#include "io/frames/image_frames.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "io/files/read_tries.hpp"
#include "io/frames/read_image.hpp"
#include "io/images/image_file.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t alignment = 64;  // of each frame in a batch

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

// Of a frame in the memory of a batch.
struct Range {
  std::size_t first = 0, bytes = 0;
};

std::string image_text(StoredImage const& image) {
  return fmt::format("{} × {} pixels, {}", image.shape.rows, image.shape.columns,
                     image.wide == WideInteger::i64   ? "i64"
                     : image.wide == WideInteger::u64 ? "u64"
                                                      : encoding_text(image.encoding));
}

}  // namespace

ImageFrames::ImageFrames(std::vector<std::filesystem::path> const& images) {
  if (images.empty())
    throw core::InputError({.what = "read images",
                            .expected = "at least one",
                            .found = "none",
                            .attempt = "name the images of the scan"});
  for (auto const& image : images) {
    auto const location = locate_image(image.string());
    if (kept_.empty() || location.hdf5) kept_.emplace(frames(), read_stored_image(location));
    names_.push_back(image.string());
    files_.push_back({location.file.string(),
                      static_cast<std::int64_t>(std::filesystem::file_size(location.file))});
    core::note_progress();
  }
}

std::vector<FramePart> ImageFrames::parts() const {
  std::vector<FramePart> parts;
  for (std::int64_t frame = 0; frame < frames(); ++frame)
    parts.push_back({files_[static_cast<std::size_t>(frame)].path, {}, {}, frame, 1});
  return parts;
}

std::vector<std::filesystem::path> ImageFrames::opened_files() const {
  std::vector<std::filesystem::path> files;
  for (auto const& file : files_) files.emplace_back(file.path);
  return files;
}

std::size_t ImageFrames::table_bytes() const {
  std::size_t bytes = names_.size() * (sizeof(std::string) + sizeof(InputFile));
  for (auto const& name : names_) bytes += 2 * name.size();
  for (auto const& [frame, image] : kept_) bytes += image.content.size();
  return bytes;
}

std::string ImageFrames::layout() const {
  return fmt::format("{}, one frame per file, {} {}", encoding_text(encoding()), names_.size(),
                     names_.size() == 1 ? "file" : "files");
}

std::size_t ImageFrames::stored_bytes(std::span<std::int64_t const> frames) {
  return aligned(first().bytes) *
         static_cast<std::size_t>(std::ranges::count_if(frames, [](auto f) { return f >= 0; }));
}

void ImageFrames::expect_agreement(StoredImage const& image, std::string const& name) const {
  if (image.shape == shape() && image.encoding == encoding() && image.wide == wide()) return;
  throw core::InputError({.what = fmt::format("read {} together with {}", name, names_.front()),
                          .expected = image_text(first()) + " as there",
                          .found = image_text(image),
                          .attempt = "name only images of one detector setting"});
}

StoredImage const* ImageFrames::kept(std::int64_t frame) const {
  auto const found = kept_.find(frame);
  return found == kept_.end() ? nullptr : &found->second;
}

StoredImage ImageFrames::read_again(std::string const& name) {
  int const tries = failing_ ? 1 : most_read_tries;
  for (int failures = 0;;) {
    try {
      auto image = read_image_file(name);
      failing_ = false;
      return image;
    } catch (core::IoError const&) {
      if (++failures < tries) {
        pause_after(failures);
        continue;
      }
      failing_ = true;
      throw;
    }
  }
}

// Memory grows by half at least, so that few images are copied twice.
std::size_t ImageFrames::append(std::int64_t frame, core::LargeBytes& bytes, std::size_t first) {
  auto const& name = names_[static_cast<std::size_t>(frame)];
  auto const* const known = kept(frame);
  StoredImage const own = known == nullptr ? read_again(name) : StoredImage{};
  auto const& image = known == nullptr ? own : *known;
  expect_agreement(image, name);
  std::size_t const end = first + image.bytes;
  if (end > bytes.size()) bytes.resize(first == 0 ? end : std::max(end, bytes.size() * 3 / 2));
  std::ranges::copy(image.stored(), bytes.begin() + static_cast<std::ptrdiff_t>(first));
  return image.bytes;
}

void ImageFrames::read(std::span<std::int64_t const> frames, core::FrameBuffer& out) {
  out.batch.shape = shape();
  out.batch.encoding = encoding();
  out.batch.frames.assign(frames.size(), {});
  out.failures.clear();
  std::vector<Range> places(frames.size());
  std::size_t first = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    auto& status = out.batch.frames[i].status;
    try {
      if (frames[i] < 0)
        status = core::FrameStatus::missing;
      else
        places[i] = {first, append(frames[i], out.bytes, first)};
    } catch (core::InputError const& error) {
      status = core::FrameStatus::unreadable;
      out.failures.emplace_back(error.what());
    } catch (core::IoError const& error) {
      status = core::FrameStatus::unreadable;
      out.failures.emplace_back(error.what());
    }
    first += aligned(places[i].bytes);
  }
  for (std::size_t i = 0; i < frames.size(); ++i)
    out.batch.frames[i].bytes = std::span(out.bytes).subspan(places[i].first, places[i].bytes);
}

std::vector<std::string> ImageFrames::problems_at_sight(std::span<std::int64_t const> frames) {
  std::vector<std::string> problems(frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (frames[i] >= 0 && files_[static_cast<std::size_t>(frames[i])].bytes == 0)
      problems[i] =
          "cannot read " + describe(frames[i]) + ": expected an image, found an empty file";
  return problems;
}

std::string ImageFrames::describe(std::int64_t frame) const {
  auto const text = fmt::format("frame {}", frame);
  return frame < 0 || frame >= frames()
             ? text
             : fmt::format("{} ({})", text, names_[static_cast<std::size_t>(frame)]);
}

}  // namespace xrdct::io
