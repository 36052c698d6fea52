// Looks through an HDF5 file for what may be the frames of a scan.
#include "io/frames/find_stacks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <deque>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/files/file_kind.hpp"
#include "io/files/natural_order.hpp"
#include "io/frames/frame_table.hpp"

namespace xrdct::io {
namespace {

// Whether names that begin so are those of entries, and not of detectors: 1.1, entry_0000, scan12.
bool begins_entry(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name.empty() || name.starts_with("entry") || name.starts_with("scan");
}

// "/*.1/measurement/eiger" of "/12.1/measurement/eiger".
std::string family_of(std::string const& path) {
  auto const end = std::min(path.size(), path.find('/', 1));
  auto const digit = [&](std::size_t i) {
    return i < end && std::isdigit(static_cast<unsigned char>(path[i])) != 0;
  };
  std::size_t first = 1;
  while (first < end && !digit(first)) ++first;
  auto last = first;
  while (digit(last)) ++last;
  if (last == first || !begins_entry(path.substr(1, first - 1))) return path;
  return path.substr(0, first) + "*" + path.substr(last);
}

// Which of several paths to one object people mean by it.
auto preference(std::string const& path) {
  return std::pair(path.find("/measurement/") == std::string::npos, std::ranges::count(path, '/'));
}

/// One search through a file.
class StackWalk {
 public:
  StackWalk(std::filesystem::path file, std::size_t most) : file_(std::move(file)), most_(most) {}

  StackSearch search() {
    look_at({"/", {file_, "/"}}, false);
    auto children = std::exchange(todo_, {});
    std::ranges::sort(children,
                      [](auto const& a, auto const& b) { return natural_less(a.path, b.path); });
    for (auto const& child : children) {
      todo_.push_back(child);
      while (!todo_.empty() && objects_ < most_) {
        auto const next = todo_.front();
        todo_.pop_front();
        look_at(next, true);
      }
      if (!todo_.empty()) probe(child);
    }
    return finish();
  }

 private:
  struct Object {
    std::string path;  // from the root of the file that is searched, through links
    Hdf5Location at;
  };

  bool is_new(Object const& object, hid_t id) {
    H5O_info_t info;
    hdf5_checked(H5Oget_info2(id, &info, H5O_INFO_BASIC), "look at " + object.at.name());
    auto const [known, added] =
        paths_.try_emplace({object.at.file, info.addr}, std::vector<std::string>{});
    known->second.push_back(object.path);
    return added;
  }

  void look_at(Object const& object, bool may_be_stack) {
    ++objects_;
    hid_t const id =
        H5Oopen(resolver_.open_files().open(object.at.file), object.at.path.c_str(), H5P_DEFAULT);
    if (id < 0) {
      auto const said = take_hdf5_errors(), advice = newer_hdf5_advice(said);
      add({.path = object.path, .problem = "cannot open it: " + (advice.empty() ? said : advice)});
      return;
    }
    Hdf5Object const open(id, "open " + object.at.name());
    auto const type = H5Iget_type(id);
    if (type == H5I_DATASET && may_be_stack) look_at_dataset(object, id);
    if (type == H5I_GROUP && is_new(object, id)) look_at_group(object, id);
  }

  void look_at_dataset(Object const& object, hid_t id) {
    Hdf5Space const space(H5Dget_space(id), "read the shape of " + object.at.name());
    int const rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 2) return;
    Hdf5Type const type(H5Dget_type(id), "read the type of " + object.at.name());
    auto const kind = H5Tget_class(type.get());
    if (kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_ENUM) return;
    std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
    if (dims[dims.size() - 2] < 2 || dims.back() < 2 || !is_new(object, id)) return;
    Hdf5Properties const creation(H5Dget_create_plist(id), "read the layout of a dataset");
    add({.path = object.path,
         .dims = {dims.begin(), dims.end()},
         .virtual_dataset = H5Pget_layout(creation.get()) == H5D_VIRTUAL});
    keys_.back() = {object.at.file, address(id)};
  }

  static haddr_t address(hid_t id) {
    H5O_info_t info;
    hdf5_checked(H5Oget_info2(id, &info, H5O_INFO_BASIC), "look at a dataset");
    return info.addr;
  }

