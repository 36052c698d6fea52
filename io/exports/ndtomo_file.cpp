// Writes slices as one volume for nDTomo.
#include "io/exports/ndtomo_file.hpp"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "core/tomography/slice_plan.hpp"
#include "core/words/errors.hpp"
#include "core/words/units.hpp"
#include "io/exports/new_export.hpp"
#include "io/hdf5/written_hdf5.hpp"
#include "io/nexus/nexus.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t tile_side = core::SlicePlan::most_tile_side;

/// The names by which its program finds an axis.
std::string axis_name(SlicesReader const& slices, std::string const& reduction) {
  if (slices.kind(reduction) == core::PatternKind::azimuthal) return "xaxis";
  auto const quantity = core::quantity_of(core::unit_of(slices.unit_name(reduction)));
  if (quantity == core::Quantity::q) return "q";
  if (quantity == core::Quantity::two_theta) return "tth";
  return quantity == core::Quantity::d ? "d" : "xaxis";
}

WrittenDataset make_volume(hid_t file, SlicesReader const& slices, std::size_t bins) {
  std::array<hsize_t, 3> const extent{slices.side(), slices.side(), bins};
  Hdf5Space const space(H5Screate_simple(3, extent.data(), nullptr), "make the shape of data");
  auto const creation = timeless_datasets();
  return {H5Dcreate2(file, "data", H5T_IEEE_F32LE, space.get(), H5P_DEFAULT, creation.get(),
                     H5P_DEFAULT),
          "create data"};
}

/// \param box [y][x][bin] of `slices` → [x][y][bin] of the volume
void write_tile(hid_t dataset, SlicesReader::Box const& box, std::vector<float> const& values) {
  std::vector<float> turned(values.size());
  for (std::size_t y = 0; y < box.rows; ++y) {
    for (std::size_t x = 0; x < box.columns; ++x) {
      auto const from =
          values.begin() + static_cast<std::ptrdiff_t>((y * box.columns + x) * box.bins);
      std::transform(from, from + static_cast<std::ptrdiff_t>(box.bins),
                     turned.begin() + static_cast<std::ptrdiff_t>((x * box.rows + y) * box.bins),
                     [](float value) { return std::isfinite(value) ? value : 0.0F; });
    }
  }
  std::array<hsize_t, 3> const start{box.x, box.y, 0}, count{box.columns, box.rows, box.bins};
  Hdf5Space const in_file(H5Dget_space(dataset), "get the shape of data");
  hdf5_checked(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr,
                                   count.data(), nullptr),
               "select in data");
  Hdf5Space const memory(H5Screate_simple(3, count.data(), nullptr), "make a space");
  hdf5_checked(
      H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory.get(), in_file.get(), H5P_DEFAULT, turned.data()),
      "write data");
}

/// Calls HDF5, whose words name the file as it is called until it is whole.
template <class Work>
void write_to(std::filesystem::path const& file, Work const& work) {
  try {
    work();
  } catch (core::IoError const& error) {
    throw core::IoError({.what = "write " + file.string(),
                         .expected = "HDF5 to do it",
                         .found = error.what(),
                         .attempt = "check the space and the state of the file system"});
  }
}

}  // namespace

void write_ndtomo(std::filesystem::path const& file, SlicesReader const& slices,
                  VolumeChoice const& choice) {
  silence_hdf5();
  bool const has_radial_axis = slices.kind(choice.reduction) != core::PatternKind::azimuthal;
  auto const axis =
      has_radial_axis ? slices.radial(choice.reduction) : slices.azimuthal(choice.reduction);
  std::size_t const bins = axis.positions.size(), side = slices.side();
  NewExport part(file);
  WrittenFile output(part.part(), H5P_DEFAULT);
  {
    auto const volume = make_volume(output.get(), slices, bins);
    for (std::size_t y = 0; y < side; y += tile_side) {
      for (std::size_t x = 0; x < side; x += tile_side) {
        SlicesReader::Box const box{
            y,   std::min(tile_side, side - y), x, std::min(tile_side, side - x), choice.row * bins,
            bins};
        auto const values = slices.box(choice.reduction, choice.field, choice.height, box);
        write_to(file, [&] { write_tile(volume.get(), box, values); });
      }
    }
    auto const written = write_dataset(output.get(), axis_name(slices, choice.reduction),
                                       std::span<double const>(axis.positions));
    if (!axis.unit.empty()) write_attribute(written.get(), "units", axis.unit);
  }
  write_to(file, [&] { output.close(); });
  part.finish();
}

}  // namespace xrdct::io
