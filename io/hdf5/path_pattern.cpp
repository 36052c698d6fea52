// Finds the entries and datasets that a path with `*` means.
#include "io/hdf5/path_pattern.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/files/natural_order.hpp"

namespace xrdct::io {
namespace {

std::vector<std::string> components_of(std::string const& path) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    auto const end = std::min(path.find('/', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// "2.3" of BLISS: a subscan of scan 2, where the pattern does not ask for the 3 itself.
bool is_subscan(std::string_view name, std::string_view pattern) {
  auto const point = name.find('.');
  auto const digits = [](std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  if (point == std::string_view::npos || !digits(name.substr(0, point)) ||
      !digits(name.substr(point + 1)))
    return false;
  return name.substr(point + 1) != "1" && pattern.ends_with('*');
}

[[noreturn]] void throw_no_match(Hdf5Location const& at, std::string const& component,
                                 std::vector<std::string> names, std::string const& wanted) {
  core::Problem problem{
      .what = "find " + wanted,
      .expected = fmt::format("a name like \"{}\" in {} of {}", component, at.path, at.file),
      .found = "nothing",
      .attempt = "check the path"};
  if (auto const nearest = core::nearest_name(component, names); !nearest.empty())
    problem.attempt = fmt::format("did you mean \"{}\"?", nearest);
  constexpr std::size_t most = 12;
  auto const all = names.size();
  if (all > most) {
    names.resize(most);
    names.push_back(fmt::format("… ({} names)", all));
  }
  if (all > 0) problem.found = core::listed(names, ", ");
  throw core::InputError(problem);
}

/// One search: the paths so far, component by component.
class Matching {
 public:
  Matching(Hdf5Files& files, std::filesystem::path const& file, std::string const& pattern)
      : files_(files), file_(file), wanted_(pattern + " in " + file.string()) {}

  void enter(std::string const& component) {
    auto const before = std::exchange(found_, {});
    for (auto const& at : before) {
      if (has_star(component))
        branch(at, component);
      else
        found_.push_back({joined_path(at.path, component), at.stars, at.entry});
    }
  }

  MatchedPaths result() {
    MatchedPaths result;
    for (auto& at : found_)
      if (locate(at)) result.found.push_back({std::move(at.path), std::move(at.stars)});
    if (result.found.empty()) throw_all_left_out();
    result.left_out = std::move(left_out_);
    return result;
  }

 private:
  struct Candidate {
    std::string path;
    std::vector<std::string> stars;
    std::string entry;  // up to the last star
  };

  // Nothing where a path of several is not there: it is left out then.
  std::optional<Hdf5Location> locate(Candidate const& at) {
    if (at.stars.empty()) return follow_links(files_, file_, at.path);
    try {
      return follow_links(files_, file_, at.path);
    } catch (core::InputError const&) {
      bool const whole = at.path.size() == at.entry.size();
      left_out_.push_back({at.entry, whole ? "is a link to nothing"
                                           : "has no " + at.path.substr(at.entry.size() + 1)});
      return {};
    }
  }

  void branch(Candidate const& at, std::string const& component) {
    auto const group = locate(at);
    if (!group) return;
    auto names = members(*group);
    std::ranges::sort(names, natural_less);
    bool any = false;
    for (auto const& name : names) {
      auto stars = at.stars;
      if (!matches(name, component, stars)) continue;
      any = true;
      auto const path = joined_path(at.path, name);
      if (is_subscan(name, component))
        left_out_.push_back({path, "is a subscan"});
      else
        found_.push_back({path, std::move(stars), path});
    }
    if (any) return;
    if (at.stars.empty()) throw_no_match(*group, component, names, wanted_);
    left_out_.push_back(
        {at.entry, "has no " + joined_path(at.path, component).substr(at.entry.size() + 1)});
  }

  std::vector<std::string> members(Hdf5Location const& at) {
    Hdf5Object const object(H5Oopen(files_.open(at.file), at.path.c_str(), H5P_DEFAULT),
                            "open " + at.name());
    return H5Iget_type(object.get()) == H5I_GROUP ? member_names(object.get())
                                                  : std::vector<std::string>{};
  }

  [[noreturn]] void throw_all_left_out() {
    std::string const lacks = "has no ";
    for (auto const& [path, why] : left_out_) {
      if (!why.starts_with(lacks)) continue;
      auto const missing = path + "/" + why.substr(lacks.size());
      if (has_star(missing)) match_paths(files_, file_, missing);
      follow_links(files_, file_, missing);  // says what is there in the stead
    }
    throw core::InputError({.what = "find " + wanted_,
                            .expected = "entries such as 1.1",
                            .found = left_out_.front().path + ", which " + left_out_.front().why,
                            .attempt = "name one entry, as in /1.2/measurement/detector"});
  }

  Hdf5Files& files_;
  std::filesystem::path file_;
  std::string wanted_;
  std::vector<Candidate> found_{{"/", {}, {}}};
  std::vector<LeftOutGroup> left_out_;
};

}  // namespace

bool has_star(std::string_view path) { return path.find('*') != std::string_view::npos; }

bool matches(std::string_view name, std::string_view pattern, std::vector<std::string>& stars) {
  auto const star = pattern.find('*');
  if (star == std::string_view::npos) return name == pattern;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  auto const rest = name.substr(star), behind = pattern.substr(star + 1);
  auto const known = stars.size();
  for (std::size_t length = 0; length <= rest.size(); ++length) {
    stars.emplace_back(rest.substr(0, length));
    if (matches(rest.substr(length), behind, stars)) return true;
    stars.resize(known);
  }
  return false;
}

MatchedPaths match_paths(Hdf5Files& files, std::filesystem::path const& file,
                         std::string const& pattern) {
  if (!has_star(pattern)) return {{{pattern, {}}}, {}};
  Matching matching(files, file, pattern);
  for (auto const& part : components_of(pattern)) matching.enter(part);
  return matching.result();
}

std::string filled_pattern(std::string const& pattern, std::vector<std::string> const& stars) {
  std::string text;
  std::size_t next = 0;
  for (char const c : pattern) {
    if (c != '*') {
      text += c;
      continue;
    }
    if (next == stars.size()) {
      throw core::InputError(
          {.what = "find " + pattern,
           .expected = fmt::format("at most {} `*`, as in the dataset of the frames", stars.size()),
           .found = fmt::format("{}", std::ranges::count(pattern, '*')),
           .attempt = "a `*` of values stands for the same as that of the frames"});
    }
    text += stars[next++];
  }
  return text;
}

}  // namespace xrdct::io