  void look_at_group(Object const& object, hid_t id) {
    auto const names = member_names(id);
    auto const members = std::ranges::count_if(names, [](auto& n) { return data_number(n) >= 0; });
    if (members > 0) {
      add({.path = object.path, .members = static_cast<std::size_t>(members)});
      keys_.back() = {object.at.file, address(id)};
    }
    for (auto const& name : names) {
      // `data` beside the members of an Eiger shows the same frames
      if (members > 0 && (data_number(name) >= 0 || name == "data")) continue;
      follow(object, name, id);
    }
  }

  void follow(Object const& parent, std::string const& name, hid_t group) {
    Object child{joined_path(parent.path, name),
                 {parent.at.file, joined_path(parent.at.path, name)}};
    H5L_info_t info;
    hdf5_checked(H5Lget_info(group, name.c_str(), &info, H5P_DEFAULT),
                 "look up link " + child.at.name());
    if (info.type != H5L_TYPE_HARD) {
      try {
        child.at = follow_links(resolver_.open_files(), parent.at.file, child.at.path);
      } catch (core::InputError const&) {
        return;  // a link to nothing
      } catch (core::IoError const& error) {
        add({.path = child.path, .problem = error.what()});
        return;
      }
    }
    todo_.push_back(std::move(child));
  }

  // Whether a group at the root has what others have.
  void probe(Object const& group) {
    complete_ = false;
    std::set<std::string> relative;
    for (auto const& stack : stacks_) {
      auto const end = stack.path.find('/', 1);
      if (end != std::string::npos && family_of(stack.path.substr(0, end)) == family_of(group.path))
        relative.insert(stack.path.substr(end));
    }
    for (auto const& path : relative) {
      try {
        look_at({group.path + path,
                 follow_links(resolver_.open_files(), group.at.file, group.at.path + path)},
                true);
      } catch (core::InputError const&) {
        continue;  // this one has none
      } catch (core::IoError const& error) {
        add({.path = group.path + path, .problem = error.what()});
      }
    }
    todo_.clear();
  }

  void add(ImageStack stack) {
    stacks_.push_back(std::move(stack));
    keys_.emplace_back();
  }

  // The paths to each object, and what is behind it.
  StackSearch finish() {
    for (std::size_t i = 0; i < stacks_.size(); ++i) {
      auto const found = paths_.find(keys_[i]);
      if (found == paths_.end()) continue;
      auto paths = found->second;
      std::ranges::sort(paths, [](auto const& a, auto const& b) {
        return preference(a) != preference(b) ? preference(a) < preference(b) : natural_less(a, b);
      });
      stacks_[i].path = paths.front();
      stacks_[i].other_paths.assign(paths.begin() + 1, paths.end());
    }
    std::ranges::sort(stacks_,
                      [](auto const& a, auto const& b) { return natural_less(a.path, b.path); });
    std::set<std::string> seen;
    for (auto& stack : stacks_)
      if (stack.problem.empty() && (seen.insert(family_of(stack.path)).second || stack.members > 0))
        resolve(stack);
    return {std::move(stacks_), complete_};
  }

  void resolve(ImageStack& stack) {
    try {
      auto const& table = resolver_.resolve(file_, stack.path);
      stack.dims = table.dims;
      if (auto const frame = table.frames > 0 ? table.find(0) : std::nullopt)
        stack.encoding = resolver_.datasets()[frame->dataset].stored;
    } catch (core::InputError const& error) {
      stack.problem = error.what();
    } catch (core::IoError const& error) {
      stack.problem = error.what();
    }
  }

