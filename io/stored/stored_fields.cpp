// Reads groups of patterns, their axes and parts of their fields from an output.
#include "io/stored/stored_fields.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/nexus/nexus.hpp"

namespace xrdct::io {

StoredFields::StoredFields(std::filesystem::path const& file, std::string const& list,
                           std::string const& command)
    : path_(file), file_(open_hdf5_for_reading(file)) {
  Hdf5Object const entry =
      exists("/entry") ? Hdf5Object(H5Oopen(file_.get(), "/entry", H5P_DEFAULT), "open /entry")
                       : Hdf5Object();
  if (!entry || !has_attribute(entry.get(), list)) {
    throw core::IoError({.what = "read " + file.string(),
                         .expected = "an output of xrdct " + command,
                         .found = "no /entry@" + list,
                         .attempt = fmt::format("give the file that 'xrdct {}' wrote", command)});
  }
  reductions_ = read_attribute(entry.get(), list);
}

bool StoredFields::exists(std::string const& path) const {
  return H5Lexists(file_.get(), path.c_str(), H5P_DEFAULT) > 0;
}

void StoredFields::require(std::string const& reduction) const {
  if (std::find(reductions_.begin(), reductions_.end(), reduction) != reductions_.end()) return;
  auto const near = core::nearest_name(reduction, reductions_);
  throw core::InputError(
      {.what = fmt::format("read reduction '{}' of {}", reduction, path_.string()),
       .expected = "one of " + core::listed(reductions_, ", "),
       .found = fmt::format("'{}'", reduction),
       .attempt = near.empty() ? "" : "did you mean '" + near + "'?"});
}

std::string StoredFields::dataset_of(std::string const& reduction, std::string const& field,
                                     std::vector<Field> const& fields) const {
  require(reduction);
  std::string there, otherwise;
  for (auto const& [name, advice] : fields) {
    std::string const dataset = "/entry/" + reduction + "/" + name;
    bool const is_there = exists(dataset);
    if (field == name && is_there) return dataset;
    if (field == name) otherwise = advice;
    if (is_there) there += (there.empty() ? "" : ", ") + std::string(name);
  }
  throw core::InputError(
      {.what = fmt::format("read {} of reduction '{}' of {}", field, reduction, path_.string()),
       .expected = "one of " + there,
       .found = fmt::format("'{}'{}", field, otherwise)});
}

// HDF5 before 2.0 reads value by value what does not fit in its cache, which has room for one chunk
// of 1 MiB.
Hdf5Dataset StoredFields::open(std::string const& dataset) const {
  Hdf5Properties const access(H5Pcreate(H5P_DATASET_ACCESS), "create properties");
  std::size_t const cache_bytes = std::size_t{64} << 20;
  hdf5_checked(H5Pset_chunk_cache(access.get(), H5D_CHUNK_CACHE_NSLOTS_DEFAULT, cache_bytes,
                                  H5D_CHUNK_CACHE_W0_DEFAULT),
               "make room for chunks");
  return {H5Dopen2(file_.get(), dataset.c_str(), access.get()), "open dataset " + at(dataset)};
}

std::vector<hsize_t> StoredFields::extent_of(std::string const& name) const {
  auto const dataset = open(name);
  Hdf5Space const space(H5Dget_space(dataset.get()), "get the shape of " + at(name));
  std::vector<hsize_t> extent(
      static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space.get()))));
  H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
  return extent;
}

template <class Value>
std::vector<Value> StoredFields::selected(std::string const& name, hid_t type,
                                          std::vector<hsize_t> const& start,
                                          std::vector<hsize_t> const& count) const {
  auto const dataset = open(name);
  Hdf5Space const in_file(H5Dget_space(dataset.get()), "get the shape of " + at(name));
  int const rank = static_cast<int>(start.size());
  if (H5Sget_simple_extent_ndims(in_file.get()) != rank) {
    throw core::IoError({.what = "read " + at(name),
                         .expected = fmt::format("{} dimensions, as its group has axes", rank)});
  }
  std::vector<hsize_t> extent(start.size());
  H5Sget_simple_extent_dims(in_file.get(), extent.data(), nullptr);
  std::size_t values_to_read = 1;
  for (std::size_t i = 0; i < extent.size(); ++i) {
    values_to_read *= count[i];
    if (start[i] + count[i] > extent[i]) {
      throw core::InputError({.what = "read " + at(name),
                              .expected = fmt::format("an index below {} on axis {}", extent[i], i),
                              .found = std::to_string(start[i] + count[i] - 1)});
    }
  }
  Hdf5Space const memory(H5Screate_simple(rank, count.data(), nullptr), "make a space");
  hdf5_checked(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr,
                                   count.data(), nullptr),
               "select in " + at(name));
  std::vector<Value> values(values_to_read);
  hdf5_checked(
      H5Dread(dataset.get(), type, memory.get(), in_file.get(), H5P_DEFAULT, values.data()),
      "read " + at(name));
  return values;
}

