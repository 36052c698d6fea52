// Delivers image files as the frames of a scan.
#include "io/frames/image_frames.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "io/chunks/batch_memory.hpp"
#include "io/files/name_matching.hpp"
#include "io/files/read_tries.hpp"
#include "io/frames/read_image.hpp"

namespace xrdct::io {
namespace {

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

StoredImage without_pixels(ImageFile const& file) {
  StoredImage image{.shape = file.shape(), .encoding = file.encoding(), .wide = file.wide()};
  image.bytes = file.image_bytes();
  return image;
}

std::int64_t size_of(std::string const& file) {
  std::error_code failure;
  auto const bytes = std::filesystem::file_size(file, failure);
  return failure ? -1 : static_cast<std::int64_t>(bytes);
}

constexpr auto no_file = "expected an image, found no file of this number";

}  // namespace

ImageFrames::ImageFrames(FileNames images, Checksums checksums)
    : names_(std::move(images)), checksums_(checksums) {
  if (names_.empty())
    throw core::InputError({.what = "read images",
                            .expected = "at least one",
                            .found = "none",
                            .attempt = "name the images of the scan"});
  bytes_.reserve(names_.size());
  for (std::size_t file = 0; file < names_.size(); ++file) {
    look_at(file);
    core::note_progress();
  }
  if (begins_.empty()) frames_ = static_cast<std::int64_t>(names_.size());
}

void ImageFrames::look_at(std::size_t file) {
  std::string const name = names_[file];
  bool const like_first = file > 0 && !ending_.empty() && ending_of(names_.name(file)) == ending_;
  bool const known = names_.is_gap(file) || (like_first && size_of(name) >= 0) ||
                     (file == 0 && opens_as_first(name));
  if (known) {
    bytes_.push_back(names_.is_gap(file) ? -1 : size_of(name));
  } else {
    auto const location = locate_image(name);
    bytes_.push_back(size_of(location.file.string()));
    if (file == 0) look_at_first(location);
    if (location.hdf5) keep(file, location);
  }
  auto const images = file == 0 ? first_images_ : count_images(file, name);
  if (begins_.empty() && images == 1) return;
  if (begins_.empty()) {  // one each until now
    for (std::size_t earlier = 0; earlier < file; ++earlier)
      begins_.push_back(static_cast<std::int64_t>(earlier));
    frames_ = static_cast<std::int64_t>(file);
  }
  begins_.push_back(frames_);
  frames_ += images;
}

// Most series are images by their ending too, and their first file is opened once then.
bool ImageFrames::opens_as_first(std::string const& name) {
  if (!belongs_to_series(ending_of(name), SeriesOf::images) || size_of(name) < 0) return false;
  try {
    look_at_first({name, false, "", -1});
    return true;
  } catch (core::InputError const&) {
    return false;  // perhaps HDF5 all the same; else this is told once more
  }
}

void ImageFrames::look_at_first(ImageLocation const& location) {
  if (location.hdf5) {
    first_ = read_stored_image(location);
    first_.content = {};
    return;
  }
  ImageFile const opened(location.file);
  first_ = without_pixels(opened);
  as_stored_ = opened.as_stored();
  first_images_ = static_cast<std::int64_t>(opened.images());
  ending_ = ending_of(names_.name(0));
}

void ImageFrames::keep(std::size_t file, ImageLocation const& location) {
  located_.emplace(file, location.file);
  auto image = read_stored_image(location);
  expect_agreement(image, names_[file]);
  kept_.emplace(file, std::move(image));
}

// What cannot be read is found when it is read, and counts as much as the first.
std::int64_t ImageFrames::count_images(std::size_t file, std::string const& name) {
  bool const one_each =
      first_.encoding.filter == core::Filter::byte_offset || is_compressed_ending(ending_);
  if (one_each || kept_.contains(file)) return 1;
  if (bytes_[file] <= 0 || bytes_[file] == bytes_.front()) return first_images_;
  try {
    return static_cast<std::int64_t>(ImageFile(name).images());
  } catch (core::IoError const&) {
    return first_images_;
  } catch (core::InputError const&) {
    return first_images_;
  }
}

ImageFrames::Place ImageFrames::place(std::int64_t frame) const {
  if (begins_.empty()) return {static_cast<std::size_t>(frame), 0};
  auto const after = std::upper_bound(begins_.begin(), begins_.end(), frame);
  auto const file = static_cast<std::size_t>(after - begins_.begin()) - 1;
  return {file, static_cast<std::size_t>(frame - begins_[file])};
}

std::string ImageFrames::file_of(std::size_t i) const {
  auto const located = located_.find(i);
  return located == located_.end() ? names_[i] : located->second.string();
}

std::vector<FramePart> ImageFrames::parts() const {
  std::vector<FramePart> parts;
  parts.reserve(names_.size());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    auto const begin = begins_.empty() ? static_cast<std::int64_t>(i) : begins_[i];
    auto const end = begins_.empty() ? begin + 1 : i + 1 < names_.size() ? begins_[i + 1] : frames_;
    parts.push_back({file_of(i), {}, {}, begin, end - begin});
  }
  return parts;
}

