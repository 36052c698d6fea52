// Walks through an HDF5 file and notes its numbers and texts.
#include "io/survey/hdf5_objects.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>

#include "io/hdf5/hdf5_handle.hpp"
#include "io/hdf5/hdf5_path.hpp"

namespace xrdct::io {
namespace {

constexpr int deepest = 12;  // groups inside of each other; links may form circles of many names
constexpr std::size_t longest_text = 4096;

using Address = std::pair<unsigned long, haddr_t>;  // file and place in it

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// "10.1" and "2.1" are "#.#".
std::string without_numbers(std::string const& name) {
  std::string kind;
  for (char const c : name) {
    if (!is_digit(c)) kind += c;
    if (is_digit(c) && !kind.ends_with('#')) kind += '#';
  }
  return kind;
}

bool is_data_file_of_eiger(std::string const& name) {
  return name.starts_with("data_") && name.size() > 5 &&
         std::all_of(name.begin() + 5, name.end(), is_digit);
}

// The text of an attribute or dataset that holds one; `read` gets a type and a place for it.
template <class Read>
std::string one_text(hid_t type, Read const& read) {
  if (H5Tget_class(type) != H5T_STRING) return {};
  if (H5Tis_variable_str(type) > 0) {
    char* text = nullptr;
    if (read(type, static_cast<void*>(&text)) < 0 || text == nullptr) return {};
    std::string copy(text);
    H5free_memory(text);
    return copy;
  }
  auto const size = H5Tget_size(type);
  if (size > longest_text) return {};
  std::string text(size, '\0');
  if (read(type, static_cast<void*>(text.data())) < 0) return {};
  text.resize(std::min(text.size(), text.find('\0')));
  return text;
}

std::string trimmed(std::string const& text) {
  auto const first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string text_attribute(hid_t object, char const* name) {
  if (H5Aexists(object, name) <= 0) return {};
  Hdf5Attribute const attribute(H5Aopen(object, name, H5P_DEFAULT), "open an attribute");
  Hdf5Type const type(H5Aget_type(attribute.get()), "read a type");
  Hdf5Space const space(H5Aget_space(attribute.get()), "read a shape");
  if (H5Sget_simple_extent_npoints(space.get()) != 1) return {};
  return trimmed(
      one_text(type.get(), [&](hid_t as, void* to) { return H5Aread(attribute.get(), as, to); }));
}

class Walk {
 public:
  Walk(Hdf5Objects& found, std::size_t most) : found_(found), left_(most) {}

  void root(hid_t file, std::string const& entry) {
    std::set<std::string> kinds;
    if (!entry.empty()) kinds.insert(without_numbers(entry));
    for (auto const& name : member_names(file)) {
      std::string const kind = without_numbers(name);
      bool const numbered = kind != name;
      if (numbered && name != entry && !kinds.insert(kind).second) continue;
      member(file, "/", name, 1, {});
    }
  }

 private:
  void group(hid_t id, std::string const& path, int depth) {
    if (depth > deepest) return;
    auto const kind = text_attribute(id, "NX_class");
    for (auto const& name : member_names(id)) member(id, path, name, depth + 1, kind);
  }

  void member(hid_t group_id, std::string const& path, std::string const& name, int depth,
              std::string const& group_class) {
    if (is_data_file_of_eiger(name)) return;
    if (left_ == 0) return void(found_.complete = false);
    --left_;
    hid_t const id = H5Oopen(group_id, name.c_str(), H5P_DEFAULT);
    if (id < 0) return void(H5Eclear2(H5E_DEFAULT));  // a link to a file that is not there
    Hdf5Object const object(id, "open");
    auto const here = joined_path(path, name);
    H5O_info_t info;
    if (H5Oget_info2(id, &info, H5O_INFO_BASIC) < 0) return void(H5Eclear2(H5E_DEFAULT));
    Address const address{info.fileno, info.addr};
    if (info.type == H5O_TYPE_GROUP && seen_.insert(address).second) group(id, here, depth);
    if (info.type == H5O_TYPE_DATASET) dataset(id, address, here, group_class);
  }

  void dataset(hid_t id, Address const& address, std::string const& path,
               std::string const& group_class) {
    auto const known = numbers_.find(address);
    if (known != numbers_.end()) {
      auto& there = found_.numbers[known->second];
      bool const better = path.find("/measurement/") != std::string::npos &&
                          there.path.find("/measurement/") == std::string::npos;
      if (better) there.path = path;
      return;
    }
    if (!seen_.insert(address).second) return;
    Hdf5Type const type(H5Dget_type(id), "read a type");
    Hdf5Space const space(H5Dget_space(id), "read a shape");
    auto const kind = H5Tget_class(type.get());
    int const rank = H5Sget_simple_extent_ndims(space.get());
    auto const points = H5Sget_simple_extent_npoints(space.get());
    if (kind == H5T_STRING && points == 1) {
      auto const text = trimmed(one_text(type.get(), [&](hid_t as, void* to) {
        return H5Dread(id, as, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
      }));
      if (!text.empty()) found_.texts.push_back({path, text});
    }
    if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || rank < 0) return;
    FoundNumbers numbers{.path = path,
                         .dims = std::vector<std::int64_t>(static_cast<std::size_t>(rank)),
                         .unit = text_attribute(id, "units"),
                         .value = {},
                         .group_class = group_class};
    std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
    std::copy(dims.begin(), dims.end(), numbers.dims.begin());
    double value = 0.0;
    if (points == 1 && H5Dread(id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) >= 0)
      numbers.value = value;
    numbers_.emplace(address, found_.numbers.size());
    found_.numbers.push_back(std::move(numbers));
  }

  Hdf5Objects& found_;
  std::size_t left_;
  std::set<Address> seen_;
  std::map<Address, std::size_t> numbers_;  //!< index into `found_.numbers`
};

}  // namespace

std::int64_t FoundNumbers::size() const {
  std::int64_t size = 1;
  for (auto const length : dims) size *= length;
  return size;
}

std::string FoundNumbers::name() const { return path.substr(path.rfind('/') + 1); }

std::string FoundNumbers::parent() const { return path.substr(0, path.rfind('/')); }

Hdf5Objects list_objects(std::filesystem::path const& file, std::string const& entry,
                         std::size_t most_objects) {
  silence_hdf5();
  auto const open = open_hdf5_for_reading(file);
  Hdf5Objects found;
  Walk(found, most_objects).root(open.get(), entry);
  return found;
}

}  // namespace xrdct::io
