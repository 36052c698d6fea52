// Reads what images say about themselves in words: exposure, angles, counters.
#include "io/images/image_header.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

#include "core/words/errors.hpp"
#include "io/files/file_kind.hpp"
#include "io/images/cbf_header.hpp"
#include "io/images/edf_header.hpp"
#include "io/images/file_content.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

using Entry = std::pair<std::string, std::string>;

std::vector<std::string> words_of(std::optional<std::string> const& text) {
  std::istringstream stream(text.value_or(""));
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// Names in one entry, positions in another: SPEC writes them so.
void add_named(EdfHeader const& edf, std::string const& names_key, std::string const& values_key,
               ImageHeader& header) {
  auto const names = words_of(edf.value(names_key)), values = words_of(edf.value(values_key));
  for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i)
    if (std::ranges::find(header.entries, names[i], &Entry::first) == header.entries.end())
      header.entries.emplace_back(names[i], values[i]);
}

ImageHeader entries_of(EdfHeader const& edf) {
  ImageHeader header{edf.entries()};
  add_named(edf, "motor_mne", "motor_pos", header);
  add_named(edf, "counter_mne", "counter_pos", header);
  return header;
}

ImageHeader edf_entries(ImageBytes& bytes, std::size_t image) {
  std::optional<ImageHeader> found;
  std::size_t number = 0;
  each_edf_header(bytes, [&](EdfHeader const& header) {
    if (number++ == image) found = entries_of(header);
    return !found;
  });
  if (found) return std::move(*found);
  throw core::InputError(edf_problem(bytes.file(), fmt::format("an image {}", image),
                                     fmt::format("images 0 to {}", number - 1),
                                     "name one of them"));
}

ImageHeader cbf_header(ImageBytes& bytes) {
  ImageHeader header;
  bytes.read_header(0, first_window, [&](std::string_view text) {
    (void)cbf_section(text, bytes.file());  // all of the header is here
    header.entries = cbf_entries(text);
  });
  return header;
}

// A file that is compressed as a whole is expanded as far as headers go.
ImageBytes beginning_of(std::filesystem::path const& file) {
  ImageBytes bytes(file);
  if (!is_compressed(bytes.window(0, first_window).substr(0, kind_bytes))) return bytes;
  FileContent source(file);
  core::LargeBytes content;
  source.append(content, std::size_t{1} << 20);
  return {file, std::move(content)};
}

}  // namespace

std::optional<std::string> ImageHeader::value(std::string_view key) const {
  auto const with_key = [&](std::string_view wanted, auto const& spelling) {
    auto const found = std::find_if(entries.rbegin(), entries.rend(), [&](auto const& entry) {
      return spelling(entry.first) == wanted;
    });
    return found == entries.rend() ? std::nullopt : std::optional(found->second);
  };
  if (auto found = with_key(key, [](std::string const& text) { return text; })) return found;
  return with_key(edf_upper(key), [](std::string const& text) { return edf_upper(text); });
}

ImageHeader image_header(std::filesystem::path const& file, std::size_t image) {
  auto bytes = beginning_of(file);
  auto const kind = file_kind(bytes.window(0, first_window).substr(0, kind_bytes));
  if (kind == "EDF") return edf_entries(bytes, image);
  if (kind == "CBF") return cbf_header(bytes);
  throw core::InputError({.what = "read the header of image " + file.string(),
                          .expected = "CBF or EDF, whose headers name values",
                          .found = kind.empty() ? "another format" : std::string(kind),
                          .attempt = "take the values from a table or an HDF5 file"});
}

}  // namespace xrdct::io