std::vector<InputFile> ImageFrames::files() const {
  std::vector<InputFile> files;
  files.reserve(names_.size());
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (bytes_[i] >= 0) files.push_back({file_of(i), bytes_[i]});
  return files;
}

std::vector<std::filesystem::path> ImageFrames::opened_files() const {
  std::vector<std::filesystem::path> files;
  files.reserve(names_.size());
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (bytes_[i] >= 0) files.push_back(file_of(i));
  return files;
}

std::size_t ImageFrames::table_bytes() const {
  std::size_t bytes =
      names_.memory_bytes() + (bytes_.capacity() + begins_.capacity()) * sizeof(std::int64_t);
  for (auto const& [file, image] : kept_) bytes += image.content.size();
  return bytes;
}

std::string ImageFrames::layout() const {
  auto const count = [](std::int64_t number, std::string const& what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
  };
  auto const files = count(static_cast<std::int64_t>(names_.size()), "file");
  return begins_.empty()
             ? fmt::format("{}, one frame per file, {}", encoding_text(encoding()), files)
             : fmt::format("{}, {} in {}", encoding_text(encoding()), count(frames_, "frame"),
                           files);
}

// Of a file that grew or shrinks, what is needed is found when it is read.
std::size_t ImageFrames::expected_bytes(std::int64_t frame) const {
  if (frame < 0) return 0;
  auto const file = place(frame).file;
  bool const varies = encoding().filter == core::Filter::byte_offset && as_stored_;
  return varies ? static_cast<std::size_t>(std::max<std::int64_t>(bytes_[file], 0)) : first_.bytes;
}

std::size_t ImageFrames::stored_bytes(std::span<std::int64_t const> frames) {
  std::size_t total = 0;
  for (auto const frame : frames) total += aligned(expected_bytes(frame));
  return total;
}

