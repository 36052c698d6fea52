// Where a header of EDF ends and what stands in it. fabio is the reader of nearly everybody, so its
// rules are the format.
#include "io/images/edf_header.hpp"

#include <algorithm>
#include <cctype>

namespace xrdct::io {
namespace {

constexpr std::size_t longest_header = std::size_t{1} << 20;
constexpr std::string_view blanks(" \t\n\r\x0b\x0c\0", 7);

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

struct Ending {
  std::size_t brace, behind;
};

// The first "}" that is followed by the end of its line, LF or CR LF.
std::optional<Ending> find_ending(std::string_view text, std::size_t from) {
  for (auto brace = text.find('}', from); brace != std::string_view::npos;
       brace = text.find('}', brace + 1)) {
    auto const rest = text.substr(brace + 1, 2);
    if (rest.starts_with('\n')) return Ending{brace, brace + 2};
    if (rest == "\r\n") return Ending{brace, brace + 3};
  }
  return std::nullopt;
}

// Text up to another ending, with a ";" in it: the first ending was part of a value (a dictionary
// over several lines), and pixels begin later.
bool header_goes_on(std::string_view text, std::size_t from) {
  auto const is_text = [](char c) {
    return (c >= ' ' && c <= '~') || c == '\t' || c == '\n' || c == '\r' || c == '\0';
  };  // zeros pad, too
  auto const rest = text.substr(from, longest_header);
  auto const first_pixel =
      static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_text) - rest.begin());
  auto const lines = rest.substr(0, first_pixel);
  auto const ending = find_ending(lines, 0);
  if (!ending) return false;
  auto const more = lines.substr(0, ending->brace);
  return more.find(';') != std::string_view::npos &&
         trimmed(more).front() != '{';  // "{": another block
}

bool describes_one_block(std::string const& key) {
  auto const upper = edf_upper(key);
  return key.starts_with("EDF_") || upper == "SIZE" || upper == "IMAGE" || upper == "HEADERID";
}

}  // namespace

core::Problem edf_problem(std::filesystem::path const& file, std::string const& expected,
                          std::string const& found, std::string const& attempt) {
  return {"read EDF image " + file.string(), expected, found, attempt};
}

std::string edf_upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

EdfHeader::EdfHeader(std::string_view text) {
  while (!text.empty()) {
    auto const end = std::min(text.find(';'), text.size());
    auto const line = text.substr(0, end);
    auto const equals = line.find('=');
    if (equals != std::string_view::npos && is_ascii(line))
      set(std::string(trimmed(line.substr(0, equals))),
          std::string(trimmed(line.substr(equals + 1))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void EdfHeader::set(std::string key, std::string value) {
  auto const found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](auto const& entry) { return entry.first == key; });
  if (found != entries_.end())
    found->second = std::move(value);
  else
    entries_.emplace_back(std::move(key), std::move(value));
}

std::optional<std::string> EdfHeader::value(std::string_view key) const {
  auto const wanted = edf_upper(key);
  auto const found = std::find_if(entries_.rbegin(), entries_.rend(), [&](auto const& entry) {
    return edf_upper(entry.first) == wanted;
  });
  return found == entries_.rend() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> EdfHeader::exact(std::string_view key) const {
  auto const found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](auto const& entry) { return entry.first == key; });
  return found == entries_.end() ? std::nullopt : std::optional(found->second);
}

std::string EdfHeader::take_missing(EdfHeader const& general) {
  std::string conflict;
  EdfHeader const own = *this;
  for (auto const& [key, text] : general.entries_) {
    if (describes_one_block(key) || own.exact(key)) continue;
    auto const mine = own.value(key);
    if (!mine) entries_.emplace_back(key, text);
    if (mine && *mine != text) conflict = key;
  }
  return conflict;
}

EdfBlock read_edf_block(std::string_view text, std::size_t from,
                        std::filesystem::path const& file) {
  auto const open = text.find('{', from);
  bool const begins =
      open != std::string_view::npos && trimmed(text.substr(from, open - from)).empty();
  auto const ending =
      begins ? find_ending(text.substr(0, std::min(text.size(), open + longest_header)), open)
             : std::nullopt;
  if (!ending) {
    throw core::IoError(edf_problem(file, "a header between { and a } that ends its line",
                                    begins ? "no end of it" : "no begin of it",
                                    "copy the file again"));
  }
  EdfBlock block{EdfHeader(text.substr(open + 1, ending->brace - open - 1)), ending->behind};
  bool const has_text_behind = block.header.exact("EDF_DataFormatVersion") &&
                               block.header.exact("EDF_BinarySize").value_or("0") != "0";
  if (!has_text_behind && header_goes_on(text, ending->behind)) {
    throw core::InputError(edf_problem(file, "one } at the end of a line, which ends the header",
                                       "it twice: once inside of a value",
                                       "write that value in one line"));
  }
  return block;
}

bool edf_block_begins(std::string_view text, std::size_t from) {
  if (from >= text.size()) return false;
  auto const first = text.find_first_not_of(blanks, from);
  return first != std::string_view::npos && text[first] == '{' &&
         find_ending(text, first).has_value();
}

}  // namespace xrdct::io
