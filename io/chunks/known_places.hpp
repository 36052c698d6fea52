#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "io/chunks/chunk_index.hpp"

namespace xrdct::io {

/*!
 * Where the chunks of many small datasets lie, as it was found while each was open.
 *
 * Memory: 16 B per chunk, of at most `most_chunks` in all, and 8 B per dataset.
 */
class KnownPlaces {
 public:
  static constexpr std::size_t most_chunks = std::size_t{1} << 20;

  /// Takes the places of all chunks of a dataset, [chunk], unless there are too many in all, or one
  /// of them is damaged.
  void add(std::size_t dataset, std::vector<ChunkPlace> const& places);
  /// Nothing: not known.
  std::optional<ChunkPlace> find(ChunkKey const& key) const;
  bool has(std::size_t dataset) const {
    return dataset < first_.size() && first_[dataset] != unknown;
  }
  std::size_t memory_bytes() const;

 private:
  struct Place {
    std::int64_t address = 0;
    std::uint32_t bytes = 0;  // 0: never written
    bool filtered = true;
  };
  static constexpr auto unknown = static_cast<std::size_t>(-1);
  std::vector<std::size_t> first_;  // [dataset] in `places_`
  std::vector<Place> places_;
};

}  // namespace xrdct::io
