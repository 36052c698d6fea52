// Derives all datasets of a file of slices, their shapes and chunks from its description.
#include "io/nexus/slices_layout.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/words/errors.hpp"
#include "core/words/output_names.hpp"

namespace xrdct::io {
namespace {

constexpr std::array<char const*, 3> first_columns{"I", "I_errors", "status"};

std::vector<std::size_t> joined(std::vector<std::size_t> first,
                                std::vector<std::size_t> const& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// Bins of a pattern along its one or two axes.
std::vector<std::size_t> bins_of_axes(core::PatternKind kind, core::PatternShape const& shape) {
  if (kind == core::PatternKind::cake) return {shape.rows, shape.columns};
  return {shape.columns};
}

void require_name(std::set<std::string>& taken, std::string const& name, std::string const& what) {
  if (taken.insert(name).second) return;
  throw core::InputError({.what = "name " + what,
                          .expected = "a name that nothing else in the slices has",
                          .found = fmt::format("'{}'", name),
                          .attempt = "reduce with another name"});
}

}  // namespace

core::SlicePlan SlicesDescription::plan() const {
  std::vector<core::SliceBins> bins;
  for (auto const& of : reductions) bins.push_back({of.reduction.shape(), of.bins_per_unit});
  return {height.positions.size(), axes.side, std::move(bins)};
}

std::vector<double> SlicesDescription::x() const {
  std::vector<double> positions(axes.side);
  double const middle = (static_cast<double>(axes.side) - 1.0) / 2.0;
  for (std::size_t j = 0; j < axes.side; ++j)
    positions[j] = (static_cast<double>(j) - middle) * axes.step;
  return positions;
}

std::vector<double> SlicesDescription::y() const {
  auto positions = x();
  std::reverse(positions.begin(), positions.end());
  return positions;
}

SlicesLayout::SlicesLayout(SlicesDescription const& description) : plan(description.plan()) {
  blocks = plan.units();
  for (auto const* name : first_columns) columns_of_blocks.push_back({name, {}});
  for (std::size_t i = 0; i < description.reductions.size(); ++i)
    add_reduction(i, description.reductions[i]);
  describe = [units = plan](std::size_t block) { return units.describe(block); };
  add_checksums();
}

void SlicesLayout::add_reduction(std::size_t number, SlicesOfReduction const& of) {
  auto const& name = of.reduction.name;
  bool const is_cake = of.reduction.kind == core::PatternKind::cake;
  auto const bins = bins_of_axes(of.reduction.kind, of.reduction.shape());
  std::vector<std::size_t> const heights{plan.heights()}, one{1}, slice{plan.side(), plan.side()},
      tile{plan.tile_side(), plan.tile_side()},
      chunk = is_cake ? std::vector{std::size_t{1}, plan.chunk_bins(number)}
                      : std::vector{plan.chunk_bins(number)};
  auto const add_slices = [&](std::string const& field) {
    return add({fmt::format("/entry/{}/{}", name, field), StoredType::f4,
                joined(joined(heights, slice), bins), joined(joined(one, tile), chunk)});
  };
  auto const add_result = [&](std::string const& field, StoredType type,
                              std::vector<std::size_t> const& extent) {
    return add(
        {fmt::format("/entry/conditioning/{}/{}", name, field), type, joined(heights, extent), {}});
  };

  OfReduction made;
  made.intensity = add_slices("I");
  add_part("I", tiles_of(number, made.intensity));
  if (of.errors) {
    made.error = add_slices("I_errors");
    add_part("I_errors", tiles_of(number, *made.error));
  }
  made.status = add_result("status", StoredType::u1, bins);
  add_part("status", bins_of(number, made.status));
  for (auto const& result : of.results) {
    made.results.push_back(
        add_result(result.name, result.type, result.per_bin ? bins : result.extent));
    std::size_t const dataset = made.results.back();
    add_part(result.name, result.per_bin ? bins_of(number, dataset) : heights_of(number, dataset));
  }
  made.mean = add({"/entry/preview/mean_" + name, StoredType::f4, joined(heights, slice), {}});
  last.push_back(made.mean);
  reductions.push_back(std::move(made));
}

void SlicesLayout::add_part(std::string const& column, BlockRuns const& part) {
  auto const found = std::find_if(columns_of_blocks.begin(), columns_of_blocks.end(),
                                  [&](BlockColumn const& each) { return each.name == column; });
  auto& of = found == columns_of_blocks.end()
                 ? columns_of_blocks.emplace_back(BlockColumn{column, {}})
                 : *found;
  of.parts.push_back(part);
}

std::size_t SlicesLayout::column_of(std::string const& result) const {
  auto const found = std::find_if(columns_of_blocks.begin(), columns_of_blocks.end(),
                                  [&](BlockColumn const& each) { return each.name == result; });
  XRDCT_ASSERT(found != columns_of_blocks.end());
  return static_cast<std::size_t>(found - columns_of_blocks.begin());
}

// A row is all chunks of a tile, of a cake those of one azimuth; each tile is a run.
BlockRuns SlicesLayout::tiles_of(std::size_t reduction, std::size_t dataset) const {
  auto const& [pattern, each] = plan.reductions()[reduction];
  auto const [first, per_height] = plan.units_of(reduction, 0);
  std::size_t const chunk_bins = plan.chunk_bins(reduction),
                    chunk_bytes = plan.tile_side() * plan.tile_side() * chunk_bins * sizeof(float),
                    chunks = (pattern.columns + chunk_bins - 1) / chunk_bins;
  return {.dataset = dataset,
          .first_block = first,
          .blocks = per_height * plan.heights(),
          .in_row = plan.units_per_row(reduction),
          .rows = pattern.rows,
          .runs = plan.tiles(),
          .run_bytes = std::min(chunks, (each + chunk_bins - 1) / chunk_bins) * chunk_bytes,
          .row_bytes = chunks * chunk_bytes};
}

BlockRuns SlicesLayout::bins_of(std::size_t reduction, std::size_t dataset) const {
  auto const& [pattern, each] = plan.reductions()[reduction];
  auto const [first, per_height] = plan.units_of(reduction, 0);
  std::size_t const size = size_of(datasets[dataset].type);
  return {.dataset = dataset,
          .first_block = first,
          .blocks = per_height * plan.heights(),
          .in_row = plan.units_per_row(reduction),
          .rows = pattern.rows,
          .run_bytes = std::min(each, pattern.columns) * size,
          .row_bytes = pattern.columns * size};
}

// The first unit of a height has all, the others nothing.
BlockRuns SlicesLayout::heights_of(std::size_t reduction, std::size_t dataset) const {
  auto const [first, per_height] = plan.units_of(reduction, 0);
  std::size_t const bytes = datasets[dataset].stored_bytes() / plan.heights();
  return {.dataset = dataset,
          .first_block = first,
          .blocks = per_height * plan.heights(),
          .in_row = per_height,
          .run_bytes = bytes,
          .row_bytes = bytes};
}

void check_names(SlicesDescription const& description) {
  std::set<std::string> axes{"x", "y", "I", "I_errors", "title", "radial_axis", "azimuthal_axis"};
  require_name(axes, description.height.name, "the axis of heights");
  for (auto const& of : description.reductions) {
    axes.insert("mean_" + of.reduction.name);
    std::set<std::string> groups{"conditioning", "preview", "process", "title"};
    require_name(groups, of.reduction.name, "a reduction");
    std::set<std::string> results{"status"};
    for (auto const& result : of.results) require_name(results, result.name, "a result");
  }
}

std::span<std::byte const> pack_tile(core::SlicePlan const& plan, core::SliceUnit const& unit,
                                     std::span<float const> values, std::size_t tile,
                                     std::vector<float>& chunks) {
  std::size_t const side = plan.tile_side(), chunk_bins = plan.chunk_bins(unit.reduction),
                    chunks_across = (unit.bins + chunk_bins - 1) / chunk_bins,
                    top = tile / plan.tiles_across() * side,
                    left = tile % plan.tiles_across() * side;
  std::size_t const rows = std::min(side, plan.side() - top),
                    columns = std::min(side, plan.side() - left);
  XRDCT_ASSERT(values.size() == plan.voxels() * unit.bins);
  chunks.assign(chunks_across * side * side * chunk_bins, 0.0F);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      auto const pattern = values.begin() + static_cast<std::ptrdiff_t>(
                                                ((top + i) * plan.side() + left + j) * unit.bins);
      for (std::size_t k = 0; k < chunks_across; ++k) {
        std::size_t const first = k * chunk_bins;
        std::copy_n(
            pattern + static_cast<std::ptrdiff_t>(first), std::min(chunk_bins, unit.bins - first),
            chunks.begin() + static_cast<std::ptrdiff_t>(((k * side + i) * side + j) * chunk_bins));
      }
    }
  }
  return std::as_bytes(std::span<float const>(chunks));
}

std::size_t estimated_file_bytes(SlicesDescription const& description) {
  return stored_bytes(SlicesLayout(description));
}

std::size_t structure_bytes(SlicesDescription const& description) {
  constexpr std::size_t of_file = 24576, of_reduction = 12288, of_result = 1024;
  std::size_t total = of_file + description.canonical_job.size() + description.poni_text.size(),
              longest = 0;
  for (auto const& input : description.inputs) longest = std::max(longest, input.path.size());
  total += description.inputs.size() * (longest + sizeof(std::int64_t));
  std::size_t const positions = description.height.positions.size() + 2 * description.axes.side;
  total += (description.reductions.size() + 1) * positions * sizeof(double);
  for (auto const& of : description.reductions)
    total +=
        of_reduction + of.results.size() * of_result +
        (of.reduction.radial_axis.size() + of.reduction.azimuthal_axis.size()) * sizeof(double);
  return total + bytes_of_gaps(SlicesLayout(description));
}

}  // namespace xrdct::io
