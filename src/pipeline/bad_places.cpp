// Keeps account of the places of a scan that have no good frame, run by run.
#include "pipeline/bad_places.hpp"

#include <cstring>
#include <iterator>
#include <utility>

namespace xrdct::pipeline {
namespace {

/// What has a fixed size of a run, as ranks send it.
struct PackedRun {
  std::uint64_t status, first, last;
  std::int64_t first_frame, last_frame;
  std::uint64_t reason_bytes;
};

bool continues(BadPlaces const& run, BadPlaces const& next) {
  return run.status == next.status && run.last + 1 == next.first;
}

void put(std::vector<std::byte>& bytes, void const* data, std::size_t size) {
  auto const* const first = static_cast<std::byte const*>(data);
  bytes.insert(bytes.end(), first, first + size);
}

}  // namespace

void BadPlaceList::add(BadPlaces places) {
  auto const behind = runs_.lower_bound(places.first);
  auto run = behind == runs_.begin() ? runs_.end() : std::prev(behind);
  if (run != runs_.end() && continues(run->second, places)) {
    run->second.last = places.last;
    run->second.last_frame = places.last_frame;
  } else {
    std::size_t const first = places.first;
    run = runs_.insert_or_assign(behind, first, std::move(places));
  }
  if (behind != runs_.end() && continues(run->second, behind->second)) {
    run->second.last = behind->second.last;
    run->second.last_frame = behind->second.last_frame;
    runs_.erase(behind);
  }
  if (runs_.size() > most) runs_.erase(std::prev(runs_.end()));
}

std::size_t BadPlaceList::places() const noexcept {
  std::size_t count = 0;
  for (auto const& [first, run] : runs_) count += run.places();
  return count;
}

std::vector<std::byte> BadPlaceList::packed(std::size_t runs) const {
  std::vector<std::byte> bytes;
  for (auto const& [place, run] : runs_) {
    if (runs-- == 0) break;
    PackedRun const fixed{static_cast<std::uint64_t>(run.status),
                          run.first,
                          run.last,
                          run.first_frame,
                          run.last_frame,
                          run.reason.size()};
    put(bytes, &fixed, sizeof fixed);
    put(bytes, run.reason.data(), run.reason.size());
  }
  return bytes;
}

void BadPlaceList::add_packed(std::span<std::byte const> bytes) {
  while (!bytes.empty()) {
    PackedRun fixed;
    std::memcpy(&fixed, bytes.data(), sizeof fixed);
    bytes = bytes.subspan(sizeof fixed);
    std::string reason(reinterpret_cast<char const*>(bytes.data()), fixed.reason_bytes);
    bytes = bytes.subspan(fixed.reason_bytes);
    add({.status = static_cast<core::FrameStatus>(fixed.status),
         .first = fixed.first,
         .last = fixed.last,
         .first_frame = fixed.first_frame,
         .last_frame = fixed.last_frame,
         .reason = std::move(reason)});
  }
}

}  // namespace xrdct::pipeline
