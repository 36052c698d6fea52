#pragma once
#include <cstdint>

namespace xrdct::core {

/*!
 * The five sums over pixels of a bin that every method ends in; T is a number, or many of them.
 *
 *     signal = Σ c·signal     variance = Σ c²·variance     normalization = Σ c·norm
 *     normalization2 = Σ (c·norm)²     count = Σ c
 */
template <class T>
struct Moments {
  T signal{}, variance{}, normalization{}, normalization2{}, count{};
};

/// Calls `visit` five times: with the same field of all `moments`. Device code names the fields.
template <class Visit, class... M>
constexpr void each_field(Visit visit, M&&... moments) {
  visit(moments.signal...);
  visit(moments.variance...);
  visit(moments.normalization...);
  visit(moments.normalization2...);
  visit(moments.count...);
}

/// The sums of one bin of one frame. `pixels`: how many contributed
struct BinSums : Moments<double> {
  std::int32_t pixels = 0;
};

}  // namespace xrdct::core
