// Packs what was found of a height, and what ranks that look at it together have summed.
#include "app/slices/packed_findings.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

template <class Value>
concept Plain = std::is_trivially_copyable_v<Value>;

class Packer {
 public:
  template <Plain Value>
  void item(Value const& value) {
    bytes_.append(reinterpret_cast<char const*>(&value), sizeof value);
  }
  template <class List>
  requires requires(List const& list) { list.data(); }
  void list(List const& values) {
    item(values.size());
    bytes_.append(reinterpret_cast<char const*>(values.data()), values.size() * sizeof values[0]);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}
  template <Plain Value>
  void item(Value& value) {
    take(&value, sizeof value);
  }
  template <class List>
  void list(List& values) {
    std::size_t size = 0;
    item(size);
    values.resize(size);
    take(values.data(), size * sizeof values[0]);
  }

 private:
  void take(void* to, std::size_t bytes) {
    XRDCT_ASSERT(bytes <= rest_.size());
    if (bytes > 0) std::memcpy(to, rest_.data(), bytes);
    rest_.remove_prefix(bytes);
  }
  std::string_view rest_;
};

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
  Packer packer;
  walk(packer, found);
  packer.list(runs_of(found.sum.missing));
  return packer.take();
}

HeightFindings unpacked(SliceInputs const& inputs, std::size_t height, std::string_view bytes) {
  HeightFindings found;
  Unpacker unpacker(bytes);
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
  Packer packer;
  packer.list(sum.intensity);
  packer.list(sum.variance);
  packer.list(sum.bins);
  return packer.take();
}

void append_unpacked(std::string_view bytes, io::ChannelSum& sum) {
  io::ChannelSum next;
  Unpacker unpacker(bytes);
  unpacker.list(next.intensity);
  unpacker.list(next.variance);
  unpacker.list(next.bins);
  io::append(sum, next);
}

}  // namespace xrdct::app
