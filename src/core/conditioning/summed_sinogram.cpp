// The sum over channels, with marks where nothing was measured.
#include "core/conditioning/summed_sinogram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/conditioning/full_turn.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {

bool SummedSinogram::whole_missing(std::size_t p) const noexcept {
  auto const first = missing.begin() + static_cast<std::ptrdiff_t>(sample(p, 0));
  return std::all_of(first, first + static_cast<std::ptrdiff_t>(translations),
                     [](std::uint8_t mark) { return mark != 0; });
}

SummedSinogram summed_sinogram(std::vector<double> angles, std::size_t translations,
                               std::vector<double> value, std::vector<double> variance,
                               std::vector<std::uint8_t> missing) {
  std::size_t const samples = angles.size() * translations;
  XRDCT_ASSERT(value.size() == samples);
  XRDCT_ASSERT(variance.empty() || variance.size() == samples);
  XRDCT_ASSERT(missing.empty() || missing.size() == samples);
  missing.resize(samples, 0);
  for (std::size_t i = 0; i < samples; ++i) {
    bool const finite = std::isfinite(value[i]) && (variance.empty() || std::isfinite(variance[i]));
    missing[i] = missing[i] != 0 || !finite ? 1 : 0;
    if (missing[i] == 0) continue;
    value[i] = 0.0;
    if (!variance.empty()) variance[i] = 0.0;
  }
  return {std::move(angles), translations, std::move(value), std::move(variance),
          std::move(missing)};
}

std::vector<std::size_t> by_angle(std::span<double const> angles) {
  std::vector<double> place(angles.size());
  std::transform(angles.begin(), angles.end(), place.begin(), modulo_full_turn);
  std::vector<std::size_t> order(angles.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return place[a] < place[b]; });
  return order;
}

}  // namespace xrdct::core
