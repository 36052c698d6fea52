// Slices of sinograms whose values are given: in closed form, with known noise, in any order.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "io/stored/slices_reader.hpp"
#include "io/values/value_reader.hpp"
#include "tests/app/command.hpp"
#include "tests/core/tomography/discs.hpp"
#include "tests/support/replaced_values.hpp"

namespace xrdct::test {
namespace {

using Values = std::vector<double>;

constexpr std::size_t bins = 16;
constexpr char const* errors_of_mean = "/entry/mean/I_errors";

/// A sinogram file of one height, of which a test replaces the values.
class GivenSinograms : public testing::Test {
 protected:
  void make(std::string const& options) {
    folder_ = fresh_folder();
    auto const made = xrdct(
        folder_, "simulate --shape 24x24 --bins 16 --output scan --splitting none " + options);
    ASSERT_EQ(made.status, 0) << made.errors;
    auto const run = xrdct(folder_, "reduce scan/job.json --quiet -o sinograms.h5");
    ASSERT_TRUE(run.status == 0 || run.status == 4) << run.errors;
  }
  io::SlicesReader slices(std::string const& keys = "") {
    write_text(folder_ / "slices.json", R"({"sinograms": {"file": "sinograms.h5"})" + keys + "}");
    auto const run = xrdct(folder_, "reconstruct slices.json --overwrite --threads 1 -o slices.h5");
    EXPECT_TRUE(run.status == 0 || run.status == 4) << run.errors;
    printed_ = run.out;
    return io::SlicesReader(folder_ / "slices.h5");
  }
  /// All bins of all voxels. [row][column][bin]
  static std::vector<float> all(io::SlicesReader const& reader, std::string const& field) {
    std::size_t const side = reader.side();
    return reader.box("mean", field, 0, {0, side, 0, side, 0, bins});
  }
  std::filesystem::path sinograms() const { return folder_ / "sinograms.h5"; }

  std::filesystem::path folder_;
  std::string printed_;
};

bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  });
}

/// Puts the lines of a file into another order, with all that is known of them. \param order [slow]
/// the line that comes there
void reorder_lines(std::filesystem::path const& file, std::vector<std::size_t> const& order) {
  for (std::string const dataset :
       {"/entry/mean/I", "/entry/mean/I_errors", "/entry/mean/count", "/entry/mean/rotation",
        "/entry/frames/status", "/entry/frames/rotation", "/entry/frames/translation"}) {
    auto const values = io::read_values(file, dataset);
    std::size_t const line = values.size() / order.size();
    std::vector<double> moved(values.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(order[i] * line), line,
                  moved.begin() + static_cast<std::ptrdiff_t>(i * line));
    replace_values(file, dataset, moved);
  }
}

TEST_F(GivenSinograms, HaveTheSameSlicesInAnyOrderOfTheirProjections) {
  make(
      "--rotations 40 --translations 31 --counts 20 --motors --jitter 0.1 --missing-line 7 "
      "--abort-line 30");
  // three projections at one angle, one of them a full turn later
  for (std::string const dataset : {"/entry/mean/rotation", "/entry/frames/rotation"}) {
    auto angles = io::read_values(sinograms(), dataset);
    std::size_t const line = angles.size() / 40;
    for (std::size_t k = 0; k < line; ++k) {
      angles[11 * line + k] = angles[10 * line + k] = 45.0;
      angles[25 * line + k] = 405.0;
    }
    replace_values(sinograms(), dataset, angles);
  }
  auto const reader = slices();
  auto const values = all(reader, "I"), errors = all(reader, "I_errors");
  std::vector<std::size_t> order(40);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 random(4);
  for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[random() % (i + 1)]);
  // equal angles are taken in the order of their places
  std::size_t tie = 0;
  for (auto& line : order)
    if (line == 10 || line == 11 || line == 25)
      line = std::array<std::size_t, 3>{10, 11, 25}[tie++];
  reorder_lines(sinograms(), order);
  auto const shuffled = slices();
  EXPECT_TRUE(same_bits(all(shuffled, "I"), values));
  EXPECT_TRUE(same_bits(all(shuffled, "I_errors"), errors));
}

/// Discs as voxels show them: the mean over 4 × 4 points of each.
Values slice_of(core::SliceGeometry const& geometry, std::vector<Disc> const& discs) {
  Values slice(geometry.voxels(), 0.0);
  for (std::size_t v = 0; v < slice.size(); ++v)
    for (int point = 0; point < 16; ++point)
      for (auto const& disc : discs)
        if (disc.contains(
                geometry.x(v % geometry.side) + geometry.step * ((point % 4) - 1.5) / 4.0,
                geometry.y(v / geometry.side) + geometry.step * ((point / 4) - 1.5) / 4.0))
          slice[v] += disc.value / 16.0;
  return slice;
}

