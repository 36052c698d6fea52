// Opens datasets by their path, through soft and external links.
#include "io/hdf5/hdf5_path.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <deque>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/files/read_tries.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 64;  // a longer chain is a loop

std::deque<std::string> components(std::string const& path) {
  std::deque<std::string> parts;
  std::size_t begin = 0;
  while (begin < path.size()) {
    std::size_t const end = std::min(path.find('/', begin), path.size());
    std::string const part = path.substr(begin, end - begin);
    if (!part.empty() && part != ".") parts.push_back(part);
    begin = end + 1;
  }
  return parts;
}

void prepend(std::deque<std::string>& todo, std::string const& path) {
  auto const parts = components(path);
  todo.insert(todo.begin(), parts.begin(), parts.end());
}

std::string first_of(std::vector<std::string> names) {
  constexpr std::size_t most = 12;
  if (names.empty()) return "nothing";
  if (auto const all = names.size(); all > most) {
    names.resize(most);
    names.push_back(fmt::format("… ({} names)", all));
  }
  return core::listed(names, ", ");
}

// Tells what is in the group where a name was not found.
[[noreturn]] void throw_no_such_name(hid_t file, Hdf5Location const& at, std::string const& name,
                                     std::string const& wanted) {
  Hdf5Object const parent(H5Oopen(file, at.path.c_str(), H5P_DEFAULT),
                          fmt::format("open {} in {}", at.path, at.file));
  core::Problem problem{.what = "find " + wanted,
                        .expected = fmt::format("\"{}\" in {} of {}", name, at.path, at.file),
                        .found = fmt::format("that {} is no group", at.path),
                        .attempt = "check the path"};
  if (H5Iget_type(parent.get()) != H5I_GROUP) throw core::InputError(problem);
  auto const names = member_names(parent.get());
  problem.found = first_of(names);
  if (auto const nearest = core::nearest_name(name, names); !nearest.empty())
    problem.attempt = fmt::format("did you mean \"{}\"?", nearest);
  throw core::InputError(problem);
}

bool has_member(hid_t file, Hdf5Location const& at, std::string const& name) {
  // fails where the parent is no group, which takes longer to find out
  if (H5Lexists(file, joined_path(at.path, name).c_str(), H5P_DEFAULT) > 0) return true;
  H5Eclear2(H5E_DEFAULT);
  Hdf5Object const parent(H5Oopen(file, at.path.c_str(), H5P_DEFAULT),
                          "open " + at.path + " in " + at.file);
  if (H5Iget_type(parent.get()) != H5I_GROUP) return false;
  return hdf5_checked(H5Lexists(parent.get(), name.c_str(), H5P_DEFAULT),
                      "look up " + name + " in " + at.file) > 0;
}

std::vector<char> link_value(hid_t file, std::string const& link, std::size_t size) {
  std::vector<char> value(size + 1, '\0');
  hdf5_checked(H5Lget_val(file, link.c_str(), value.data(), value.size(), H5P_DEFAULT),
               "read link " + link);
  return value;
}

// One step: `at` moves to the member `name`, or to where the link of this name points, with the
// rest of its path put before `todo`.
void step(hid_t file, Hdf5Location& at, std::string const& name, std::deque<std::string>& todo) {
  std::string const link = joined_path(at.path, name);
  H5L_info_t info;
  hdf5_checked(H5Lget_info(file, link.c_str(), &info, H5P_DEFAULT),
               "look up link " + link + " in " + at.file);
  if (info.type == H5L_TYPE_HARD) {
    at.path = link;
    return;
  }
  auto const value = link_value(file, link, info.u.val_size);
  if (info.type == H5L_TYPE_SOFT) {
    if (value[0] == '/') at.path = "/";
    prepend(todo, value.data());
    return;
  }
  if (info.type != H5L_TYPE_EXTERNAL) {
    throw core::InputError({.what = fmt::format("follow link {} of {}", link, at.file),
                            .expected = "a hard, soft or external link",
                            .found = fmt::format("link class {}", info.type),
                            .attempt = "name the file that holds the data"});
  }
  unsigned flags = 0;
  char const* target_file = nullptr;
  char const* target_path = nullptr;
  hdf5_checked(
      H5Lunpack_elink_val(value.data(), info.u.val_size, &flags, &target_file, &target_path),
      "read link " + link);
  at = {linked_file(at.file, target_file, "link " + link + " of " + at.file), "/"};
  prepend(todo, target_path);
}

herr_t add_name(hid_t, char const* name, H5L_info_t const*, void* target) {
  static_cast<std::vector<std::string>*>(target)->emplace_back(name);
  return 0;
}

}  // namespace

hid_t Hdf5Files::open(std::string const& file) {
  auto const found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](Entry const& entry) { return entry.path == file; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
  } else {
    if (entries_.size() >= capacity_) entries_.pop_back();
    opened_.insert(file);
    entries_.push_front({file, open_hdf5_for_reading(file)});
  }
  return entries_.front().file.get();
}

void Hdf5Files::failed(std::string const& file, bool for_good) {
  entries_.remove_if([&](Entry const& entry) { return entry.path == file; });
  if (for_good) failing_.insert(file);
}

int Hdf5Files::tries(std::string const& file) const {
  return failing_.contains(file) ? 1 : most_read_tries;
}

int Hdf5Files::descriptor(std::string const& file) const {
  auto const found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](Entry const& entry) { return entry.path == file; });
  return found == entries_.end() ? -1 : descriptor_of(found->file.get());
}

Hdf5Location follow_links(Hdf5Files& files, std::string const& file, std::string const& path) {
  std::string const wanted = path + " in " + file;
  Hdf5Location at{file, "/"};
  auto todo = components(path);
  for (int links = 0; !todo.empty(); ++links) {
    if (links > most_links + static_cast<int>(components(path).size())) {
      throw core::InputError({.what = "find " + wanted,
                              .expected = "links that end",
                              .found = fmt::format("a loop at {} of {}", at.path, at.file),
                              .attempt = "name the dataset itself"});
    }
    std::string const name = todo.front();
    todo.pop_front();
    hid_t const id = files.open(at.file);
    if (!has_member(id, at, name)) throw_no_such_name(id, at, name, wanted);
    step(id, at, name, todo);
  }
  files.open(at.file);
  return at;
}

fs::path linked_file(fs::path const& from, std::string const& name, std::string const& whom) {
  if (name == ".") return from;
  std::error_code ignored;
  fs::path const target(name);
  fs::path const real = fs::weakly_canonical(from, ignored).parent_path();
  std::vector<fs::path> candidates;
  if (target.is_absolute()) candidates.push_back(target);
  fs::path const relative = target.is_absolute() ? target.filename() : target;
  candidates.push_back(from.parent_path() / relative);
  candidates.push_back(real / relative);
  for (auto const& candidate : candidates) {
    if (fs::exists(candidate, ignored)) return candidate;
  }
  throw core::IoError({.what = "open " + candidates.front().string(),
                       .expected = fmt::format("the file that {} points to", whom),
                       .found = "no file",
                       .attempt = "copy it to this place"});
}

std::vector<std::string> member_names(hid_t group) {
  std::vector<std::string> names;
  hdf5_checked(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, add_name, &names),
               "list a group");
  return names;
}

std::string joined_path(std::string const& path, std::string const& name) {
  return path.ends_with('/') ? path + name : path + "/" + name;
}

}  // namespace xrdct::io