  std::filesystem::path file_;
  std::size_t most_, objects_ = 0;
  bool complete_ = true;
  FrameResolver resolver_;
  std::deque<Object> todo_;
  using Key = std::pair<std::filesystem::path, haddr_t>;  // of an object
  std::map<Key, std::vector<std::string>> paths_;
  std::vector<ImageStack> stacks_;
  std::vector<Key> keys_;  // [stack]
};

std::string shape_text(ImageStack const& stack) {
  if (stack.dims.size() < 2) return "unknown shape";
  return fmt::format("{} × {}", stack.shape().rows, stack.shape().columns);
}

// "/*.1/measurement/eiger (32 entries, 992 frames of 512 × 512)"
std::string family_text(StackFamily const& family, std::vector<ImageStack> const& stacks) {
  auto const& first = stacks[family.stacks.front()];
  std::int64_t frames = 0;
  for (auto const i : family.stacks) frames += stacks[i].frames();
  std::string const entries =
      family.stacks.size() > 1 ? fmt::format("{} entries, ", family.stacks.size()) : "";
  return fmt::format("{} ({}{} {} of {})", family.path, entries, frames,
                     frames == 1 ? "frame" : "frames", shape_text(first));
}

// A group or a dataset that was the default before others were looked for.
bool has_entry_data(std::filesystem::path const& file) {
  Hdf5Files files;
  hid_t const root = files.open(file);
  if (H5Lexists(root, "entry", H5P_DEFAULT) <= 0 || H5Lexists(root, "entry/data", H5P_DEFAULT) <= 0)
    return false;
  auto const at = follow_links(files, file, "/entry/data");
  Hdf5Object const object(H5Oopen(files.open(at.file), at.path.c_str(), H5P_DEFAULT),
                          "open " + at.name());
  if (H5Iget_type(object.get()) != H5I_GROUP) return true;
  return std::ranges::any_of(member_names(object.get()), [](auto const& name) {
    return name == "data" || data_number(name) >= 0;
  });
}

[[noreturn]] void throw_no_choice(std::filesystem::path const& file, StackSearch const& found,
                                  std::vector<ImageStack> const& candidates) {
  std::string problem;
  for (auto const& stack : found.stacks)
    if (problem.empty() && !stack.problem.empty()) problem = stack.path + ": " + stack.problem;
  auto const groups = families(candidates);
  if (groups.empty() && !problem.empty())
    throw core::IoError({.what = "choose the frames in " + file.string(),
                         .expected = "datasets that can be opened",
                         .found = problem});
  constexpr std::size_t most = 8;
  std::vector<std::string> texts;
  for (auto const& family : groups)
    if (texts.size() < most) texts.push_back(family_text(family, candidates));
  if (groups.size() > most) texts.emplace_back("…");
  throw core::InputError(
      {.what = "choose the frames in " + file.string(),
       .expected = "one dataset of images",
       .found = groups.empty() ? "none"
                               : fmt::format("{}: {}", candidates.size(), fmt::join(texts, ", ")),
       .attempt = groups.empty()
                      ? "name the dataset that holds the frames"
                      : "name one of them as dataset; `*` in a path stands for all entries"});
}

}  // namespace

std::int64_t ImageStack::frames() const {
  if (dims.size() < 2) return 0;
  return std::accumulate(dims.begin(), dims.end() - 2, std::int64_t{1}, std::multiplies<>());
}

core::FrameShape ImageStack::shape() const {
  if (dims.size() < 2) return {};
  return {static_cast<std::size_t>(dims[dims.size() - 2]), static_cast<std::size_t>(dims.back())};
}

std::vector<StackFamily> families(std::vector<ImageStack> const& stacks) {
  std::vector<StackFamily> families;
  std::map<std::pair<std::string, std::string>, std::size_t> known;  // by path and shape
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    auto const name = family_of(stacks[i].path);
    auto const [place, added] = known.try_emplace({name, shape_text(stacks[i])}, families.size());
    if (added) families.push_back({stacks[i].path, {}});
    auto& family = families[place->second];
    family.stacks.push_back(i);
    if (family.stacks.size() == 2) family.path = name;
  }
  return families;
}

StackSearch find_stacks(std::filesystem::path const& file, std::size_t most_objects) {
  return StackWalk(file, most_objects).search();
}

std::string only_stack(std::filesystem::path const& file) {
  if (has_entry_data(file)) return "/entry/data";
  auto const found = find_stacks(file);
  std::vector<ImageStack> lists, images;
  for (auto const& stack : found.stacks)
    if (!stack.dims.empty() || stack.members > 0)
      (stack.is_list() ? lists : images).push_back(stack);
  if (lists.size() == 1) return lists.front().path;
  if (lists.empty() && images.size() == 1) return images.front().path;
  throw_no_choice(file, found, lists.empty() ? images : lists);
}

}  // namespace xrdct::io
