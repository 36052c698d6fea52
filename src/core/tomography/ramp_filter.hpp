#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "core/words/names.hpp"

namespace xrdct::core {

/// What the transform of the ramp is multiplied by, over frequency f, 1 at the highest one.
enum class FilterWindow {
  none,         //!< 1
  hann,         //!< (1 + cos πf)/2
  hamming,      //!< 0.54 + 0.46·cos πf
  cosine,       //!< cos(πf/2)
  shepp_logan,  //!< sin(πf/2)/(πf/2)
};
template <>
inline constexpr auto words_of<FilterWindow> =
    std::to_array<Word<FilterWindow>>({{"none", FilterWindow::none},
                                       {"hann", FilterWindow::hann},
                                       {"hamming", FilterWindow::hamming},
                                       {"cosine", FilterWindow::cosine},
                                       {"shepp_logan", FilterWindow::shepp_logan}});

/*!
 * The ramp filter in space, which a projection is convolved with before it is projected back.
 *
 *     h[0] = 1/(4·d),  h[k odd] = −1/(π²·k²·d),  h[k even] = 0        [1/unit of the translation]
 *     q[k] = Σ_m h[|k − m|]·p[m]
 *
 * Sampled in space, not in frequency: a disc of 1 becomes 1.000 and its surroundings 0, where the
 * sampled |f| gives 0.96 to 0.998 and a pedestal. With a window the transform of h over twice
 * `distances` samples is multiplied by it. \returns h[0 … distances − 1]; h[−k] = h[k]
 *
 * Source: Kak & Slaney, Principles of Computerized Tomographic Imaging (1988), eq. 3.61.
 */
std::vector<double> ramp_filter(std::size_t distances, double step, FilterWindow window);

}  // namespace xrdct::core
