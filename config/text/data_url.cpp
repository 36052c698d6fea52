// The URLs of silx, in which pyFAI saves the names of masks, darks and flats.
#include "config/text/data_url.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace xrdct::config {
namespace {

// "%20" and "+" of a query.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    auto const digits = text.substr(i + 1, 2);
    bool const coded =
        text[i] == '%' && digits.size() == 2 &&
        std::from_chars(digits.data(), digits.data() + 2, code, 16).ptr == digits.data() + 2;
    out += coded ? static_cast<char>(code) : text[i] == '+' ? ' ' : text[i];
    if (coded) i += 2;
  }
  return out;
}

bool is_whole(std::string_view word) { return word == "..." || word == ":"; }

// "0", "[0]", "0,...", "0,:,:" choose one image; "...", ":,:" leave it whole. \returns the index in
// brackets, or nothing: not one image
std::optional<std::string> index_of(std::string slice) {
  std::erase_if(slice, [](char c) { return c == '[' || c == ']' || c == ' '; });
  std::string index;
  for (std::size_t begin = 0, position = 0; begin <= slice.size(); ++position) {
    auto const end = std::min(slice.find(',', begin), slice.size());
    auto const word = std::string_view(slice).substr(begin, end - begin);
    bool const number = !word.empty() && std::all_of(word.begin(), word.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
    if (number && position == 0) index = "[" + std::string(word) + "]";
    if (!is_whole(word) && !(number && position == 0)) return std::nullopt;
    begin = end + 1;
  }
  return index;
}

// "path=/a&slice=0", or the path alone.
void read_query(std::string_view query, DataUrl& url) {
  std::string path, slice;
  if (query.find('=') == std::string_view::npos) {
    path = decoded(query);
  } else {
    while (!query.empty()) {
      auto const end = std::min(query.find('&'), query.size());
      auto const entry = query.substr(0, end);
      auto const key = entry.substr(0, entry.find('='));
      auto const value = decoded(entry.substr(std::min(entry.size(), key.size() + 1)));
      query.remove_prefix(std::min(query.size(), end + 1));
      if (key == "path")
        path = value;
      else if (key == "slice")
        slice = value;
      else
        url.problem = "the key " + std::string(key) + " in it; known are path and slice";
    }
  }
  if (!path.empty()) url.rest = ":" + path;
  if (slice.empty()) return;
  auto const index = index_of(slice);
  if (!index) url.problem = "the slice " + slice + "; one index chooses an image, as in slice=0";
  if (!index || index->empty()) return;
  if (path.empty() && *index != "[0]")
    url.problem = "an image chosen by slice=" + slice + " without a path; write one image per file";
  if (!path.empty()) url.rest += *index;
}

}  // namespace

std::optional<DataUrl> parse_data_url(std::string const& text) {
  DataUrl url;
  std::string_view rest = text;
  bool has_scheme = false;
  for (std::string_view const scheme : {"fabio:", "silx:", "http:", "https:"}) {
    if (!rest.starts_with(scheme)) continue;
    if (scheme.starts_with("http")) url.problem = "a file of the web; copy it to this machine";
    has_scheme = true;
    rest.remove_prefix(scheme.size());
    if (rest.starts_with("//")) rest.remove_prefix(2);
  }
  auto const mark = rest.find('?');
  auto const colons = mark == std::string_view::npos ? rest.find("::") : mark;
  if (!has_scheme && colons == std::string_view::npos) return std::nullopt;
  url.file = std::string(rest.substr(0, colons));
  if (colons != std::string_view::npos)
    read_query(rest.substr(colons + (mark == std::string_view::npos ? 2 : 1)), url);
  if (url.file.empty() && url.problem.empty()) url.problem = "no file in it";
  return url;
}

}  // namespace xrdct::config
