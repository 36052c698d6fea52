// Finds the frames that image arguments name, and what their outputs are called.
#include "app/images/image_arguments.hpp"

#include <fmt/core.h>

#include <charconv>
#include <filesystem>
#include <limits>
#include <numeric>

#include "core/words/errors.hpp"
#include "io/frames/find_stacks.hpp"
#include "io/frames/hdf5_image.hpp"
#include "io/images/image_file.hpp"

namespace xrdct::app {
namespace {

constexpr std::int64_t open_end = std::numeric_limits<std::int64_t>::max();

StoredFrame frame_of_source(io::FrameSource& source, std::int64_t index) {
  StoredFrame frame{
      .shape = source.shape(), .encoding = source.encoding(), .buffer = {}, .wide = source.wide()};
  std::vector<std::int64_t> const frames{index};
  source.locate(frames);
  source.read(frames, frame.buffer);
  if (!frame.buffer.failures.empty()) throw core::IoError(frame.buffer.failures.front());
  return frame;
}

StoredFrame only_frame(std::string const& location) {
  auto const source = io::open_frames({location}, "");
  if (source->frames() > 1) {
    throw core::InputError({.what = "read image " + location,
                            .expected = "one image",
                            .found = fmt::format("several: {}", source->frames()),
                            .attempt = "name the file in a job (scan.files), or write one image "
                                       "per file"});
  }
  return frame_of_source(*source, 0);
}

std::optional<std::int64_t> bound(std::string_view text, std::string const& whole) {
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || value < 0) {
    throw core::InputError({.what = "choose frames",
                            .expected = "FIRST:LAST with whole numbers of 0 or more",
                            .found = fmt::format("\"{}\"", whole),
                            .attempt = "the last one is left out, as in 0:10"});
  }
  return value;
}

}  // namespace

core::FrameRange frame_range(std::string const& text) {
  auto const colon = text.find(':');
  auto const first = bound(text.substr(0, colon), text);
  if (colon == std::string::npos) {
    if (!first) bound("?", text);
    return {*first, *first + 1};
  }
  auto const last = bound(std::string_view(text).substr(colon + 1), text);
  core::FrameRange const range{first.value_or(0), last.value_or(open_end)};
  if (range.first >= range.last) {
    throw core::InputError({.what = "choose frames",
                            .expected = "FIRST:LAST with FIRST below LAST",
                            .found = fmt::format("\"{}\"", text)});
  }
  return range;
}

std::vector<std::int64_t> FrameSelection::of(std::int64_t count, std::string const& name) const {
  std::vector<std::int64_t> chosen = frames;
  if (chosen.empty()) {
    std::int64_t const first = range ? range->first : 0;
    std::int64_t const last = range && range->last != open_end ? range->last : count;
    if (first >= last || last > count) {
      throw core::InputError({.what = "choose frames of " + name,
                              .expected = fmt::format("a range in 0:{}", count),
                              .found = fmt::format("{}:{}", first, last)});
    }
    chosen.resize(static_cast<std::size_t>(last - first));
    std::iota(chosen.begin(), chosen.end(), first);
  }
  for (auto const frame : chosen) {
    if (frame < 0 || frame >= count) {
      throw core::InputError({.what = fmt::format("read frame {} of {}", frame, name),
                              .expected = fmt::format("an index below {}", count)});
    }
  }
  return chosen;
}

ImageArguments::ImageArguments(std::vector<std::string> const& images,
                               std::optional<std::string> const& dataset,
                               FrameSelection const& selection) {
  for (auto const& image : images) {
    try {
      add(image, dataset, selection);
    } catch (core::InputError const&) {
      items_.push_back({.name = image,
                        .title = std::filesystem::path(image).filename().string(),
                        .location = image,
                        .failure = std::current_exception()});
    } catch (core::IoError const&) {
      items_.push_back({.name = image,
                        .title = std::filesystem::path(image).filename().string(),
                        .location = image,
                        .failure = std::current_exception()});
    }
  }
}

