// A scan with a known truth from its frames to maps of its phases.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "io/stored/slices_reader.hpp"
#include "phase_maps.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using Values = std::vector<double>;

constexpr std::size_t side = 121, air_columns = 5;
constexpr std::size_t crystals = 4;  // of the phases: the wall of glass is thinner than voxels show
std::vector<std::string> const phases{"CeO2", "LaB6", "Si", "Fe", "glass"};

/// Pearson's correlation over the voxels of the circle.
double correlation(Values const& map, Values const& truth) {
  double n = 0.0, a = 0.0, b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
  for (std::size_t v = 0; v < map.size(); ++v) {
    if (std::isnan(map[v])) continue;
    n += 1.0;
    a += map[v];
    b += truth[v];
    aa += map[v] * map[v];
    bb += truth[v] * truth[v];
    ab += map[v] * truth[v];
  }
  return (ab - a * b / n) / std::sqrt((aa - a * a / n) * (bb - b * b / n));
}

Values upside_down(Values const& map) {
  Values turned;
  for (std::size_t row = side; row-- > 0;)
    turned.insert(turned.end(), map.begin() + static_cast<std::ptrdiff_t>(row * side),
                  map.begin() + static_cast<std::ptrdiff_t>((row + 1) * side));
  return turned;
}

/// Whether a voxel is within two of one that holds the phase.
bool near_phase(Values const& truth, std::size_t row, std::size_t column) {
  for (std::size_t i = row < 2 ? 0 : row - 2; i <= std::min(row + 2, side - 1); ++i)
    for (std::size_t j = column < 2 ? 0 : column - 2; j <= std::min(column + 2, side - 1); ++j)
      if (truth[i * side + j] > 0.0) return true;
  return false;
}

/// Centre of mass of what is near the phase. [row, column]
std::array<double, 2> place(Values const& map, Values const& truth) {
  double mass = 0.0, rows = 0.0, columns = 0.0;
  for (std::size_t row = 0; row < side; ++row)
    for (std::size_t column = 0; column < side; ++column) {
      double const value = map[row * side + column];
      if (std::isnan(value) || !near_phase(truth, row, column)) continue;
      mass += value;
      rows += value * static_cast<double>(row);
      columns += value * static_cast<double>(column);
    }
  return {rows / mass, columns / mass};
}

/// Mean and standard deviation of (found − expected)/σ over all voxels.
std::array<double, 2> pull(Values const& found, Values const& sigma, Values const& expected) {
  double n = 0.0, sum = 0.0, square = 0.0;
  for (std::size_t v = 0; v < found.size(); ++v) {
    EXPECT_EQ(std::isnan(found[v]), std::isnan(expected[v]));
    if (std::isnan(found[v])) continue;
    double const z = (found[v] - expected[v]) / sigma[v];
    n += 1.0;
    sum += z;
    square += z * z;
  }
  return {sum / n, std::sqrt(square / n - sum * sum / (n * n))};
}

/// What a map says of one phase.
struct Judgement {
  double correlation = 0.0;          //!< with the true map
  double mirrored = 0.0;             //!< with the true map upside down
  double rows = 0.0, columns = 0.0;  //!< place, off the true one [voxels]
  double mean_pull = 0.0, pull = 0.0;
};

/// 121 × 192 places, of which a line and parts of four others have no frame; the beam falls by 20 %
/// three times, and no monitor tells it.
class SimulatedSlices : public testing::Test {
 protected:
  void make(std::string const& options) {
    folder_ = fresh_folder();
    auto const made =
        xrdct(folder_,
              "simulate -o scan --shape 64x64 --rotations 192 --translations 121 --bins 40 "
              "--counts 100 --splitting none --motors --monitor-drift 0.2 --missing-line 40 "
              "--abort-line 17 --abort-line 90 --abort-line 91 --abort-line 150 " +
                  options);
    ASSERT_EQ(made.status, 0) << made.errors;
    auto const job = folder_ / "scan/job.json";
    replace_in(job,
               ",\n    \"monitor\": {\"dataset\": \"/entry/monitor/data\", \"reference\": 1e+05}",
               "");
    replace_in(job, "\"reductions\": [", R"("reductions": [
    {"name": "clip", "method": "sigma_clip", "threshold": 3, "splitting": "none",
     "unit": "q_nm^-1", "bins": 40, "error_model": "hybrid"},)");
    auto const reduced = xrdct(folder_, "reduce scan/job.json --quiet -o sinograms.h5");
    ASSERT_EQ(reduced.status, 4) << reduced.errors;
  }
  void TearDown() override {  // 100 MB of frames
    if (!HasFailure()) std::filesystem::remove(folder_ / "scan/scan.h5");
  }

