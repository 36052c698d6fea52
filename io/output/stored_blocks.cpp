// Reads blocks back that an earlier attempt has written.
#include "io/output/stored_blocks.hpp"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "core/words/errors.hpp"
#include "io/files/checksum.hpp"
#include "io/files/file_bytes.hpp"
#include "io/stored/file_proof.hpp"

namespace xrdct::io {

StoredBlocks::StoredBlocks(std::filesystem::path file, OutputLayout const& layout,
                           OutputRegions const& regions, std::vector<CommittedBlock> committed)
    : file_(std::move(file)),
      layout_(layout),
      regions_(regions),
      committed_(std::move(committed)),
      descriptor_(file_, O_RDONLY) {
  if (!committed_.empty()) forget_cached(descriptor_);
}

std::vector<std::size_t> StoredBlocks::blocks() const {
  std::vector<std::size_t> numbers;
  for (auto const& committed : committed_) numbers.push_back(committed.block);
  return numbers;
}

template <class T>
std::vector<T> StoredBlocks::values(std::size_t block, std::size_t column) const {
  auto const region = regions_.region(block, column);
  std::vector<T> values(region.bytes / sizeof(T));
  XRDCT_ASSERT(values.size() * sizeof(T) == region.bytes);
  read_at(descriptor_, file_, std::as_writable_bytes(std::span(values)), region.address);
  return values;
}

std::optional<core::BlockResult> StoredBlocks::read(std::size_t block) {
  auto const committed = std::lower_bound(
      committed_.begin(), committed_.end(), block,
      [](CommittedBlock const& each, std::size_t number) { return each.block < number; });
  XRDCT_ASSERT(committed != committed_.end() && committed->block == block);
  std::vector<std::byte> row(regions_.row(block).bytes);
  read_at(descriptor_, file_, row, regions_.row(block).address);
  if (checksum(row, 0) != committed->row || !is_whole(descriptor_, file_, regions_, block))
    return {};

  std::map<std::size_t, std::size_t> column_of;  // by dataset
  for (std::size_t const dataset : layout_.block_columns())
    column_of.emplace(dataset, column_of.size());
  std::size_t const places = layout_.plan.places_of(block).second;
  core::BlockResult result;
  result.block = block;
  for (auto const& reduction : layout_.reductions) {
    auto& patterns = result.reductions.emplace_back();
    patterns.intensity.resize(places * reduction.pattern.bins());
    unpack_chunks(values<float>(block, column_of.at(reduction.intensity)), reduction.pattern,
                  reduction.chunk, layout_.plan.places_per_chunk(), patterns.intensity);
    patterns.tally.resize(places);
    for (std::size_t field = 0; field < tally_fields.size(); ++field) {
      auto const counts = values<std::int64_t>(block, column_of.at(reduction.tally[field]));
      for (std::size_t place = 0; place < places; ++place)
        patterns.tally[place].*tally_fields[field].value = counts[place];
    }
  }
  for (auto const status : values<std::uint8_t>(block, column_of.at(layout_.status)))
    result.status.push_back(static_cast<core::FrameStatus>(status));
  result.index = values<std::int64_t>(block, column_of.at(layout_.index));
  return result;
}

}  // namespace xrdct::io
