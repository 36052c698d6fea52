// Maps blocks, previews and structure to bytes of the file.
#include "io/stored/output_regions.hpp"

#include <algorithm>
#include <utility>

#include "core/words/errors.hpp"

namespace xrdct::io {

OutputRegions::OutputRegions(BlockedLayout const& layout, std::vector<std::uint64_t> addresses)
    : blocks_(layout.blocks),
      columns_(layout.columns_of_blocks),
      addresses_(std::move(addresses)),
      describe_(layout.describe) {
  XRDCT_ASSERT(addresses_.size() == layout.datasets.size());
  auto const all_of = [&](std::size_t dataset) {
    return FileRegion{addresses_[dataset], layout.datasets[dataset].stored_bytes()};
  };
  for (auto const& dataset : layout.datasets) paths_.push_back(dataset.path);
  for (std::size_t const dataset : layout.last) previews_.push_back(all_of(dataset));
  rows_ = all_of(layout.checksums);
  others_ = all_of(layout.other_checksums);
  for (std::size_t dataset = 0; dataset < layout.datasets.size(); ++dataset)
    values_.push_back(all_of(dataset));
  std::sort(values_.begin(), values_.end(),
            [](FileRegion const& a, FileRegion const& b) { return a.address < b.address; });
}

BlockRuns const* OutputRegions::part(std::size_t block, std::size_t column) const {
  for (auto const& part : columns_.at(column).parts)
    if (block >= part.first_block && block < part.first_block + part.blocks) return &part;
  return nullptr;
}

BlockRegion OutputRegions::region(std::size_t block, std::size_t column) const {
  auto const* const of = part(block, column);
  if (of == nullptr) return {.runs = 0};
  std::size_t const i = block - of->first_block, k = i % of->in_row, r = i / of->in_row % of->rows,
                    h = i / (of->in_row * of->rows), begin = k * of->run_bytes;
  return {
      .address = addresses_[of->dataset] + (h * of->runs * of->rows + r) * of->row_bytes + begin,
      .bytes = begin < of->row_bytes ? std::min(of->run_bytes, of->row_bytes - begin) : 0,
      .runs = begin < of->row_bytes ? of->runs : 0,
      .stride = of->rows * of->row_bytes};
}

std::string const& OutputRegions::path(std::size_t block, std::size_t column) const {
  auto const* const of = part(block, column);
  return of == nullptr ? columns_.at(column).name : paths_[of->dataset];
}

std::size_t OutputRegions::most_runs(std::size_t column) const {
  std::size_t most = 0;
  for (auto const& part : columns_.at(column).parts) most = std::max(most, part.runs);
  return most;
}

std::size_t OutputRegions::largest_run(std::size_t column) const {
  std::size_t largest = 0;
  for (auto const& part : columns_.at(column).parts) largest = std::max(largest, part.run_bytes);
  return largest;
}

FileRegion OutputRegions::row(std::size_t block) const {
  std::size_t const bytes = columns_.size() * sizeof(std::uint64_t);
  return {rows_.address + block * bytes, bytes};
}

}  // namespace xrdct::io
