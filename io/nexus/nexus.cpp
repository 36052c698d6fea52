// Groups, attributes and small datasets in the forms of NeXus.
#include "io/nexus/nexus.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

Hdf5Properties without_times(hid_t property_class) {
  Hdf5Properties properties(H5Pcreate(property_class), "create properties");
  hdf5_checked(H5Pset_obj_track_times(properties.get(), false), "switch times off");
  return properties;
}

Hdf5Type fixed_string(std::size_t length) {
  Hdf5Type type(H5Tcopy(H5T_C_S1), "make a string type");
  hdf5_checked(H5Tset_size(type.get(), std::max<std::size_t>(length, 1)),
               "set the length of a string");
  hdf5_checked(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "pad a string");
  hdf5_checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), "set the encoding of a string");
  return type;
}

std::size_t longest(std::vector<std::string> const& texts) {
  std::size_t length = 1;
  for (auto const& text : texts) length = std::max(length, text.size());
  return length;
}

std::string side_by_side(std::vector<std::string> const& texts, std::size_t length) {
  std::string all;
  for (auto const& text : texts) {
    all += text;
    all.append(length - text.size(), '\0');
  }
  return all;
}

Hdf5Space scalar_space() { return {H5Screate(H5S_SCALAR), "make a scalar space"}; }

Hdf5Space line_space(std::size_t length) {
  hsize_t const extent = length;
  return {H5Screate_simple(1, &extent, nullptr), "make a space"};
}

void put_attribute(hid_t object, std::string const& name, hid_t type, hid_t space,
                   void const* values) {
  std::string const action = "write attribute " + name + " to " + file_of(object);
  WrittenAttribute attribute(
      H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), action);
  hdf5_checked(H5Awrite(attribute.get(), type, values), action);
  attribute.close(action);
}

WrittenDataset put_dataset(hid_t parent, std::string const& name, hid_t type, hid_t space,
                           void const* values) {
  auto const properties = timeless_datasets();
  std::string const action = "write dataset " + name + " to " + file_of(parent);
  WrittenDataset dataset(
      H5Dcreate2(parent, name.c_str(), type, space, H5P_DEFAULT, properties.get(), H5P_DEFAULT),
      action);
  hdf5_checked(H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), action);
  return dataset;
}

// Strings of a fixed length, one after the other, each as far as its first zero.
std::vector<std::string> texts_in(std::string const& all, std::size_t length) {
  std::vector<std::string> texts;
  for (std::size_t from = 0; from < all.size(); from += length) {
    auto const text = all.substr(from, length);
    texts.push_back(text.substr(0, text.find('\0')));
  }
  return texts;
}

}  // namespace

Hdf5Properties timeless_groups() { return without_times(H5P_GROUP_CREATE); }
Hdf5Properties timeless_datasets() { return without_times(H5P_DATASET_CREATE); }

WrittenGroup make_group(hid_t parent, std::string const& name, std::string const& nexus_class) {
  auto const properties = timeless_groups();
  std::string const action = "create group " + name + " in " + file_of(parent);
  WrittenGroup group(H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
                     action);
  write_attribute(group.get(), "NX_class", nexus_class);
  return group;
}

void sign_simulation(hid_t file) {
  write_attribute(file, "creator", std::string(simulation_creator));
  std::string const action = "write " + file_of(file);
  hdf5_checked(H5Fflush(file, H5F_SCOPE_LOCAL), action);
}

void write_attribute(hid_t object, std::string const& name, std::string const& text) {
  put_attribute(object, name, fixed_string(text.size()).get(), scalar_space().get(),
                side_by_side({text}, std::max<std::size_t>(text.size(), 1)).data());
}

void write_attribute(hid_t object, std::string const& name, std::vector<std::string> const& texts) {
  std::size_t const length = longest(texts);
  put_attribute(object, name, fixed_string(length).get(), line_space(texts.size()).get(),
                side_by_side(texts, length).data());
}

void write_attribute(hid_t object, std::string const& name, std::int64_t value) {
  put_attribute(object, name, H5T_STD_I64LE, scalar_space().get(), &value);
}

