// Reads what images say about themselves in words: exposure, angles, counters.
#include "io/images/image_header.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

#include "core/words/errors.hpp"
#include "io/files/file_kind.hpp"
#include "io/images/cbf_header.hpp"
#include "io/images/edf_header.hpp"
#include "io/images/file_content.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

using Entry = std::pair<std::string, std::string>;

constexpr std::size_t first_part = std::size_t{1} << 14;      // holds most headers
constexpr std::size_t longest_header = std::size_t{1} << 22;  // with all that stands before pixels

std::string_view text_of(ImageContent const& content) {
  return {reinterpret_cast<char const*>(content.bytes.data()), content.bytes.size()};
}

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

ImageHeader edf_entries(ImageContent const& beginning) {
  auto const edf = edf_header(beginning);
  ImageHeader header{edf.entries()};
  add_named(edf, "motor_mne", "motor_pos", header);
  add_named(edf, "counter_mne", "counter_pos", header);
  return header;
}

ImageHeader entries_of(ImageContent const& beginning, std::string_view kind) {
  if (kind == "EDF") return edf_entries(beginning);
  (void)cbf_section(text_of(beginning), beginning.file);  // all of the header is here
  return {cbf_entries(text_of(beginning))};
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

ImageHeader image_header(std::filesystem::path const& file) {
  FileContent source(file);
  ImageContent beginning{file, {}};
  for (std::size_t bytes = first_part;; bytes *= 4) {
    source.append(beginning.bytes, bytes);
    auto const kind = file_kind(text_of(beginning).substr(0, 64));
    if (kind != "EDF" && kind != "CBF") {
      throw core::InputError({.what = "read the header of image " + file.string(),
                              .expected = "CBF or EDF, whose headers name values",
                              .found = kind.empty() ? "another format" : std::string(kind),
                              .attempt = "take the values from a table or an HDF5 file"});
    }
    try {
      return entries_of(beginning, kind);
    } catch (std::runtime_error const&) {
      if (source.at_end() || bytes >= longest_header) throw;
    }
  }
}

}  // namespace xrdct::io
