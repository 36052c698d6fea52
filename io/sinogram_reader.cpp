#include "io/sinogram_reader.hpp"

#include <hdf5.h>

#include <algorithm>

#include "core/errors.hpp"
#include "io/hdf5_handle.hpp"
#include "io/nexus.hpp"

namespace xrdct::io {
namespace {

// The first axes of an NXdata group are those of the scan, the last one is radial.
constexpr std::size_t height_axis = 0, slow_axis = 1, fast_axis = 2, radial_axis = 3;

}  // namespace

struct SinogramReader::State {
  std::filesystem::path path;
  Hdf5File file;
  std::vector<std::string> reductions;
  Axis height, slow, fast;

  std::string at(std::string const& dataset) const { return dataset + " in " + path.string(); }

  void require(std::string const& reduction) const {
    if (std::find(reductions.begin(), reductions.end(), reduction) != reductions.end()) return;
    std::string known;
    for (auto const& name : reductions) known += (known.empty() ? "" : ", ") + name;
    auto const near = core::nearest_name(reduction, reductions);
    throw core::InputError("cannot read reduction '" + reduction + "' of " + path.string() + ": expected one of " + known + ", found '" + reduction +
                           "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
  }

  // HDF5 before 2.0 reads value by value what does not fit in its cache, which has room for one chunk of 1 MiB.
  Hdf5Dataset open(std::string const& dataset) const {
    Hdf5Properties const access(H5Pcreate(H5P_DATASET_ACCESS), "create properties");
    std::size_t const cache_bytes = std::size_t{64} << 20;
    hdf5_checked(H5Pset_chunk_cache(access.get(), H5D_CHUNK_CACHE_NSLOTS_DEFAULT, cache_bytes, H5D_CHUNK_CACHE_W0_DEFAULT), "make room for chunks");
    return {H5Dopen2(file.get(), dataset.c_str(), access.get()), "open dataset " + at(dataset)};
  }

  std::string dataset_of(std::string const& reduction, std::string const& field) const {
    require(reduction);
    if (field != "I" && field != "I_errors" && field != "count")
      throw core::InputError("cannot read field '" + field + "' of " + path.string() + ": expected I, I_errors or count");
    if (field == "I_errors" && !exists("/entry/" + reduction + "/I_errors"))
      throw core::InputError("cannot read errors of reduction '" + reduction + "' of " + path.string() +
                             ": expected I_errors, found none; reduce with an error model");
    return "/entry/" + reduction + "/" + field;
  }

  bool exists(std::string const& dataset) const { return H5Lexists(file.get(), dataset.c_str(), H5P_DEFAULT) > 0; }

  Axis axis(std::string const& reduction, std::size_t number) const {
    std::string const group_name = "/entry/" + reduction;
    Hdf5Group const group(H5Gopen2(file.get(), group_name.c_str(), H5P_DEFAULT), "open group " + at(group_name));
    auto const names = read_attribute(group.get(), "axes");
    if (names.size() != 4) {
      throw core::IoError("cannot read " + at(group_name) + ": expected four axes, found " + std::to_string(names.size()) +
                          "; is it an output of xrdct?");
    }
    auto const dataset = open(group_name + "/" + names[number]);
    Hdf5Space const space(H5Dget_space(dataset.get()), "get the shape of " + at(names[number]));
    Axis result{names[number], "", {}};
    if (has_attribute(dataset.get(), "units")) result.unit = read_attribute(dataset.get(), "units").front();
    result.positions.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    hdf5_checked(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.positions.data()), "read " + at(names[number]));
    return result;
  }

  std::vector<float> read(std::string const& name, std::array<hsize_t, 4> const& start, std::array<hsize_t, 4> const& count) const {
    auto const dataset = open(name);
    Hdf5Space const in_file(H5Dget_space(dataset.get()), "get the shape of " + at(name));
    std::array<hsize_t, 4> extent{};
    if (H5Sget_simple_extent_ndims(in_file.get()) != 4) throw core::IoError("cannot read " + at(name) + ": expected four dimensions");
    H5Sget_simple_extent_dims(in_file.get(), extent.data(), nullptr);
    for (std::size_t i = 0; i < extent.size(); ++i) {
      if (start[i] + count[i] > extent[i]) {
        throw core::InputError("cannot read " + at(name) + ": expected an index below " + std::to_string(extent[i]) + " on axis " +
                               std::to_string(i) + ", found " + std::to_string(start[i] + count[i] - 1));
      }
    }
    Hdf5Space const memory(H5Screate_simple(4, count.data(), nullptr), "make a space");
    hdf5_checked(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), "select in " + at(name));
    std::vector<float> values(count[0] * count[1] * count[2] * count[3]);
    hdf5_checked(H5Dread(dataset.get(), H5T_NATIVE_FLOAT, memory.get(), in_file.get(), H5P_DEFAULT, values.data()), "read " + at(name));
    return values;
  }
};

SinogramReader::SinogramReader(std::filesystem::path const& file) : state_(std::make_unique<State>()) {
  state_->path = file;
  state_->file = open_hdf5_for_reading(file);
  Hdf5Object const entry = state_->exists("/entry") ? Hdf5Object(H5Oopen(state_->file.get(), "/entry", H5P_DEFAULT), "open /entry") : Hdf5Object();
  if (!entry || !has_attribute(entry.get(), "reductions")) {
    throw core::IoError("cannot read " + file.string() +
                        ": expected an output of xrdct, found no /entry@reductions; give the file that 'xrdct reduce' wrote");
  }
  state_->reductions = read_attribute(entry.get(), "reductions");
  auto const& first = state_->reductions.front();
  state_->height = state_->axis(first, height_axis);
  state_->slow = state_->axis(first, slow_axis);
  state_->fast = state_->axis(first, fast_axis);
}

SinogramReader::~SinogramReader() = default;

std::vector<std::string> SinogramReader::reductions() const { return state_->reductions; }

core::ScanShape SinogramReader::shape() const {
  return {state_->height.positions.size(), state_->slow.positions.size(), state_->fast.positions.size()};
}

SinogramReader::Axis SinogramReader::height() const { return state_->height; }
SinogramReader::Axis SinogramReader::slow() const { return state_->slow; }
SinogramReader::Axis SinogramReader::fast() const { return state_->fast; }

SinogramReader::Axis SinogramReader::radial(std::string const& reduction) const {
  state_->require(reduction);
  return state_->axis(reduction, radial_axis);
}

std::string SinogramReader::unit_name(std::string const& reduction) const {
  state_->require(reduction);
  return read_attribute(state_->open("/entry/" + reduction + "/radial_axis").get(), "unit_name").front();
}

bool SinogramReader::has_errors(std::string const& reduction) const {
  state_->require(reduction);
  return state_->exists("/entry/" + reduction + "/I_errors");
}

std::vector<float> SinogramReader::channel(std::string const& reduction, std::string const& field, std::size_t height, std::size_t bin) const {
  return state_->read(state_->dataset_of(reduction, field), {height, 0, 0, bin}, {1, shape().slow, shape().fast, 1});
}

std::vector<float> SinogramReader::pattern(std::string const& reduction, std::string const& field, std::size_t height, std::size_t slow,
                                           std::size_t fast) const {
  auto const name = state_->dataset_of(reduction, field);
  return state_->read(name, {height, slow, fast, 0}, {1, 1, 1, radial(reduction).positions.size()});
}

}  // namespace xrdct::io