template <class Value>
std::vector<Value> StoredFields::all(std::string const& name, hid_t type) const {
  auto const dataset = open(name);
  Hdf5Space const space(H5Dget_space(dataset.get()), "get the shape of " + at(name));
  std::vector<Value> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
  hdf5_checked(H5Dread(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
               "read " + at(name));
  return values;
}

std::vector<float> StoredFields::read(std::string const& dataset, std::vector<hsize_t> const& start,
                                      std::vector<hsize_t> const& count) const {
  return selected<float>(dataset, H5T_NATIVE_FLOAT, start, count);
}

std::vector<double> StoredFields::read_doubles(std::string const& dataset,
                                               std::vector<hsize_t> const& start,
                                               std::vector<hsize_t> const& count) const {
  return selected<double>(dataset, H5T_NATIVE_DOUBLE, start, count);
}

std::vector<double> StoredFields::read_all(std::string const& dataset) const {
  return all<double>(dataset, H5T_NATIVE_DOUBLE);
}

std::vector<std::uint64_t> StoredFields::read_integers(std::string const& dataset) const {
  return all<std::uint64_t>(dataset, H5T_NATIVE_UINT64);
}

std::string StoredFields::attribute(std::string const& object, std::string const& name) const {
  Hdf5Object const open(H5Oopen(file_.get(), object.c_str(), H5P_DEFAULT), "open " + at(object));
  return has_attribute(open.get(), name) ? read_attribute(open.get(), name).front() : "";
}

std::vector<double> StoredFields::numbers(std::string const& object,
                                          std::string const& attribute) const {
  Hdf5Object const open(H5Oopen(file_.get(), object.c_str(), H5P_DEFAULT), "open " + at(object));
  if (!has_attribute(open.get(), attribute)) return {};
  std::string const action = fmt::format("read {}@{}", at(object), attribute);
  Hdf5Attribute const from(H5Aopen(open.get(), attribute.c_str(), H5P_DEFAULT), action);
  Hdf5Space const space(H5Aget_space(from.get()), action);
  std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
  hdf5_checked(H5Aread(from.get(), H5T_NATIVE_DOUBLE, values.data()), action);
  return values;
}

std::string StoredFields::text(std::string const& dataset) const {
  for (auto end = dataset.find('/', 1); end != std::string::npos; end = dataset.find('/', end + 1))
    if (!exists(dataset.substr(0, end))) return {};
  return exists(dataset) ? read_text(file_.get(), dataset) : "";
}

std::vector<std::string> StoredFields::axis_names(std::string const& reduction) const {
  std::string const group_name = "/entry/" + reduction;
  Hdf5Group const group(H5Gopen2(file_.get(), group_name.c_str(), H5P_DEFAULT),
                        "open group " + at(group_name));
  auto names = read_attribute(group.get(), "axes");
  if (names.size() != axes_of_places + 1 && names.size() != axes_of_places + 2) {
    throw core::IoError({.what = "read " + at(group_name),
                         .expected = "four or five axes",
                         .found = std::to_string(names.size()),
                         .attempt = "is it an output of xrdct?"});
  }
  return names;
}

StoredAxis StoredFields::axis(std::string const& reduction, std::string const& name) const {
  std::string const path = "/entry/" + reduction + "/" + name, label = attribute(path, "long_name");
  return {.name = name,
          .unit = attribute(path, "units"),
          .positions = read_all(path),
          .label = label.empty() ? name : label};
}

StoredAxis StoredFields::bin_axis(std::string const& reduction, std::string const& name) const {
  require(reduction);
  auto const names = axis_names(reduction);
  if (std::find(names.begin() + axes_of_places, names.end(), name) != names.end())
    return axis(reduction, name);
  throw core::InputError(
      {.what = fmt::format("read {} of reduction '{}' of {}", name, reduction, path_.string()),
       .expected = "a pattern with it",
       .found = fmt::format("{} patterns with {}", core::name_of(kind(reduction)), names.back())});
}

core::PatternKind StoredFields::kind(std::string const& reduction) const {
  require(reduction);
  auto const names = axis_names(reduction);
  if (names.size() == axes_of_places + 2) return core::PatternKind::cake;
  return names.back() == "azimuthal_axis" ? core::PatternKind::azimuthal
                                          : core::PatternKind::radial;
}

core::PatternShape StoredFields::pattern_shape(std::string const& reduction) const {
  auto const bins = [&](char const* name) { return bin_axis(reduction, name).positions.size(); };
  switch (kind(reduction)) {
    case core::PatternKind::radial:
      return {1, bins("radial_axis")};
    case core::PatternKind::azimuthal:
      return {1, bins("azimuthal_axis")};
    case core::PatternKind::cake:
      return {bins("azimuthal_axis"), bins("radial_axis")};
  }
  return {};
}

std::string StoredFields::unit_name(std::string const& reduction) const {
  bool const has_axis = kind(reduction) != core::PatternKind::azimuthal;
  return attribute("/entry/" + reduction + (has_axis ? "/radial_axis" : ""),
                   has_axis ? "unit_name" : "radial_unit");
}

}  // namespace xrdct::io
