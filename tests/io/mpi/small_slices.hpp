#pragma once
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/tomography/slice_plan.hpp"
#include "io/output/slices_file.hpp"
#include "small_output.hpp"

namespace small_slices {

using namespace xrdct;

/// Four reductions: one with errors and `bins` bins in units of 16, one without, a cake, azimuthal
/// profiles; with results of heights and of channels.
inline io::SlicesDescription description_of(std::size_t heights, std::size_t side,
                                            std::size_t bins) {
  io::SlicesDescription description;
  description.title = "small slices";
  description.height = {"height", "mm", small_output::steps(heights, 0.0, 0.5), false};
  description.axes = {.step = 0.25, .unit = "mm", .centre = {}, .sense = -1, .side = side};
  std::vector<io::SliceResult> const results{
      {.name = "centre", .label = "centre by each method", .unit = "", .extent = {3}},
      {.name = "imputed", .label = "samples", .type = io::StoredType::i8, .per_bin = true},
      {.name = "zingers", .label = "samples", .type = io::StoredType::u1, .extent = {2, 5}},
      {.name = "air", .label = "air", .unit = "", .type = io::StoredType::f4, .per_bin = true}};
  for (auto const& reduction : small_output::description_of({1, 1, 1}, bins).reductions)
    description.reductions.push_back({.reduction = reduction,
                                      .bins_per_unit = reduction.name == "mean" ? 16U : 64U,
                                      .first_bin = 3,
                                      .errors = reduction.errors,
                                      .making = {.algorithm = "fbp", .window = "hann"},
                                      .results = results});
  description.reductions[1].results = {results[1]};
  description.version = "0.1.0";
  description.canonical_job = R"({"reconstruction":{}})";
  description.sinogram_file = "scan_xrdct.h5";
  description.sinogram_identity = "0123456789abcdef";
  description.inputs = {{"scan_xrdct.h5", 1234}};
  return description;
}

/// The value of a field (0: I, 1: I_errors): NaN outside of a circle.
inline float value(core::SliceUnit const& unit, std::size_t side, std::size_t field, std::size_t y,
                   std::size_t x, std::size_t column) {
  double const middle = (static_cast<double>(side) - 1.0) / 2.0;
  if (std::hypot(static_cast<double>(y) - middle, static_cast<double>(x) - middle) >
      static_cast<double>(side) / 2.0)
    return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(unit.reduction * 1000 + field * 100 + unit.height * 10 + unit.row) +
         static_cast<float>(y) * 2.0F + static_cast<float>(x) * 0.5F +
         static_cast<float>(column) / 64.0F;
}

/// A unit and the memory that its block points to.
struct Made {
  std::vector<float> values, errors;
  io::SliceBlock block;
};

inline Made made(io::SlicesDescription const& description, std::size_t number) {
  auto const plan = description.plan();
  auto const unit = plan.unit(number);
  auto const& of = description.reductions[unit.reduction];
  std::size_t const side = plan.side();
  Made result;
  for (std::size_t field = 0; field < (of.errors ? 2U : 1U); ++field)
    for (std::size_t voxel = 0; voxel < side * side; ++voxel)
      for (std::size_t bin = 0; bin < unit.bins; ++bin)
        (field == 0 ? result.values : result.errors)
            .push_back(value(unit, side, field, voxel / side, voxel % side, unit.first + bin));
  result.block = {.unit = number, .values = result.values, .errors = result.errors};
  result.block.status.assign(unit.bins, core::SliceStatus::good);
  result.block.status.back() = core::SliceStatus::empty;
  bool const first = plan.units_of(unit.reduction, unit.height).first == number;
  for (auto const& each : of.results) {
    std::size_t length = 1;
    for (std::size_t const extent : each.extent) length *= extent;
    if (each.per_bin) length = unit.bins;
    if (!each.per_bin && !first) length = 0;
    std::vector<double> numbers;
    for (std::size_t i = 0; i < length; ++i)
      numbers.push_back(static_cast<double>(unit.height * 50 + unit.first + i));
    result.block.results.push_back(numbers);
  }
  return result;
}

/// Writes these units, shared among the ranks; collective.
inline void write_units(io::SlicesFile& file, io::SlicesDescription const& description,
                        std::vector<std::size_t> const& units, core::Peers const& peers) {
  auto const [first, last] = core::blocks_of_rank(units.size(), peers.rank(), peers.size());
  for (std::size_t round = 0; round < core::rounds(units.size(), peers.size()); ++round) {
    if (first + round >= last) {
      file.write(nullptr);
      continue;
    }
    auto const unit = made(description, units[first + round]);
    file.write(&unit.block);
  }
}

/// Writes a whole file; collective.
inline void write(io::Communicator& communicator, std::filesystem::path const& path,
                  io::SlicesDescription const& description, core::Writer writer) {
  io::SlicesFile file(communicator, path, description, small_output::run_of(writer, true));
  write_units(file, description, file.units_to_do(), communicator);
  file.close();
}

}  // namespace small_slices
