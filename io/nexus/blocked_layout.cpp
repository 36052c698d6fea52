// Counts what the datasets of an output take.
#include "io/nexus/blocked_layout.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace xrdct::io {
namespace {

std::size_t product(std::vector<std::size_t> const& factors) {
  return std::accumulate(factors.begin(), factors.end(), std::size_t{1}, std::multiplies<>());
}

}  // namespace

std::size_t OutputDataset::chunks() const {
  std::size_t number = 1;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis)
    number *= (extent[axis] + chunk[axis] - 1) / chunk[axis];
  return number;
}

std::size_t OutputDataset::elements_each() const { return product(chunk.empty() ? extent : chunk); }

std::size_t OutputDataset::stored_bytes() const {
  return chunks() * elements_each() * size_of(type);
}

std::size_t BlockedLayout::add(OutputDataset dataset) {
  datasets.push_back(std::move(dataset));
  return datasets.size() - 1;
}

void BlockedLayout::add_checksums() {
  checksums = add(
      {"/entry/process/checksums/blocks", StoredType::u8, {blocks, columns_of_blocks.size()}, {}});
  other_checksums = add({"/entry/process/checksums/others", StoredType::u8, {2}, {}});
}

std::size_t stored_bytes(BlockedLayout const& layout) {
  std::size_t total = 0;
  for (auto const& dataset : layout.datasets) total += dataset.stored_bytes();
  return total;
}

std::size_t bytes_of_gaps(BlockedLayout const& layout) {
  auto const large = std::count_if(
      layout.datasets.begin(), layout.datasets.end(),
      [](OutputDataset const& each) { return each.stored_bytes() >= output_alignment; });
  return static_cast<std::size_t>(large) * output_alignment;
}

}  // namespace xrdct::io
