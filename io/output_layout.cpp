#include "io/output_layout.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "core/errors.hpp"

namespace xrdct::io {
namespace {

std::size_t product(std::vector<std::size_t> const& factors) {
  return std::accumulate(factors.begin(), factors.end(), std::size_t{1}, std::multiplies<>());
}

std::size_t blocks_over(std::size_t extent, std::size_t length) { return (extent + length - 1) / length; }

void require_free(std::set<std::string>& taken, std::string const& name, std::string const& what) {
  bool const usable = !name.empty() && name != "." && name.find('/') == std::string::npos;
  if (usable && taken.insert(name).second) return;
  throw core::InputError("cannot name " + what + ": expected a name without '/' that nothing else in the output has, found '" + name +
                         "'; choose another name");
}

}  // namespace

std::size_t size_of(StoredType type) {
  switch (type) {
    case StoredType::u1:
      return 1;
    case StoredType::f4:
      return 4;
    case StoredType::i8:
    case StoredType::f8:
      return 8;
  }
  return 0;
}

std::size_t OutputDataset::chunks() const {
  std::size_t number = 1;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis) number *= blocks_over(extent[axis], chunk[axis]);
  return number;
}

std::size_t OutputDataset::elements_each() const { return product(chunk.empty() ? extent : chunk); }

std::size_t OutputDataset::stored_bytes() const { return chunks() * elements_each() * size_of(type); }

core::ScanShape OutputDescription::shape() const { return {height.positions.size(), slow.positions.size(), fast.positions.size()}; }

OutputLayout::OutputLayout(OutputDescription const& description) {
  auto const shape = description.shape();
  core::BlockPlan const plan(shape);
  auto const add = [this](OutputDataset dataset) {
    datasets.push_back(std::move(dataset));
    return datasets.size() - 1;
  };
  auto const add_places = [&](std::string const& path, StoredType type) { return add({path, type, {shape.height, shape.slow, shape.fast}, {}}); };

  for (auto const& reduction : description.reductions) {
    std::size_t const bins = reduction.radial_axis.size();
    auto const chunk = plan.chunk_shape(bins);
    auto const add_patterns = [&](std::string const& field) {
      return add({"/entry/" + reduction.name + "/" + field,
                  StoredType::f4,
                  {shape.height, shape.slow, shape.fast, bins},
                  std::vector<std::size_t>(chunk.begin(), chunk.end())});
    };
    OfReduction of;
    of.intensity = add_patterns("I");
    if (reduction.errors) of.error = add_patterns("I_errors");
    of.count = add_patterns("count");
    for (std::size_t i = 0; i < tally_fields.size(); ++i)
      of.tally[i] = add_places("/entry/frames/" + reduction.name + "/" + tally_fields[i].name, StoredType::i8);
    of.mean = add({"/entry/preview/mean_" + reduction.name + "/I", StoredType::f8, {bins}, {}});
    of.maximum = add({"/entry/preview/maximum_" + reduction.name + "/I", StoredType::f8, {bins}, {}});
    reductions.push_back(of);
  }
  status = add_places("/entry/frames/status", StoredType::u1);
  index = add_places("/entry/frames/index", StoredType::i8);
  if (description.has_monitor) monitor = add_places("/entry/frames/monitor", StoredType::f8);
  total_intensity = add_places("/entry/preview/total_intensity/total_intensity", StoredType::f4);
}

void check_names(OutputDescription const& description) {
  std::set<std::string> axes{"I", "I_errors", "count", "radial_axis", "total_intensity"};
  require_free(axes, description.height.name, "the axis of heights");
  require_free(axes, description.slow.name, "scan.slow");
  require_free(axes, description.fast.name, "scan.fast");
  std::set<std::string> groups{"frames", "preview", "process", "title", "status", "index", "monitor"};
  for (auto const& reduction : description.reductions) require_free(groups, reduction.name, "a reduction");
}

void pack_chunks(std::span<float const> patterns, std::size_t bins, std::array<std::size_t, 4> const& chunk, std::span<float> chunks) {
  std::size_t const chunk_bins = chunk[3];
  std::size_t const places_each = chunk[1] * chunk[2];
  std::size_t const places = patterns.size() / bins;
  XRDCT_ASSERT(places * bins == patterns.size() && places <= places_each);
  XRDCT_ASSERT(chunks.size() == blocks_over(bins, chunk_bins) * places_each * chunk_bins);
  for (std::size_t first = 0, begin = 0; first < bins; first += chunk_bins, begin += places_each * chunk_bins) {
    std::size_t const inside = std::min(chunk_bins, bins - first);
    auto out = chunks.begin() + static_cast<std::ptrdiff_t>(begin);
    for (std::size_t place = 0; place < places; ++place) {
      auto const from = patterns.begin() + static_cast<std::ptrdiff_t>(place * bins + first);
      out = std::copy_n(from, inside, out);
      out = std::fill_n(out, chunk_bins - inside, 0.0F);
    }
    std::fill_n(out, (places_each - places) * chunk_bins, 0.0F);
  }
}

std::size_t estimated_file_bytes(OutputDescription const& description) {
  OutputLayout const layout(description);
  return std::accumulate(layout.datasets.begin(), layout.datasets.end(), std::size_t{0},
                         [](std::size_t sum, OutputDataset const& dataset) { return sum + dataset.stored_bytes(); });
}

}  // namespace xrdct::io
