// Packs what was found of a height, and what ranks that look at it together have summed.
#include "app/slices/packed_findings.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "io/ranks/message.hpp"

namespace xrdct::app {
namespace {

/// All that is kept as it is, in one order for both ways.
template <class Way, class Findings>
void walk(Way& way, Findings& found) {
  way.item(found.air.columns);
  way.item(found.air.scope);
  way.list(found.air.level);
  way.list(found.air.variance);
  way.item(found.air.signal);
  way.item(found.air.ends);
  way.list(found.air.refusal);
  way.list(found.drift.factor);
  way.list(found.drift.relative_variance);
  way.list(found.drift.total);
  way.item(found.drift.spread);
  way.list(found.drift.refusal);
  way.item(found.zingers);
  way.item(found.centres);
  way.item(found.centre);
  way.item(found.half_acquisition);
  way.item(found.measured);
}

/// Lengths of runs of samples that are there, are missing, are there …
std::vector<std::uint32_t> runs_of(std::vector<std::uint8_t> const& missing) {
  std::vector<std::uint32_t> runs;
  std::uint8_t state = 0;
  for (auto at = missing.begin(); at != missing.end();) {
    auto const end = std::find_if(at, missing.end(), [&](auto each) { return each != state; });
    runs.push_back(static_cast<std::uint32_t>(end - at));
    at = end;
    state ^= 1;
  }
  return runs;
}

std::vector<std::uint8_t> missing_of(std::vector<std::uint32_t> const& runs) {
  std::vector<std::uint8_t> missing;
  std::uint8_t state = 0;
  for (auto const run : runs) {
    missing.insert(missing.end(), run, state);
    state ^= 1;
  }
  return missing;
}

}  // namespace

std::string packed(HeightFindings const& found) {
  io::MessageWriter packer;
  walk(packer, found);
  packer.list(runs_of(found.sum.missing));
  return packer.take();
}

HeightFindings unpacked(SliceInputs const& inputs, std::size_t height, std::string_view bytes) {
  HeightFindings found;
  io::MessageReader unpacker(bytes);
  walk(unpacker, found);
  std::vector<std::uint32_t> runs;
  unpacker.list(runs);
  found.geometry = inputs.geometry_of(height);
  found.sum = {.angles = found.geometry.angles,
               .translations = inputs.translations,
               .value = {},
               .variance = {},
               .missing = missing_of(runs)};
  return found;
}

std::string packed(io::ChannelSum const& sum) {
  io::MessageWriter packer;
  packer.list(sum.intensity);
  packer.list(sum.variance);
  packer.list(sum.bins);
  return packer.take();
}

void append_unpacked(std::string_view bytes, io::ChannelSum& sum) {
  io::ChannelSum next;
  io::MessageReader unpacker(bytes);
  unpacker.list(next.intensity);
  unpacker.list(next.variance);
  unpacker.list(next.bins);
  io::append(sum, next);
}

}  // namespace xrdct::app
