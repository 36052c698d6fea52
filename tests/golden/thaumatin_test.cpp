#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tests/golden/integrators.hpp"
#include "tests/golden/real_case.hpp"
#include "tests/golden/real_data.hpp"

namespace xrdct::golden {
namespace {

/// Bragg spots of a protein crystal on the ring of its solvent; the last frame is beside the
/// crystal.
class Thaumatin : public RealData {
 protected:
  std::vector<double> pattern(std::string const& group) const {
    RealRun const run = load(real_case(group), data(""), reference());
    auto const result = integrate("fused", run.plan, run.frames);
    auto const& sums = result.sums.at(0);
    std::vector<double> intensity(sums.bins);
    for (std::size_t bin = 0; bin < sums.bins; ++bin)
      intensity[bin] = sums.signal[bin] / sums.normalization[bin];
    return intensity;
  }

  /*!
   * The largest step of the ratio to the frame beside the crystal: max |r/median of r in 31 bins −
   * 1|. The background is as smooth as the solvent's; what is left of a spot stands out of its bin.
   */
  static double largest_step(std::vector<double> const& pattern,
                             std::vector<double> const& beside) {
    constexpr std::size_t first = 60, last = 900,
                          // within the beam stop and beyond the edges there are few pixels
        around = 15;
    std::vector<double> ratio;
    for (std::size_t bin = first; bin < last; ++bin) ratio.push_back(pattern[bin] / beside[bin]);
    double largest = 0.0;
    for (std::size_t k = 0; k < ratio.size(); ++k) {
      std::vector<double> near(
          ratio.begin() + static_cast<std::ptrdiff_t>(k > around ? k - around : 0),
          ratio.begin() + static_cast<std::ptrdiff_t>(std::min(k + around + 1, ratio.size())));
      auto const middle = near.begin() + static_cast<std::ptrdiff_t>(near.size() / 2);
      std::nth_element(near.begin(), middle, near.end());
      largest = std::max(largest, std::abs(ratio[k] / *middle - 1.0));
    }
    return largest;
  }
};

TEST_F(Thaumatin, ClippingTakesTheSpotsOutOfTheBackground) {
  auto const clipped_beside = pattern("thaumatin/2/clip_azimuthal"),
             mean_beside = pattern("thaumatin/2/mean");
  for (std::string const frame : {"0", "1"}) {
    double const clipped =
        largest_step(pattern("thaumatin/" + frame + "/clip_azimuthal"), clipped_beside);
    double const mean = largest_step(pattern("thaumatin/" + frame + "/mean"), mean_beside);
    std::printf("thaumatin frame %s: largest step beside the crystal: clipped %.3f, mean %.3f\n",
                frame.c_str(), clipped, mean);
    EXPECT_LT(clipped, 0.1);
    EXPECT_GT(mean, 2.0 * clipped) << "the plain mean has the spots";
  }
}

}  // namespace
}  // namespace xrdct::golden