  /// Reconstructs one reduction by itself, so that its own sum over channels tells the centre and
  /// the intensities, and looks at its phases.
  std::vector<Judgement> judge(std::string const& reduction) {
    write_text(folder_ / "slices.json",
               R"({"sinograms": {"file": "sinograms.h5", "reductions": [")" + reduction + R"("]},
      "conditioning": {"air": {"translations": 5, "per": "projection"}, "intensity": "total"}})");
    auto const run = xrdct(folder_, "reconstruct slices.json -o " + reduction + ".h5");
    EXPECT_EQ(run.status, 4) << run.errors;
    auto const truth_file = folder_ / "scan/truth.h5";
    auto const truth = read_truth(truth_file, phases);
    io::SlicesReader const reader(folder_ / (reduction + ".h5"));
    double const centre = reader.geometry(reduction).centre.value();
    EXPECT_NEAR(centre, 60.0, 0.1);
    auto const maps = fit_phases(reader, reduction, truth);
    auto const expected = expected_areas(truth, centre, air_columns);
    std::vector<Judgement> judgements;
    for (std::size_t c = 0; c < phases.size(); ++c) {
      auto const wanted = true_map(truth_file, phases[c], side);
      auto const [row, column] = place(maps.area[c], wanted);
      auto const [true_row, true_column] = place(wanted, wanted);
      auto const [mean, deviation] = pull(maps.area[c], maps.sigma[c], expected[c]);
      judgements.push_back({correlation(maps.area[c], wanted),
                            correlation(maps.area[c], upside_down(wanted)), row - true_row,
                            column - true_column, mean, deviation});
      tell(reduction, phases[c], judgements.back());
    }
    return judgements;
  }

  /// The centre that these reductions have in common.
  double centre_of_all(std::vector<std::string> const& reductions) {
    std::string names;
    for (auto const& name : reductions) names += (names.empty() ? "\"" : ", \"") + name + "\"";
    write_text(
        folder_ / "centre.json",
        R"({"sinograms": {"file": "sinograms.h5", "radial_range": [10, 20], "reductions": [)" +
            names +
            R"(]}, "conditioning": {"intensity": "total"}, "output": {"overwrite": true}})");
    auto const run = xrdct(folder_, "reconstruct centre.json -o centre.h5");
    EXPECT_EQ(run.status, 4) << run.errors;
    return io::SlicesReader(folder_ / "centre.h5").geometry(reductions.front()).centre.value();
  }

 private:
  static void tell(std::string const& reduction, std::string const& phase, Judgement const& of) {
    auto const name = [&](char const* what) { return reduction + "_" + phase + "_" + what; };
    RecordProperty(name("correlation"), std::to_string(of.correlation));
    RecordProperty(name("rows_off"), std::to_string(of.rows));
    RecordProperty(name("columns_off"), std::to_string(of.columns));
    RecordProperty(name("pull"), std::to_string(of.pull));
  }

  std::filesystem::path folder_;
};

TEST_F(SimulatedSlices, DeviateFromThoseWithoutNoiseByTheirErrors) {
  make("");
  for (auto const& phase : judge("mean")) {
    EXPECT_NEAR(phase.mean_pull, 0.0, 0.05);
    EXPECT_NEAR(phase.pull, 1.0, 0.05);
  }
}

TEST_F(SimulatedSlices, ShowEachPhaseWhereItIsOnceItsSpotsAreClipped) {
  make("--spots 1");
  auto const clipped = judge("clip"), mean = judge("mean");
  for (std::size_t c = 0; c < crystals; ++c) {
    EXPECT_GE(clipped[c].correlation, 0.99) << phases[c];
    EXPECT_LT(clipped[c].mirrored, 0.8) << phases[c];
    EXPECT_LT(std::abs(clipped[c].rows), 0.1) << phases[c];
    EXPECT_LT(std::abs(clipped[c].columns), 0.1) << phases[c];
    EXPECT_NEAR(clipped[c].pull, 1.0, 0.05) << phases[c];
    // what spots do to a mean, of which its errors know nothing
    EXPECT_GT(1.0 - mean[c].correlation, 4.0 * (1.0 - clipped[c].correlation)) << phases[c];
    EXPECT_GT(mean[c].pull, 4.0) << phases[c];
  }
  // … and that they do not move the centre of all, whatever the order of the reductions
  EXPECT_EQ(centre_of_all({"mean", "clip"}), centre_of_all({"clip", "mean"}));
  EXPECT_EQ(centre_of_all({"mean", "clip"}), centre_of_all({"clip"}));
  EXPECT_NE(centre_of_all({"mean"}), centre_of_all({"clip"}));
}

}  // namespace
}  // namespace xrdct::test
