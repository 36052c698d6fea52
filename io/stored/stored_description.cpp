// Reads back what an output says of its reductions, axes and shapes.
#include "io/stored/stored_description.hpp"

#include <fmt/core.h>
#include <hdf5.h>

#include <optional>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "core/words/units.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "io/nexus/nexus.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "io/stored/slices_reader.hpp"
#include "io/stored/stored_fields.hpp"

namespace xrdct::io {
namespace {

AxisDescription axis_of(StoredAxis const& axis) {
  return {.name = axis.name, .unit = axis.unit, .positions = axis.positions};
}

/// The shape of a reduction.
template <class Reader>
ReductionDescription shape_of(Reader const& reader, std::string const& name) {
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

std::optional<std::pair<double, double>> range_of(std::vector<double> const& ends) {
  if (ends.size() != 2) return {};
  return std::pair(ends[0], ends[1]);
}

ReductionMaking making_of(StoredFields const& stored, std::string const& group) {
  auto const number = [&](char const* name) -> std::optional<double> {
    auto const values = stored.numbers(group, name);
    return values.empty() ? std::nullopt : std::optional(values.front());
  };
  auto const word = [&]<class Choice>(char const* name, Choice) {
    auto const text = stored.attribute(group, name);
    auto const choice = core::named<Choice>(text);
    if (!choice)
      throw core::IoError({.what = fmt::format("read {}@{}", stored.at(group), name),
                           .expected = "a word of xrdct",
                           .found = fmt::format("'{}'", text)});
    return *choice;
  };
  ReductionMaking making{.method = word("method", core::Method{}),
                         .error_model = word("error_model", core::ErrorModel{}),
                         .splitting = word("splitting", core::Splitting{}),
                         .radial_range = range_of(stored.numbers(group, "radial_range")),
                         .azimuth_range_deg = range_of(stored.numbers(group, "azimuth_range_deg")),
                         .empty = number("empty"),
                         .lost = number("lost").value_or(0.0)};
  if (auto const threshold = number("threshold")) making.clip.threshold = *threshold;
  if (auto const cycles = number("cycles")) making.clip.cycles = static_cast<int>(*cycles);
  if (auto const ends = range_of(stored.numbers(group, "quantiles")))
    making.quantiles = {.lower = ends->first, .upper = ends->second};
  return making;
}

StoredType type_of(hid_t dataset) {
  Hdf5Type const type(H5Dget_type(dataset), "get the type of a dataset");
  std::size_t const bytes = H5Tget_size(type.get());
  if (H5Tget_class(type.get()) == H5T_FLOAT) return bytes == 4 ? StoredType::f4 : StoredType::f8;
  if (bytes == 1) return StoredType::u1;
  return H5Tget_sign(type.get()) == H5T_SGN_NONE ? StoredType::u8 : StoredType::i8;
}

/// Results of conditioning but the status, which is always there.
std::vector<SliceResult> results_of(StoredFields const& stored, std::string const& reduction) {
  std::string const group = "/entry/conditioning/" + reduction;
  Hdf5Object const open(H5Oopen(stored.file(), group.c_str(), H5P_DEFAULT),
                        "open " + stored.at(group));
  std::vector<SliceResult> results;
  for (auto const& name : read_attribute(open.get(), "results")) {
    if (name == "status") continue;
    std::string const path = group + "/" + name;
    auto const dataset = stored.open(path);
    SliceResult result{.name = name,
                       .label = {},
                       .unit = {},
                       .type = type_of(dataset.get()),
                       .per_bin = stored.attribute(path, "per") == "channel"};
    auto const extent = stored.extent_of(path);
    if (!result.per_bin && !extent.empty()) result.extent.assign(extent.begin() + 1, extent.end());
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace

OutputDescription stored_description(std::filesystem::path const& file) {
  SinogramReader const reader(file);
  StoredFields const stored(file, "reductions", "reduce");
  OutputDescription description;
  description.height = axis_of(reader.height());
  description.slow = axis_of(reader.slow());
  description.fast = axis_of(reader.fast());
  for (auto const& name : reader.reductions())
    description.reductions.push_back(shape_of(reader, name));
  description.has_monitor = stored.exists("/entry/frames/monitor");
  return description;
}

SlicesDescription stored_slices_description(std::filesystem::path const& file) {
  SlicesReader const reader(file);
  StoredFields const stored(file, "slices", "reconstruct");
  SlicesDescription description;
  description.height = axis_of(reader.height());
  description.axes.side = reader.side();
  for (auto const& name : reader.reductions()) {
    auto const each = stored.numbers("/entry/" + name, "bins_per_unit");
    if (each.empty() || each.front() < 1.0)
      throw core::IoError({.what = fmt::format("read the units of {} of {}", name, file.string()),
                           .expected = "the attribute bins_per_unit",
                           .found = "none"});
    auto& of = description.reductions.emplace_back();
    of.reduction = shape_of(reader, name);
    of.bins_per_unit = static_cast<std::size_t>(each.front());
    of.errors = reader.has_errors(name);
    of.results = results_of(stored, name);
  }
  return description;
}

ReductionDescription stored_reduction(std::filesystem::path const& file,
                                      std::string const& reduction) {
  SinogramReader const reader(file);
  StoredFields const stored(file, "reductions", "reduce");
  auto described = shape_of(reader, reduction);
  described.making = making_of(stored, "/entry/" + reduction);
  described.unit_name = reader.unit_name(reduction);
  auto const unit = core::unit_of(described.unit_name);
  described.label = core::label_of(unit);
  described.symbol = core::symbol_of(unit);
  if (described.kind != core::PatternKind::radial)
    described.azimuthal_axis = reader.azimuthal(reduction).positions;
  if (described.kind != core::PatternKind::azimuthal)
    described.radial_axis = reader.radial(reduction).positions;
  else if (auto const& window = described.making.radial_range)
    described.radial_axis = {0.5 * (window->first + window->second)};
  return described;
}

}  // namespace xrdct::io
