// Finds the regions of an output that is finished, by what it says of itself.
#include <hdf5.h>

#include "io/hdf5/hdf5_handle.hpp"
#include "io/stored/dataset_address.hpp"
#include "io/stored/output_regions.hpp"
#include "io/stored/sinogram_reader.hpp"

namespace xrdct::io {
namespace {

AxisDescription axis_of(SinogramReader::Axis const& axis, hid_t file) {
  std::string const measured = "/entry/frames/" + axis.name;
  return {.name = axis.name,
          .unit = axis.unit,
          .positions = axis.positions,
          .measured = H5Lexists(file, measured.c_str(), H5P_DEFAULT) > 0};
}

ReductionDescription reduction_of(SinogramReader const& reader, std::string const& name) {
  ReductionDescription reduction{.name = name,
                                 .unit_name = {},
                                 .label = {},
                                 .symbol = {},
                                 .radial_axis = {},
                                 .errors = reader.has_errors(name),
                                 .deviation = reader.has(name, "std"),
                                 .kind = reader.kind(name)};
  auto const shape = reader.pattern_shape(name);
  bool const azimuthal = reduction.kind == core::PatternKind::azimuthal;
  reduction.radial_axis.resize(azimuthal ? 1 : shape.columns);
  if (azimuthal) reduction.azimuthal_axis.resize(shape.columns);
  if (reduction.kind == core::PatternKind::cake) reduction.azimuthal_axis.resize(shape.rows);
  return reduction;
}

/// As much of the description as the layout depends on.
OutputDescription description_of(std::filesystem::path const& file, hid_t open) {
  SinogramReader const reader(file);
  OutputDescription description;
  description.height = axis_of(reader.height(), open);
  description.slow = axis_of(reader.slow(), open);
  description.fast = axis_of(reader.fast(), open);
  for (auto const& name : reader.reductions())
    description.reductions.push_back(reduction_of(reader, name));
  description.has_monitor = H5Lexists(open, "/entry/frames/monitor", H5P_DEFAULT) > 0;
  return description;
}

}  // namespace

OutputRegions regions_of_file(std::filesystem::path const& file) {
  auto const open = open_hdf5_for_reading(file);
  auto const description = description_of(file, open.get());
  OutputLayout const layout(description);
  std::vector<std::uint64_t> addresses;
  for (auto const& wanted : layout.datasets) {
    Hdf5Dataset const dataset(H5Dopen2(open.get(), wanted.path.c_str(), H5P_DEFAULT),
                              "open dataset " + wanted.path + " in " + file.string());
    addresses.push_back(address_of(dataset.get(), wanted));
  }
  return {description.blocks(), layout, addresses};
}

}  // namespace xrdct::io
