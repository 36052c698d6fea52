// Maps blocks, previews and structure to bytes of the file.
#include "io/stored/output_regions.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

BlockColumn column_of(OutputDataset const& dataset, core::BlockPlan const& plan,
                      std::uint64_t address) {
  BlockColumn column{.path = dataset.path, .address = address};
  if (dataset.chunk.empty()) {
    column.place_bytes = size_of(dataset.type);
    column.block_bytes = plan.places_per_chunk() * column.place_bytes;
  } else {
    column.block_bytes = dataset.stored_bytes() / plan.blocks();
  }
  XRDCT_ASSERT(column.block_bytes > 0);
  return column;
}

}  // namespace

OutputRegions::OutputRegions(core::BlockPlan plan, OutputLayout const& layout,
                             std::vector<std::uint64_t> const& addresses)
    : plan_(plan) {
  auto const all_of = [&](std::size_t dataset) {
    return FileRegion{addresses.at(dataset), layout.datasets[dataset].stored_bytes()};
  };
  for (std::size_t const dataset : layout.block_columns())
    columns_.push_back(column_of(layout.datasets[dataset], plan, addresses.at(dataset)));
  for (auto const& reduction : layout.reductions) {
    previews_.push_back(all_of(reduction.mean));
    previews_.push_back(all_of(reduction.maximum));
  }
  rows_ = all_of(layout.checksums);
  others_ = all_of(layout.other_checksums);
  for (std::size_t dataset = 0; dataset < layout.datasets.size(); ++dataset)
    values_.push_back(all_of(dataset));
  std::sort(values_.begin(), values_.end(),
            [](FileRegion const& a, FileRegion const& b) { return a.address < b.address; });
}

FileRegion OutputRegions::region(std::size_t block, std::size_t column) const {
  auto const& of = columns_.at(column);
  if (of.place_bytes == 0) return {of.address + block * of.block_bytes, of.block_bytes};
  auto const [first, places] = plan_.places_of(block);
  return {of.address + first * of.place_bytes, places * of.place_bytes};
}

FileRegion OutputRegions::row(std::size_t block) const {
  std::size_t const bytes = columns_.size() * sizeof(std::uint64_t);
  return {rows_.address + block * bytes, bytes};
}

std::string OutputRegions::describe(std::size_t block) const {
  auto const [first, lines] = plan_.lines_of(block);
  return fmt::format("block {} (height {}, lines {} to {})", block, plan_.height_of(block), first,
                     first + lines - 1);
}

}  // namespace xrdct::io
