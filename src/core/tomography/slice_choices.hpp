#pragma once
#include "core/tomography/slice_geometry.hpp"
#include "core/words/names.hpp"

/// What the job of a reconstruction chooses by a word, beside the window of the filter.
namespace xrdct::core {

template <>
inline constexpr auto words_of<Footprint> =
    std::to_array<Word<Footprint>>({{"linear", Footprint::linear}, {"strip", Footprint::strip}});

/// How slices follow from sinograms.
enum class SliceAlgorithm {
  fbp,   //!< filtered back projection
  sirt,  //!< simultaneous iterative reconstruction
  cgls   //!< conjugate gradients for least squares
};
template <>
inline constexpr auto words_of<SliceAlgorithm> = std::to_array<Word<SliceAlgorithm>>(
    {{"fbp", SliceAlgorithm::fbp}, {"sirt", SliceAlgorithm::sirt}, {"cgls", SliceAlgorithm::cgls}});

/// How angles are counted, seen from above (from the end of the height axis).
enum class Sense {
  counterclockwise,  //!< θ from x towards y
  clockwise          //!< −θ
};
template <>
inline constexpr auto words_of<Sense> = std::to_array<Word<Sense>>(
    {{"counterclockwise", Sense::counterclockwise}, {"clockwise", Sense::clockwise}});

/// When an iterative reconstruction is finished.
enum class StopRule {
  iterations,  //!< after all of them
  noise        //!< earlier, when the residual of a bin is not larger than the noise of its samples
};
template <>
inline constexpr auto words_of<StopRule> = std::to_array<Word<StopRule>>(
    {{"iterations", StopRule::iterations}, {"noise", StopRule::noise}});

/// How the intensity of projections is made equal.
enum class IntensityRule {
  none,
  total  //!< by the total scattering of each projection
};
template <>
inline constexpr auto words_of<IntensityRule> = std::to_array<Word<IntensityRule>>(
    {{"none", IntensityRule::none}, {"total", IntensityRule::total}});

}  // namespace xrdct::core
