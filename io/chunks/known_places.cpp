// Keeps the places of chunks in little memory.
#include "io/chunks/known_places.hpp"

#include <algorithm>
#include <limits>

namespace xrdct::io {

void KnownPlaces::add(std::size_t dataset, std::vector<ChunkPlace> const& places) {
  auto const can_be_kept = [](ChunkPlace const& place) {
    return (place.problem.empty() && place.held.empty() &&
            place.bytes <= std::numeric_limits<std::uint32_t>::max()) ||
           was_never_written(place);
  };
  if (places.empty() || places_.size() + places.size() > most_chunks ||
      !std::all_of(places.begin(), places.end(), can_be_kept))
    return;
  first_.resize(std::max(first_.size(), dataset + 1), unknown);
  first_[dataset] = places_.size();
  for (auto const& place : places)
    places_.push_back({place.address, static_cast<std::uint32_t>(place.bytes), place.filtered});
}

std::optional<ChunkPlace> KnownPlaces::find(ChunkKey const& key) const {
  if (!has(key.dataset)) return std::nullopt;
  auto const& known = places_[first_[key.dataset] + static_cast<std::size_t>(key.chunk)];
  if (known.bytes == 0) return unwritten_place();
  ChunkPlace place;
  place.address = known.address;
  place.bytes = known.bytes;
  place.filtered = known.filtered;
  return place;
}

std::size_t KnownPlaces::memory_bytes() const {
  return first_.capacity() * sizeof(std::size_t) + places_.capacity() * sizeof(Place);
}

}  // namespace xrdct::io
