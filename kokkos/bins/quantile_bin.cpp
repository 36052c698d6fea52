// Selects the pixels of a bin between two quantiles without sorting all of them.
#include "kokkos/bins/quantile_bin.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace xrdct::kernels {
namespace {

constexpr std::size_t intervals = 256, no_interval = intervals;
constexpr std::size_t sampled = 64;  // values that the first intervals are laid out by
constexpr std::size_t few = 48;      // items that are sorted at once
constexpr double rounding = 1e-12;   // relative error of a sum of weights, generously

enum Fate : std::uint8_t { rejected, kept, undecided };

// Smallest and largest value; NaN left out.
struct Range {
  float low = std::numeric_limits<float>::infinity(),
        high = -std::numeric_limits<float>::infinity();

  void add(float value) {
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  float scale() const { return static_cast<float>(intervals - 1) / (high - low); }
  bool can_be_divided() const {
    return high > low && std::isfinite(high - low) && std::isfinite(scale());
  }
};

// Of some values spread over all: a few far above the others are left out, most likely.
Range range_of_sample(std::span<float const> values) {
  Range range;
  for (std::size_t k = 0; k < sampled; ++k) range.add(values[k * values.size() / sampled]);
  return range;
}

}  // namespace

// Equal intervals of a range, the first and the last without end: the weights in them, and what
// becomes of their items.
struct QuantileSelector::Intervals {
  explicit Intervals(Range const& range) : low(range.low), scale(range.scale()) {}

  std::int32_t of(float value) const {
    constexpr auto last = static_cast<float>(intervals - 1);
    float place = (value - low) * scale;
    place = place > 0.0f ? place : 0.0f;
    place = place < last ? place : last;
    auto const interval = static_cast<std::int32_t>(place);
    return value == value ? interval : static_cast<std::int32_t>(no_interval);
  }

  // Neighbours are often of the same interval: in turn into separate sums, so that none waits for
  // the last.
  void add(std::size_t entry, std::int32_t interval, float value) {
    parts[entry % parts.size()][interval] += static_cast<double>(value);
  }

  double sum_up() {
    double total = 0.0;
    for (std::size_t k = 0; k < intervals; ++k)
      total += weight[k] = (parts[0][k] + parts[1][k]) + (parts[2][k] + parts[3][k]);
    return total;
  }

  void decide(double running, float lower, float upper) {
    for (std::size_t k = 0; k < intervals; ++k) {
      before[k] = running;
      running += weight[k];
      auto const rounded = [](double value, double error) {
        return static_cast<float>(value * (1.0 + error));
      };
      bool const inside =
          rounded(before[k], -rounding) >= lower && rounded(running, rounding) <= upper;
      bool const outside =
          rounded(running, rounding) < lower || rounded(before[k], -rounding) > upper;
      fate[k] = inside ? kept : outside ? rejected : undecided;
    }
  }

  float low, scale;
  std::array<std::array<double, intervals + 1>, 4> parts{};  // and of invalid entries
  std::array<double, intervals> weight, before;              // and that of all smaller values
  std::array<Fate, intervals + 1> fate{};
};

QuantileSelector::QuantileSelector(std::size_t most_entries) : interval_(most_entries) {
  items_.reserve(2 * most_entries);
}

void QuantileSelector::select(std::span<float const> values, std::span<float const> weights,
                              bool positive, core::Quantiles const& quantiles, LaneMask bit,
                              std::span<LaneMask> kept_entries) {
  weights_ = weights;
  kept_ = kept_entries;
  bit_ = bit;
  items_.clear();
  auto const set_limits = [&](double total) {
    lower_ = static_cast<float>(quantiles.lower * total);
    upper_ = static_cast<float>(quantiles.upper * total);
  };
  bool const sorts_all = values.size() <= few || !positive || quantiles.lower > quantiles.upper;
  Range const range = sorts_all ? Range{} : range_of_sample(values);
  if (!range.can_be_divided()) {
    double total = 0.0;
    for (std::size_t e = 0; e < values.size(); ++e) {
      if (values[e] != values[e]) continue;
      items_.push_back({values[e], static_cast<std::uint32_t>(e)});
      total += static_cast<double>(weights[e]);
    }
    set_limits(total);
    return sorts_all ? sort(0, 0.0) : divide(0, 0.0);
  }
  Intervals parts(range);
  for (std::size_t e = 0; e < values.size(); ++e) interval_[e] = parts.of(values[e]);
  for (std::size_t e = 0; e < values.size(); ++e) parts.add(e, interval_[e], weights[e]);
  set_limits(parts.sum_up());
  parts.decide(0.0, lower_, upper_);
  items_.resize(values.size());
  std::size_t all = 0;
  LaneMask const bits[] = {0, bit, 0};  // by fate
  for (std::size_t e = 0; e < values.size(); ++e) {
    Fate const fate = parts.fate[interval_[e]];
    kept_[e] |= bits[fate];
    items_[all] = {values[e], static_cast<std::uint32_t>(e)};
    all += fate == undecided ? 1 : 0;
  }
  items_.resize(all);
  for (std::size_t k = 0; k < intervals; ++k) {
    if (parts.fate[k] != undecided || parts.weight[k] == 0.0) continue;
    for (std::size_t i = 0; i < all; ++i)
      if (interval_[items_[i].entry] == static_cast<std::int32_t>(k))
        items_.push_back(Item(items_[i]));
    divide(all, parts.before[k]);
    items_.resize(all);
  }
}

// Decides on the items from `first` on. \param running weight of all smaller values
void QuantileSelector::divide(std::size_t first, double running) {
  std::size_t const last = items_.size();
  Range range;
  for (std::size_t i = first; i < last; ++i) range.add(items_[i].value);
  if (last - first <= few || !range.can_be_divided()) return sort(first, running);
  Intervals parts(range);
  for (std::size_t i = first; i < last; ++i)
    parts.add(i, parts.of(items_[i].value), weights_[items_[i].entry]);
  parts.sum_up();
  parts.decide(running, lower_, upper_);
  for (std::size_t i = first; i < last; ++i)
    if (parts.fate[parts.of(items_[i].value)] == kept) kept_[items_[i].entry] |= bit_;
  for (std::size_t k = 0; k < intervals; ++k) {
    if (parts.fate[k] != undecided || parts.weight[k] == 0.0) continue;
    for (std::size_t i = first; i < last; ++i)
      if (parts.of(items_[i].value) == static_cast<std::int32_t>(k))
        items_.push_back(Item(items_[i]));
    divide(last, parts.before[k]);
    items_.resize(last);
  }
}

// The definition, for the items from `first` on: they are in entry order, and stay so where values
// are equal.
void QuantileSelector::sort(std::size_t first, double running) {
  auto const begin = items_.begin() + static_cast<std::ptrdiff_t>(first);
  auto const less = [](Item const& a, Item const& b) {
    return a.value < b.value || (a.value == b.value && a.entry < b.entry);
  };
  if (!std::is_sorted(begin, items_.end(), less)) std::sort(begin, items_.end(), less);
  auto before = static_cast<float>(running);
  for (auto item = begin; item != items_.end(); ++item) {
    running += static_cast<double>(weights_[item->entry]);
    auto const after = static_cast<float>(running);
    if ((lower_ <= before && after <= upper_) || (lower_ >= before && after >= upper_))
      kept_[item->entry] |= bit_;
    before = after;
  }
}

}  // namespace xrdct::kernels
