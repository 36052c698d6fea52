#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <numeric>

#include "config/calibration/poni.hpp"
#include "tests/golden/integrators.hpp"
#include "tests/golden/real_case.hpp"
#include "tests/golden/real_data.hpp"

namespace xrdct::golden {
namespace {

/// Centroid above a straight background, of the bins within `half_width` of `guess`. [same unit]
double peak_position(std::vector<double> const& axis, std::vector<float> const& intensity,
                     double guess, double half_width) {
  auto const first = static_cast<std::size_t>(
      std::lower_bound(axis.begin(), axis.end(), guess - half_width) - axis.begin());
  auto const last =
      static_cast<std::size_t>(std::upper_bound(axis.begin(), axis.end(), guess + half_width) -
                               axis.begin()) -
      1;
  auto const mean = [&](std::size_t begin) {
    return std::accumulate(intensity.begin() + begin, intensity.begin() + begin + 4, 0.0) / 4.0;
  };
  double const left = mean(first), right = mean(last - 3);
  double weight = 0.0, moment = 0.0;
  for (std::size_t bin = first; bin <= last; ++bin) {
    double const background = left + (right - left) * static_cast<double>(bin - first) /
                                         static_cast<double>(last - first);
    double const height = std::max(0.0, intensity[bin] - background);
    weight += height;
    moment += height * axis[bin];
  }
  return moment / weight;
}

/// Deviation of the strong rings from where a = 5.411 Å puts them. [deg]
double median_ring_deviation(std::string const& what, std::vector<double> const& axis_deg,
                             std::vector<float> const& intensity, double wavelength_m) {
  constexpr double lattice_m = 5.411e-10;
  constexpr std::array<int, 12> squares{
      3, 4, 8, 11, 12, 16, 19, 20, 24, 27, 32, 35};  // h² + k² + l² of a face-centred lattice
  std::vector<double> deviation;
  for (int square : squares) {
    double const theory = 2.0 * std::asin(0.5 * wavelength_m * std::sqrt(square) / lattice_m) *
                          180.0 / std::numbers::pi;
    if (theory + 0.06 > axis_deg.back()) continue;
    deviation.push_back(peak_position(axis_deg, intensity, theory, 0.06) - theory);
    std::printf("%s, ring %2d: theory %8.4f deg, deviation %+.4f deg\n", what.c_str(), square,
                theory, deviation.back());
  }
  EXPECT_GE(deviation.size(), 6u);
  std::sort(deviation.begin(), deviation.end());
  double const median =
      0.5 * (deviation[(deviation.size() - 1) / 2] + deviation[deviation.size() / 2]);
  std::printf("%s: median deviation of the first %zu CeO2 rings: %+.5f deg\n", what.c_str(),
              deviation.size(), median);
  return median;
}

/// CeO2 three times: three detectors, file formats, X-ray energies and calibrations of others.
class Ceo2 : public RealData {
 protected:
  double deviation(std::string const& what, RealCase const& c, bool flip) const {
    RealRun run = load(c, data(""), reference());
    std::size_t const columns = run.plan.shape.columns;
    for (std::size_t row = 0; flip && 2 * row < run.plan.shape.rows; ++row) {
      auto const begin = run.frames[0].begin();
      auto const offset = [&](std::size_t r) { return static_cast<std::ptrdiff_t>(r * columns); };
      std::swap_ranges(begin + offset(row), begin + offset(row + 1),
                       begin + offset(run.plan.shape.rows - 1 - row));
    }
    auto const result = integrate("fused", run.plan, run.frames);
    auto const& sums = result.sums.at(0);
    std::vector<float> intensity(sums.bins), count(sums.bins);
    core::finish_pattern(sums, 0, 1.0, {}, {intensity, {}, {}, count});
    double const wavelength = config::read_poni(data(c.poni)).calibration.wavelength_m.value();
    return median_ring_deviation(what, run.plan.reductions[0].matrix.radial_axis, intensity,
                                 wavelength);
  }
};

TEST_F(Ceo2, RingsAreWhereTheyBelongHdf5) {
  EXPECT_LE(std::abs(deviation("Pilatus 2M, HDF5", real_case("ceo2-pilatus2m-hexrd/bbox"), false)),
            0.003);
}

TEST_F(Ceo2, RingsAreWhereTheyBelongCbf) {
  EXPECT_LE(std::abs(deviation("Pilatus 2M, CBF", real_case("ceo2-pilatus2m-cbf/bbox"), false)),
            0.003);
}

TEST_F(Ceo2, RingsAreWhereTheyBelongTiff) {
  RealCase c;
  c.source = "ceo2-pilatus1m-tif/CeO2_Pilatus1M.tif";
  c.poni = "ceo2-pilatus1m-tif/CeO2_Pilatus1M.poni";
  c.binning = {
      .unit = core::Unit::two_theta_deg, .bins = 2000, .splitting = core::Splitting::bounding_box};
  EXPECT_LE(std::abs(deviation("Pilatus 1M, TIFF", c, true)), 0.003)
      << "the calibration is of the vertically flipped image";
}

}  // namespace
}  // namespace xrdct::golden