std::vector<double> ImageFrames::brightness(std::span<std::int64_t const> frames) {
  bool const by_size = begins_.empty() && (encoding().filter == core::Filter::byte_offset ||
                                           is_compressed_ending(ending_));
  std::vector<double> values;
  for (auto const frame : frames) {
    auto const bytes = by_size && frame >= 0 ? bytes_[place(frame).file] : 0;
    values.push_back(bytes > 0 ? static_cast<double>(bytes)
                               : std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

void ImageFrames::expect_agreement(StoredImage const& image, std::string const& name) const {
  if (image.shape == shape() && image.encoding == encoding() && image.wide == wide()) return;
  throw core::InputError({.what = fmt::format("read {} together with {}", name, names_[0]),
                          .expected = image_text(first_) + " as there",
                          .found = image_text(image),
                          .attempt = "name only images of one detector setting"});
}

std::size_t ImageFrames::append_from(ImageFile const& file, Place const& place,
                                     core::LargeBytes& bytes, std::size_t first) const {
  auto const name = names_[place.file];
  expect_agreement(without_pixels(file), name);
  if (place.image >= file.images() || (begins_.empty() && file.images() > 1)) {
    throw core::InputError({.what = "read " + name,
                            .expected = begins_.empty() ? "one image, as in the first file"
                                                        : "as many images as it had before",
                            .found = fmt::format("{}", file.images()),
                            .attempt = "name only files of one kind"});
  }
  std::size_t const end = first + file.image_bytes();
  if (end > bytes.size()) make_room(bytes, std::max(end, bytes.size() * 3 / 2), first);
  auto const out = std::span(bytes).subspan(first, file.image_bytes());
  file.read(place.image, out);
  if (checksums_ == Checksums::verified) verify_checksum(file, out, name);
  return out.size();
}

std::size_t ImageFrames::read_into(Place const& place, core::LargeBytes& bytes, std::size_t first) {
  auto const name = names_[place.file];
  if (begins_.empty()) return append_from(ImageFile(name), place, bytes, first);
  OpenImages::Use const use(open_, place.file, name);
  return append_from(use.file(), place, bytes, first);
}

std::size_t ImageFrames::append(std::int64_t frame, core::LargeBytes& bytes, std::size_t first) {
  auto const at = place(frame);
  if (auto const known = kept_.find(at.file); known != kept_.end()) {
    auto const stored = known->second.stored();
    std::size_t const end = first + stored.size();
    if (end > bytes.size()) make_room(bytes, std::max(end, bytes.size() * 3 / 2), first);
    std::ranges::copy(stored, bytes.begin() + static_cast<std::ptrdiff_t>(first));
    return stored.size();
  }
  if (bytes_[at.file] < 0) throw core::IoError("cannot read " + describe(frame) + ": " + no_file);
  int const tries = failing_ ? 1 : most_read_tries;
  for (int failures = 0;;) {
    try {
      auto const count = read_into(at, bytes, first);
      failing_ = false;
      return count;
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

void ImageFrames::read(std::span<std::int64_t const> frames, core::FrameBuffer& out) {
  out.batch.shape = shape();
  out.batch.encoding = encoding();
  out.batch.frames.assign(frames.size(), {});
  out.failures.clear();
  make_room(out.bytes, stored_bytes(frames));
  std::vector<Range> ranges(frames.size());
  std::size_t first = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    auto& status = out.batch.frames[i].status;
    try {
      if (frames[i] < 0)
        status = core::FrameStatus::missing;
      else
        ranges[i] = {first, append(frames[i], out.bytes, first)};
    } catch (core::InputError const& error) {
      status = core::FrameStatus::unreadable;
      out.failures.emplace_back(error.what());
    } catch (core::IoError const& error) {
      status = core::FrameStatus::unreadable;
      out.failures.emplace_back(error.what());
    }
    first += aligned(ranges[i].bytes);
  }
  for (std::size_t i = 0; i < frames.size(); ++i)
    out.batch.frames[i].bytes = std::span(out.bytes).subspan(ranges[i].first, ranges[i].bytes);
}

std::vector<std::string> ImageFrames::problems_at_sight(std::span<std::int64_t const> frames) {
  std::vector<std::string> problems(frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (frames[i] < 0) continue;
    auto const bytes = bytes_[place(frames[i]).file];
    if (bytes > 0) continue;
    problems[i] = "cannot read " + describe(frames[i]) + ": " +
                  (bytes < 0 ? no_file : "expected an image, found an empty file");
  }
  return problems;
}

std::string ImageFrames::describe(std::int64_t frame) const {
  auto const text = fmt::format("frame {}", frame);
  if (frame < 0 || frame >= frames()) return text;
  auto const at = place(frame);
  return begins_.empty() ? fmt::format("{} ({})", text, names_[at.file])
                         : fmt::format("{} ({}, image {})", text, names_[at.file], at.image);
}

}  // namespace xrdct::io
