// The files that a command reads, by what they are on the disk.
#include "io/guard/input_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "io/frames/frame_table.hpp"
#include "io/hdf5/hdf5_path.hpp"
#include "io/images/image_file.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

bool is_file(fs::path const& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// What may be the file of a location: every beginning that is one, also behind the scheme of a URL.
std::vector<fs::path> files_named_by(std::string const& location) {
  std::vector<std::string> texts{location};
  if (auto const colon = location.find(':'); colon != std::string::npos)
    texts.push_back(location.substr(colon + 1));
  if (auto const slashes = location.find("://"); slashes != std::string::npos)
    texts.push_back(location.substr(slashes + 3));
  std::vector<fs::path> files;
  for (auto const& text : texts) {
    for (std::size_t end = text.find_first_of(":[?"); end != std::string::npos;
         end = text.find_first_of(":[?", end + 1))
      if (is_file(text.substr(0, end))) files.emplace_back(text.substr(0, end));
    if (is_file(text)) files.emplace_back(text);
  }
  return files;
}

// The names of the files that the external links and virtual datasets of one file give.
struct Named {
  hid_t file;
  std::vector<std::string> names;
};

void add_sources(hid_t creation, std::vector<std::string>& names) {
  std::size_t count = 0;
  if (H5Pget_layout(creation) != H5D_VIRTUAL || H5Pget_virtual_count(creation, &count) < 0) return;
  for (std::size_t i = 0; i < count; ++i) {
    ssize_t const size = H5Pget_virtual_filename(creation, i, nullptr, 0);
    if (size <= 0) continue;
    std::vector<char> text(static_cast<std::size_t>(size) + 1, '\0');
    if (H5Pget_virtual_filename(creation, i, text.data(), text.size()) > 0)
      names.emplace_back(text.data());
  }
}

// No exception may pass through HDF5: what cannot be looked at is left out.
herr_t look_at(hid_t group, char const* path, H5L_info_t const* info, void* target) {
  auto& named = *static_cast<Named*>(target);
  if (info->type == H5L_TYPE_EXTERNAL) {
    std::vector<char> value(info->u.val_size + 1, '\0');
    unsigned flags = 0;
    char const *file = nullptr, *object = nullptr;
    if (H5Lget_val(group, path, value.data(), value.size(), H5P_DEFAULT) >= 0 &&
        H5Lunpack_elink_val(value.data(), info->u.val_size, &flags, &file, &object) >= 0)
      named.names.emplace_back(file);
  } else if (info->type == H5L_TYPE_HARD) {
    hid_t const object = H5Oopen(group, path, H5P_DEFAULT);
    if (object < 0) return 0;
    if (H5Iget_type(object) == H5I_DATASET) {
      hid_t const creation = H5Dget_create_plist(object);
      if (creation >= 0) {
        add_sources(creation, named.names);
        H5Pclose(creation);
      }
    }
    H5Oclose(object);
  }
  return 0;
}

}  // namespace

std::optional<InputFiles::Identity> InputFiles::identity_of(fs::path const& file) {
  struct stat status;
  if (stat(file.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

void InputFiles::add(fs::path const& file, std::string const& what) {
  auto const identity = identity_of(file);
  if (!identity || file.empty()) return;
  auto found = std::find(whats_.begin(), whats_.end(), what);
  if (found == whats_.end()) found = whats_.insert(found, what);
  Known const known{static_cast<std::uint32_t>(found - whats_.begin()), paths_.size()};
  if (known_.try_emplace(*identity, known).second) paths_.push_back(file);
}

std::string InputFiles::name_of(Known const& known) const {
  return whats_[known.what] + " (" + paths_[known.path] + ")";
}

void InputFiles::add_image(std::string const& location, std::string const& what) {
  for (auto const& file : files_named_by(location)) add(file, what);
  try {
    auto const found = locate_image(location);
    add(found.file, what);
    if (!found.hdf5) return;
    if (found.dataset.empty()) return add_whole(found.file, what);
    add_dataset(found.file, found.dataset, what);
  } catch (std::exception const&) {
    return;  // reported by whoever reads it
  }
}

void InputFiles::add_dataset(fs::path const& file, std::string const& dataset,
                             std::string const& what) {
  add(file, what);
  FrameResolver resolver;
  try {
    resolver.resolve(file, dataset);
  } catch (std::exception const&) {
    // Not frames, such as a monitor, or broken: the files on the way to it were opened all the
    // same.
  }
  for (auto const& opened : resolver.open_files().opened()) add(opened, "a file behind " + what);
}

void InputFiles::add_whole(fs::path const& file, std::string const& what) {
  add(file, what);
  auto const identity = identity_of(file);
  if (!identity || !is_file(file) || !walked_.insert(*identity).second) return;
  Named named{H5I_INVALID_HID, {}};
  try {
    auto const open = open_hdf5_for_reading(file);
    named.file = open.get();
    H5Lvisit(open.get(), H5_INDEX_NAME, H5_ITER_INC, look_at, &named);
  } catch (std::exception const&) {
    return;
  }
  for (auto const& name : named.names) {
    try {
      add_whole(linked_file(file, name, file.string()), "a file behind " + what);
    } catch (std::exception const&) {
      continue;  // is not there
    }
  }
}

std::optional<std::string> InputFiles::find(fs::path const& file) const {
  auto const identity = identity_of(file);
  if (!identity) return std::nullopt;
  auto const found = known_.find(*identity);
  return found == known_.end() ? std::nullopt : std::optional(name_of(found->second));
}

InputFiles::Stamp InputFiles::stamp_of(fs::path const& file, std::string name) {
  struct stat status;
  if (stat(file.c_str(), &status) != 0) return {.name = std::move(name)};
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  return {.name = std::move(name),
          .bytes = static_cast<std::uint64_t>(status.st_size),
          .changed_ns = status.st_mtim.tv_sec * ns_per_s + status.st_mtim.tv_nsec};
}

std::vector<InputFiles::Stamp> InputFiles::stamps() const {
  std::vector<Stamp> stamps;
  stamps.reserve(known_.size());
  for (auto const& [identity, known] : known_)
    stamps.push_back(stamp_of(paths_[known.path], name_of(known)));
  std::sort(stamps.begin(), stamps.end(),
            [](Stamp const& a, Stamp const& b) { return a.name < b.name; });
  return stamps;
}

}  // namespace xrdct::io
