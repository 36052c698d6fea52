// Compares runs entry by entry, so that a refusal can name what differs.
#include "io/journal/run_identity.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

constexpr char const* first_line = "xrdct run 1";

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return text;
}

// Long texts, such as jobs, from a little before the first character that differs.
std::string excerpt(std::string const& text, std::size_t differs) {
  constexpr std::size_t before = 30, longest = 80;
  if (text.size() <= longest) return text;
  std::size_t const first = differs > before ? differs - before : 0;
  return (first > 0 ? "…" : "") + text.substr(first, longest) +
         (first + longest < text.size() ? "…" : "");
}

std::string changed(RunIdentity::Entry const& before, RunIdentity::Entry const& now) {
  std::size_t const shorter = std::min(before.value.size(), now.value.size());
  auto const differs = static_cast<std::size_t>(
      std::mismatch(before.value.begin(),
                    before.value.begin() + static_cast<std::ptrdiff_t>(shorter), now.value.begin())
          .first -
      before.value.begin());
  return fmt::format("{}: {} then, {} now", now.what, excerpt(before.value, differs),
                     excerpt(now.value, differs));
}

}  // namespace

void RunIdentity::add(std::string const& what, std::string const& value) {
  entries.push_back({one_line(what), one_line(value)});
}

std::string text_of(RunIdentity const& identity) {
  std::string text = std::string(first_line) + "\n";
  for (auto const& [what, value] : identity.entries) text += what + "\t" + value + "\n";
  return text;
}

RunIdentity identity_of(std::string const& text, std::string const& name) {
  RunIdentity identity;
  std::size_t from = 0;
  for (bool first = true; first || from < text.size(); first = false) {
    std::size_t const end = text.find('\n', from);
    std::string const line = text.substr(from, end - from);
    std::size_t const tab = line.find('\t');
    bool const right =
        end != std::string::npos && (first ? line == first_line : tab != std::string::npos);
    if (!right)
      throw core::IoError({.what = "read " + name,
                           .expected = "lines that say which run its journal belongs to",
                           .found = "other text, or a part of it",
                           .attempt = "run with --restart, which discards the unfinished output"});
    if (!first) identity.add(line.substr(0, tab), line.substr(tab + 1));
    from = end + 1;
  }
  return identity;
}

std::string difference(RunIdentity const& before, RunIdentity const& now) {
  for (std::size_t i = 0; i < now.entries.size(); ++i) {
    auto const& here = now.entries[i];
    if (i == before.entries.size()) return here.what + ": none then";
    auto const& there = before.entries[i];
    if (there.what != here.what) return fmt::format("{} then, {} now", there.what, here.what);
    if (there.value != here.value) return changed(there, here);
  }
  if (before.entries.size() > now.entries.size())
    return before.entries[now.entries.size()].what + ": none now";
  return {};
}

}  // namespace xrdct::io
