// Reads the texts in which a beamline says what a scan was and how it ended.
#include "io/hdf5/entry_facts.hpp"

#include <algorithm>

namespace xrdct::io {
namespace {

constexpr std::size_t longest_text = 4096;

std::string without_blanks_around(std::string text) {
  text.resize(std::min(text.size(), text.find('\0')));
  auto const first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Also of a list of one text.
std::string text_of(hid_t dataset) {
  Hdf5Type const type(H5Dget_type(dataset), "read a type");
  Hdf5Space const space(H5Dget_space(dataset), "read a shape");
  if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1)
    return {};
  if (H5Tis_variable_str(type.get()) > 0) {
    char* text = nullptr;
    if (H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &text) < 0 || text == nullptr)
      return {};
    std::string copy(text);
    H5free_memory(text);
    return copy;
  }
  std::string text(H5Tget_size(type.get()), '\0');
  if (text.size() > longest_text ||
      H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()) < 0)
    return {};
  return text;
}

}  // namespace

std::string text_at(hid_t file, std::string const& path) {
  // a look for the link costs less than an error of HDF5, and most files have neither text
  bool const is_there = H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0;
  hid_t const id = is_there ? H5Oopen(file, path.c_str(), H5P_DEFAULT) : H5I_INVALID_HID;
  std::string text;
  if (id >= 0) {
    Hdf5Object const object(id, "open " + path);
    if (H5Iget_type(id) == H5I_DATASET) text = without_blanks_around(text_of(id));
  }
  if (id < 0 || text.empty()) H5Eclear2(H5E_DEFAULT);
  return text;
}

EntryFacts entry_facts(Hdf5Files& files, std::filesystem::path const& file,
                       std::string const& entry) {
  hid_t const id = files.open(file);
  return {text_at(id, joined_path(entry, "title")), text_at(id, joined_path(entry, "end_reason"))};
}

}  // namespace xrdct::io