ImageArguments::~ImageArguments() = default;

void ImageArguments::add(std::string const& image, std::optional<std::string> const& dataset,
                         FrameSelection const& selection) {
  auto const location = io::locate_image(image);
  if (!location.hdf5) {
    if (!selection.frames.empty() || selection.range) {
      throw core::InputError({.what = "choose frames of " + image,
                              .expected = "an HDF5 file",
                              .found = "another format",
                              .attempt = "leave --frame and --frames out"});
    }
    items_.push_back({.name = image,
                      .title = std::filesystem::path(image).filename().string(),
                      .location = image});
    return;
  }
  std::string const path = !location.dataset.empty() ? location.dataset
                           : dataset                 ? *dataset
                                                     : io::only_stack(location.file);
  std::string const name = location.file.string() + ":" + path,
                    title = location.file.filename().string() + ":" + path;
  auto const bracketed = [](std::int64_t frame) { return fmt::format("[{}]", frame); };
  if (auto const frames = io::frames_of_wide_integers(location.file, path)) {
    auto const chosen = location.index >= 0
                            ? FrameSelection{.frames = {location.index}}.of(*frames, name)
                            : selection.of(*frames, name);
    for (auto const frame : chosen) {
      items_.push_back({.name = name + bracketed(frame),
                        .title = title + bracketed(frame),
                        .location = name + bracketed(frame)});
    }
    return;
  }
  auto source = io::open_frames({location.file}, path);
  auto const chosen = location.index >= 0
                          ? FrameSelection{.frames = {location.index}}.of(source->frames(), name)
                          : selection.of(source->frames(), name);
  for (auto const frame : chosen) {
    items_.push_back({.name = name + bracketed(frame),
                      .title = title + bracketed(frame),
                      .location = image,
                      .source = sources_.size(),
                      .frame = frame});
  }
  sources_.push_back(std::move(source));
}

std::string ImageArguments::stem(std::size_t i) const {
  auto const& item = items_[i];
  std::string file = item.location;
  for (auto at = file.find_first_of(":["); at != std::string::npos;
       at = file.find_first_of(":[", at + 1)) {
    if (std::error_code ignored; std::filesystem::is_regular_file(file.substr(0, at), ignored)) {
      file.resize(at);
      break;
    }
  }
  std::filesystem::path stem = std::filesystem::path(file).filename();
  for (std::string const ending : {".gz", ".bz2", ".xz", ".zst"}) {
    if (stem.extension() == ending) stem = stem.stem();
  }
  if (item.frame < 0) return stem.stem().string();
  return fmt::format("{}_{:05}", stem.stem().string(), item.frame);
}

std::vector<std::string> ImageArguments::names() const {
  std::vector<std::string> names;
  for (auto const& item : items_) names.push_back(item.name);
  return names;
}

std::vector<io::InputFile> ImageArguments::files() const {
  std::vector<io::InputFile> files;
  for (auto const& source : sources_) {
    auto const own = source->files();
    files.insert(files.end(), own.begin(), own.end());
  }
  for (auto const& item : items_) {
    std::error_code failure;
    auto const bytes = std::filesystem::file_size(item.location, failure);
    if (item.frame < 0 && !failure)
      files.push_back({item.location, static_cast<std::int64_t>(bytes)});
  }
  return files;
}

std::vector<std::filesystem::path> ImageArguments::opened_files() const {
  std::vector<std::filesystem::path> files;
  for (auto const& source : sources_) {
    auto const opened = source->opened_files();
    files.insert(files.end(), opened.begin(), opened.end());
  }
  return files;
}

StoredFrame ImageArguments::read(std::size_t i) const {
  auto const& item = items_[i];
  if (item.failure) std::rethrow_exception(item.failure);
  if (item.frame < 0) return only_frame(item.location);
  return frame_of_source(*sources_[item.source], item.frame);
}

}  // namespace xrdct::app