void write_attribute(hid_t object, std::string const& name, double value) {
  put_attribute(object, name, H5T_IEEE_F64LE, scalar_space().get(), &value);
}

void write_attribute(hid_t object, std::string const& name, std::vector<double> const& values) {
  put_attribute(object, name, H5T_IEEE_F64LE, line_space(values.size()).get(), values.data());
}

WrittenDataset write_dataset(hid_t parent, std::string const& name, std::string const& text) {
  return put_dataset(parent, name, fixed_string(text.size()).get(), scalar_space().get(),
                     side_by_side({text}, std::max<std::size_t>(text.size(), 1)).data());
}

WrittenDataset write_dataset(hid_t parent, std::string const& name,
                             std::vector<std::string> const& texts) {
  std::size_t const length = longest(texts);
  return put_dataset(parent, name, fixed_string(length).get(), line_space(texts.size()).get(),
                     side_by_side(texts, length).data());
}

WrittenDataset write_dataset(hid_t parent, std::string const& name,
                             std::span<double const> values) {
  return put_dataset(parent, name, H5T_IEEE_F64LE, line_space(values.size()).get(), values.data());
}

WrittenDataset write_dataset(hid_t parent, std::string const& name,
                             std::span<std::int64_t const> values) {
  return put_dataset(parent, name, H5T_STD_I64LE, line_space(values.size()).get(), values.data());
}

WrittenDataset write_flag(hid_t parent, std::string const& name, bool value) {
  std::uint8_t const byte = value ? 1 : 0;
  return put_dataset(parent, name, H5T_STD_U8LE, scalar_space().get(), &byte);
}

std::vector<std::string> read_attribute(hid_t object, std::string const& name) {
  Hdf5Attribute const attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT),
                                "open attribute " + name);
  Hdf5Type const type(H5Aget_type(attribute.get()), "get the type of attribute " + name);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0)
    throw core::IoError({.what = "read attribute " + name,
                         .expected = "strings of a fixed length",
                         .found = "another type"});
  Hdf5Space const space(H5Aget_space(attribute.get()), "get the shape of attribute " + name);
  auto const number = static_cast<std::size_t>(hdf5_checked(
      H5Sget_simple_extent_npoints(space.get()), "get the shape of attribute " + name));
  std::size_t const length = H5Tget_size(type.get());
  std::string all(number * length, '\0');
  hdf5_checked(H5Aread(attribute.get(), type.get(), all.data()), "read attribute " + name);
  return texts_in(all, length);
}

bool has_attribute(hid_t object, std::string const& name) {
  return H5Aexists(object, name.c_str()) > 0;
}

void write_causes(hid_t dataset, std::vector<std::pair<std::string, std::int64_t>> const& causes) {
  for (auto const& [cause, pixels] : causes) write_attribute(dataset, "by_" + cause, pixels);
}

std::vector<std::string> read_texts(hid_t parent, std::string const& name) {
  Hdf5Dataset const dataset(H5Dopen2(parent, name.c_str(), H5P_DEFAULT), "open dataset " + name);
  Hdf5Type const type(H5Dget_type(dataset.get()), "get the type of " + name);
  Hdf5Space const space(H5Dget_space(dataset.get()), "get the shape of " + name);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0)
    throw core::IoError(
        {.what = "read " + name, .expected = "strings of a fixed length", .found = "another type"});
  auto const number = static_cast<std::size_t>(
      hdf5_checked(H5Sget_simple_extent_npoints(space.get()), "get the shape of " + name));
  std::size_t const length = H5Tget_size(type.get());
  std::string all(number * length, '\0');
  hdf5_checked(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()),
               "read " + name);
  return texts_in(all, length);
}

std::string read_text(hid_t parent, std::string const& name) {
  auto const texts = read_texts(parent, name);
  if (texts.size() == 1) return texts.front();
  throw core::IoError({.what = "read " + name,
                       .expected = "one string",
                       .found = fmt::format("{} of them", texts.size())});
}

}  // namespace xrdct::io