TEST_F(GivenSinograms, OfAHalfAcquisitionShowADiscBeyondTheLine) {
  constexpr double step = 0.1;
  make("--rotations 180 --rotation-step 2 --translations 61 --translation-step 0.1");
  for (double const centre : {9.4, 50.6}) {
    auto geometry = even_geometry(180, 61, step, centre, 360.0);
    geometry.side = 101;
    // the body reaches 4 mm from the axis, the line 0.9 mm on its short side
    Disc const body{0.5, -0.3, 3.4, 1.0}, disc{1.7, -1.9, 1.0, 1.0};
    Values values;
    for (double const chord : sinogram_of(geometry, {body, disc}))
      for (std::size_t b = 0; b < bins; ++b) values.push_back(static_cast<double>(b + 1) * chord);
    replace_values(sinograms(), "/entry/mean/I", values);
    replace_values(sinograms(), errors_of_mean, Values(values.size(), 0.01));
    auto const reader = slices(R"(, "grid": {"side": 101})");
    EXPECT_NE(printed_.find("half acquisition"), std::string::npos) << printed_;
    EXPECT_NEAR(reader.geometry("mean").centre.value(), centre, 0.1);
    auto const slice = all(reader, "I");
    for (std::size_t const bin : {std::size_t{0}, bins - 1}) {
      auto rest = slice_of(geometry, {body});
      for (std::size_t v = 0; v < rest.size(); ++v)
        rest[v] =
            static_cast<double>(slice[v * bins + bin]) / static_cast<double>(bin + 1) - rest[v];
      auto const seen = look_at<double>(geometry, rest, disc);
      EXPECT_NEAR(seen.inside, 1.0, 0.005);
      EXPECT_LT(std::abs(seen.outside), 0.002);
      EXPECT_NEAR(seen.x, disc.x, 0.1 * step);
      EXPECT_NEAR(seen.y, disc.y, 0.1 * step);
      RecordProperty("value", std::to_string(seen.inside));
      RecordProperty("x_off", std::to_string((seen.x - disc.x) / step));
      RecordProperty("y_off", std::to_string((seen.y - disc.y) / step));
    }
  }
}

/// Sinograms of four discs whose bins have more and more noise, 2 % of the samples lost.
class NoisySinograms : public GivenSinograms {
 protected:
  void SetUp() override {
    make("--rotations 90 --translations 61 --translation-step 0.1");
    std::vector<Disc> const discs{
        {0.2, 0.1, 2.3, 1.0}, {0.8, 0.5, 0.5, 1.0}, {-0.9, -0.6, 0.35, 2.0}, {-0.3, 1.2, 0.2, 3.0}};
    auto const geometry = even_geometry(90, 61, 0.1, 30.0);
    truth_ = slice_of(geometry, discs);
    std::mt19937_64 random(8);
    std::normal_distribution<double> normal;
    Values values, errors, status;
    for (double const chord : sinogram_of(geometry, discs)) {
      bool const lost = random() % 50 == 0;
      status.push_back(lost ? 1.0 : 0.0);
      for (std::size_t b = 0; b < bins; ++b) {
        double const value = chord + noise_of(b) * normal(random);
        values.push_back(lost ? std::numeric_limits<double>::quiet_NaN() : value);
        errors.push_back(lost ? std::numeric_limits<double>::quiet_NaN() : noise_of(b));
        if (!lost) strength_[b] += value * value / (noise_of(b) * noise_of(b));
      }
      if (!lost) samples_ += 1.0;
    }
    replace_values(sinograms(), "/entry/mean/I", values);
    replace_values(sinograms(), errors_of_mean, errors);
    replace_values(sinograms(), "/entry/frames/status", status);
  }
  static double noise_of(std::size_t bin) { return 0.1 * std::pow(1.15, bin); }
  io::SlicesReader sirt(int iterations, std::string const& stop) {
    return slices(R"(, "grid": {"centre": 30}, "reconstruction": {"algorithm": "sirt",
        "iterations": )" +
                  std::to_string(iterations) + R"(, "stop": ")" + stop + "\"}");
  }
  /// √(Σ (x − truth)²/Σ truth²) over all voxels. [bin]
  Values errors_of(io::SlicesReader const& reader) const {
    auto const slice = all(reader, "I");
    Values square(bins, 0.0);
    for (std::size_t i = 0; i < slice.size(); ++i)
      if (!std::isnan(slice[i]))
        square[i % bins] += std::pow(static_cast<double>(slice[i]) - truth_[i / bins], 2);
    double const whole = std::inner_product(truth_.begin(), truth_.end(), truth_.begin(), 0.0);
    for (auto& value : square) value = std::sqrt(value / whole);
    return square;
  }

  Values truth_, strength_ = Values(bins, 0.0);
  double samples_ = 0.0;
};

TEST_F(NoisySinograms, AreIteratedUntilTheResidualIsNotLargerThanTheNoise) {
  auto const reader = sirt(400, "noise");
  auto const stopped = errors_of(reader);
  auto const iterations = reader.result("mean", "iterations", 0),
             misfit = reader.result("mean", "misfit", 0);
  Values best(bins, 1e9), last;
  for (int const count : {10, 20, 30, 45, 65, 150}) {
    last = errors_of(sirt(count, "iterations"));
    for (std::size_t b = 0; b < bins; ++b) best[b] = std::min(best[b], last[b]);
  }
  for (std::size_t b = 0; b < bins; ++b) {
    // Σ (residual/σ)² over the number of samples: just below 1
    double const residual = misfit[b] * misfit[b] * strength_[b] / samples_;
    EXPECT_LE(residual, 1.0) << b;
    EXPECT_GT(residual, 0.95) << b;
    EXPECT_LT(stopped[b], 1.05 * best[b]) << b << " after " << iterations[b];
    EXPECT_GT(last[b], 1.3 * stopped[b]) << b;
    RecordProperty("bin_" + std::to_string(b) + "_iterations", std::to_string(iterations[b]));
    RecordProperty("bin_" + std::to_string(b) + "_residual", std::to_string(residual));
    RecordProperty("bin_" + std::to_string(b) + "_error_to_best",
                   std::to_string(stopped[b] / best[b]));
  }
  EXPECT_GT(iterations.front(), 4.0 * iterations.back());
}

}  // namespace
}  // namespace xrdct::test
