// Derives all datasets of an output file, their shapes and chunks from its description.
#include "io/nexus/output_layout.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "core/words/errors.hpp"
#include "core/words/output_names.hpp"

namespace xrdct::io {
namespace {

std::size_t product(std::vector<std::size_t> const& factors) {
  return std::accumulate(factors.begin(), factors.end(), std::size_t{1}, std::multiplies<>());
}

std::size_t blocks_over(std::size_t extent, std::size_t length) {
  return (extent + length - 1) / length;
}

void require_free(std::set<std::string>& taken, std::string const& name, std::string const& what) {
  bool const usable = !name.empty() && name != "." && name.find('/') == std::string::npos;
  if (usable && taken.insert(name).second) return;
  throw core::InputError({.what = "name " + what,
                          .expected = "a name without '/' that nothing else in the output has",
                          .found = fmt::format("'{}'", name),
                          .attempt = "choose another name"});
}

}  // namespace

std::size_t size_of(StoredType type) {
  switch (type) {
    case StoredType::u1:
      return 1;
    case StoredType::f4:
      return 4;
    case StoredType::i8:
    case StoredType::u8:
    case StoredType::f8:
      return 8;
  }
  return 0;
}

std::size_t OutputDataset::chunks() const {
  std::size_t number = 1;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis)
    number *= blocks_over(extent[axis], chunk[axis]);
  return number;
}

std::size_t OutputDataset::elements_each() const { return product(chunk.empty() ? extent : chunk); }

std::size_t OutputDataset::stored_bytes() const {
  return chunks() * elements_each() * size_of(type);
}

core::PatternShape ReductionDescription::shape() const {
  switch (kind) {
    case core::PatternKind::radial:
      return {1, radial_axis.size()};
    case core::PatternKind::azimuthal:
      return {1, azimuthal_axis.size()};
    case core::PatternKind::cake:
      return {azimuthal_axis.size(), radial_axis.size()};
  }
  return {};
}

core::ScanShape OutputDescription::shape() const {
  return {height.positions.size(), slow.positions.size(), fast.positions.size()};
}

core::BlockPlan OutputDescription::blocks() const {
  std::size_t most_bins = 1;
  for (auto const& reduction : reductions)
    most_bins = std::max(most_bins, reduction.shape().bins());
  return core::BlockPlan(shape(), most_bins);
}

OutputLayout::OutputLayout(OutputDescription const& description) {
  auto const shape = description.shape();
  core::BlockPlan const plan = description.blocks();
  auto const add = [this](OutputDataset dataset) {
    datasets.push_back(std::move(dataset));
    return datasets.size() - 1;
  };
  auto const add_places = [&](std::string const& path, StoredType type) {
    return add({path, type, {shape.height, shape.slow, shape.fast}, {}});
  };

  for (auto const& reduction : description.reductions) {
    OfReduction of;
    of.pattern = reduction.shape();
    of.chunk = plan.chunk_of(of.pattern);
    std::vector<std::size_t> extent{of.pattern.columns}, chunk{of.chunk.columns};
    if (reduction.kind == core::PatternKind::cake) {
      extent.insert(extent.begin(), of.pattern.rows);
      chunk.insert(chunk.begin(), of.chunk.rows);
    }
    auto const beside = [](std::vector<std::size_t> places, std::vector<std::size_t> const& bins) {
      places.insert(places.end(), bins.begin(), bins.end());
      return places;
    };
    auto const add_patterns = [&](std::string const& field) {
      return add({"/entry/" + reduction.name + "/" + field, StoredType::f4,
                  beside({shape.height, shape.slow, shape.fast}, extent),
                  beside({1, plan.lines_per_block(), shape.fast}, chunk)});
    };
    of.intensity = add_patterns("I");
    if (reduction.errors) of.error = add_patterns("I_errors");
    if (reduction.deviation) of.deviation = add_patterns("std");
    of.count = add_patterns("count");
    for (std::size_t i = 0; i < tally_fields.size(); ++i)
      of.tally[i] = add_places("/entry/frames/" + reduction.name + "/" + tally_fields[i].name,
                               StoredType::i8);
    of.mean = add({"/entry/preview/mean_" + reduction.name + "/I", StoredType::f8, extent, {}});
    of.maximum =
        add({"/entry/preview/maximum_" + reduction.name + "/I", StoredType::f8, extent, {}});
    reductions.push_back(of);
  }
  status = add_places("/entry/frames/status", StoredType::u1);
  index = add_places("/entry/frames/index", StoredType::i8);
  if (description.has_monitor) monitor = add_places("/entry/frames/monitor", StoredType::f8);
  for (auto const* axis : {&description.height, &description.slow, &description.fast})
    if (axis->measured)
      positions.push_back(add_places("/entry/frames/" + axis->name, StoredType::f8));
  if (!positions.empty()) number = add_places("/entry/frames/number", StoredType::i8);
  total_intensity = add_places("/entry/preview/total_intensity/total_intensity", StoredType::f4);
  std::size_t const columns = block_columns().size();
  checksums =
      add({"/entry/process/checksums/blocks", StoredType::u8, {plan.blocks(), columns}, {}});
  other_checksums = add({"/entry/process/checksums/others", StoredType::u8, {2}, {}});
}

