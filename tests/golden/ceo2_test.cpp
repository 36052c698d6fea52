#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <numeric>

#include "tests/golden/real_data.hpp"

namespace xrdct::golden {
namespace {

/// CeO2 on a Pilatus 2M CdTe, shuffle + gzip, geometry refined by another program.
class Ceo2 : public RealData {
 protected:
  RealScan scan() const {
    return {data("ceo2-pilatus2m-hexrd/ceria_50x30_740mm_000005_Pilatus2M.hdf5"),
            "imageseries/images",
            data("ceo2-pilatus2m-hexrd/derived_Pilatus2M.poni"),
            {}};
  }
  core::Binning binning(core::Splitting splitting) const {
    return {.unit = core::Unit::two_theta_deg, .bins = 3000, .splitting = splitting, .radial_range = {}};
  }
  void expect(std::string const& name, core::Splitting splitting) const {
    auto const plan = plan_of(scan(), binning(splitting));
    for (auto engine : {kernels::Engine::fused, kernels::Engine::spmm}) {
      auto const sums = reduce_all(scan(), plan, engine);
      Comparison comparison("CeO2 " + name + (engine == kernels::Engine::fused ? " fused" : " spmm"));
      compare_with_reference(reference(), "ceo2-pilatus2m-hexrd/" + name, plan, sums, splitting, comparison);
    }
  }
};

TEST_F(Ceo2, NoSplitting) { expect("none", core::Splitting::none); }
TEST_F(Ceo2, BoundingBox) { expect("bbox", core::Splitting::bounding_box); }
TEST_F(Ceo2, FullSplitting) { expect("full", core::Splitting::full); }

/// Centroid above a straight background, of the bins within `half_width` of `guess`. [same unit]
double peak_position(std::vector<double> const& axis, std::vector<float> const& intensity, double guess, double half_width) {
  auto const first = static_cast<std::size_t>(std::lower_bound(axis.begin(), axis.end(), guess - half_width) - axis.begin());
  auto const last = static_cast<std::size_t>(std::upper_bound(axis.begin(), axis.end(), guess + half_width) - axis.begin()) - 1;
  auto const mean = [&](std::size_t begin) { return std::accumulate(intensity.begin() + begin, intensity.begin() + begin + 4, 0.0) / 4.0; };
  double const left = mean(first), right = mean(last - 3);
  double weight = 0.0, moment = 0.0;
  for (std::size_t bin = first; bin <= last; ++bin) {
    double const background = left + (right - left) * static_cast<double>(bin - first) / static_cast<double>(last - first);
    double const height = std::max(0.0, intensity[bin] - background);
    weight += height;
    moment += height * axis[bin];
  }
  return moment / weight;
}

TEST_F(Ceo2, FirstTwelveRingsAreWhereTheyBelong) {
  constexpr double lattice_A = 5.411, wavelength_A = 0.20215155542837953;
  constexpr std::array<int, 12> squares{3, 4, 8, 11, 12, 16, 19, 20, 24, 27, 32, 35};  // h² + k² + l² of a face-centred lattice
  auto const plan = plan_of(scan(), binning(core::Splitting::bounding_box));
  auto const sums = reduce_all(scan(), plan, kernels::Engine::fused);
  std::vector<float> intensity(sums.bins), count(sums.bins);
  core::finish_pattern(sums, 0, 1.0, {}, {intensity, {}, {}, count});
  std::vector<double> deviation;
  for (int square : squares) {
    double const theory = 2.0 * std::asin(0.5 * wavelength_A * std::sqrt(square) / lattice_A) * 180.0 / std::numbers::pi;
    deviation.push_back(peak_position(plan.reductions[0].matrix.radial_axis, intensity, theory, 0.06) - theory);
    std::printf("ring %2d: theory %8.4f deg, deviation %+.4f deg\n", square, theory, deviation.back());
  }
  std::nth_element(deviation.begin(), deviation.begin() + 6, deviation.end());
  double const upper = deviation[6], lower = *std::max_element(deviation.begin(), deviation.begin() + 6);
  std::printf("median deviation of the first 12 CeO2 rings: %+.5f deg\n", 0.5 * (lower + upper));
  EXPECT_LE(std::abs(0.5 * (lower + upper)), 0.003);
}

}  // namespace
}  // namespace xrdct::golden