std::vector<std::size_t> OutputLayout::block_columns() const {
  std::vector<std::size_t> columns;
  for (auto const& reduction : reductions) {
    columns.push_back(reduction.intensity);
    if (reduction.error) columns.push_back(*reduction.error);
    if (reduction.deviation) columns.push_back(*reduction.deviation);
    columns.push_back(reduction.count);
    columns.insert(columns.end(), reduction.tally.begin(), reduction.tally.end());
  }
  columns.push_back(status);
  columns.push_back(index);
  if (monitor) columns.push_back(*monitor);
  columns.insert(columns.end(), positions.begin(), positions.end());
  if (number) columns.push_back(*number);
  columns.push_back(total_intensity);
  return columns;
}

void check_names(OutputDescription const& description) {
  std::set<std::string> axes(core::names_beside_axes.begin(), core::names_beside_axes.end());
  require_free(axes, description.height.name, "the axis of heights");
  require_free(axes, description.slow.name, "scan.slow");
  require_free(axes, description.fast.name, "scan.fast");
  std::set<std::string> groups(core::names_beside_reductions.begin(),
                               core::names_beside_reductions.end());
  for (auto const& reduction : description.reductions)
    require_free(groups, reduction.name, "a reduction");
  for (auto const& name : core::names_beside_positions) groups.emplace(name);
  for (auto const* axis : {&description.height, &description.slow, &description.fast})
    if (axis->measured) require_free(groups, axis->name, "an axis with positions");
}

void pack_chunks(std::span<float const> patterns, core::PatternShape const& pattern,
                 core::PatternShape const& chunk, std::size_t places_each,
                 std::span<float> chunks) {
  std::size_t const places = patterns.size() / pattern.bins();
  std::size_t const rows_of_chunks = blocks_over(pattern.rows, chunk.rows),
                    columns_of_chunks = blocks_over(pattern.columns, chunk.columns);
  XRDCT_ASSERT(places * pattern.bins() == patterns.size() && places <= places_each);
  XRDCT_ASSERT(chunks.size() == rows_of_chunks * columns_of_chunks * places_each * chunk.bins());
  auto out = chunks.begin();
  for (std::size_t number = 0; number < rows_of_chunks * columns_of_chunks; ++number) {
    std::size_t const first_row = number / columns_of_chunks * chunk.rows,
                      first_column = number % columns_of_chunks * chunk.columns;
    std::size_t const rows = std::min(chunk.rows, pattern.rows - first_row),
                      columns = std::min(chunk.columns, pattern.columns - first_column);
    for (std::size_t place = 0; place < places; ++place) {
      for (std::size_t row = 0; row < rows; ++row) {
        std::size_t const from =
            (place * pattern.rows + first_row + row) * pattern.columns + first_column;
        out = std::copy_n(patterns.begin() + static_cast<std::ptrdiff_t>(from), columns, out);
        out = std::fill_n(out, chunk.columns - columns, 0.0F);
      }
      out = std::fill_n(out, (chunk.rows - rows) * chunk.columns, 0.0F);
    }
    out = std::fill_n(out, (places_each - places) * chunk.bins(), 0.0F);
  }
}

void unpack_chunks(std::span<float const> chunks, core::PatternShape const& pattern,
                   core::PatternShape const& chunk, std::size_t places_each,
                   std::span<float> patterns) {
  std::size_t const places = patterns.size() / pattern.bins(),
                    columns_of_chunks = blocks_over(pattern.columns, chunk.columns);
  XRDCT_ASSERT(places * pattern.bins() == patterns.size() && places <= places_each);
  XRDCT_ASSERT(chunks.size() == blocks_over(pattern.rows, chunk.rows) * columns_of_chunks *
                                    places_each * chunk.bins());
  for (std::size_t place = 0; place < places; ++place) {
    for (std::size_t row = 0; row < pattern.rows; ++row) {
      for (std::size_t first = 0; first < pattern.columns; first += chunk.columns) {
        std::size_t const number = row / chunk.rows * columns_of_chunks + first / chunk.columns;
        std::size_t const from =
            ((number * places_each + place) * chunk.rows + row % chunk.rows) * chunk.columns;
        std::copy_n(chunks.begin() + static_cast<std::ptrdiff_t>(from),
                    std::min(chunk.columns, pattern.columns - first),
                    patterns.begin() + static_cast<std::ptrdiff_t>(
                                           (place * pattern.rows + row) * pattern.columns + first));
      }
    }
  }
}

std::size_t estimated_file_bytes(OutputDescription const& description) {
  OutputLayout const layout(description);
  return std::accumulate(
      layout.datasets.begin(), layout.datasets.end(), std::size_t{0},
      [](std::size_t sum, OutputDataset const& dataset) { return sum + dataset.stored_bytes(); });
}

std::size_t structure_bytes(OutputDescription const& description) {
  constexpr std::size_t of_file = 24576, of_reduction = 12288;  // measured: 15 and 7 KiB
  std::size_t total = of_file + description.canonical_job.size() + description.poni_text.size(),
              longest = 0;
  for (auto const& input : description.inputs) longest = std::max(longest, input.path.size());
  total += description.inputs.size() * (longest + sizeof(std::int64_t));
  std::size_t const positions = description.height.positions.size() +
                                description.slow.positions.size() +
                                description.fast.positions.size();
  total += (description.reductions.size() + 1) * positions * sizeof(double);
  for (auto const& reduction : description.reductions)
    total += of_reduction +
             3 * (reduction.radial_axis.size() + reduction.azimuthal_axis.size()) * sizeof(double);
  for (auto const& dataset : OutputLayout(description).datasets)
    if (dataset.stored_bytes() >= output_alignment) total += output_alignment;  // the gap before it
  return total;
}

}  // namespace xrdct::io
