// The centre of rotation from the double wedge in the transform of the sinogram.
#include "core/centre/double_wedge.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>

#include "core/conditioning/full_turn.hpp"
#include "core/conditioning/missing_samples.hpp"
#include "core/tomography/angle_weights.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;
constexpr std::size_t least_projections = 16;

using Complex = std::complex<double>;

/// Half a turn of projections at even angles i·π/P.
struct HalfTurn {
  std::size_t rows = 0, columns = 0;
  std::vector<double> value;  // [row][column]
};

/// Measured projections of the half turn that begins after the largest gap, in the order of θ.
struct Part {
  std::vector<std::size_t> projection;
  std::vector<double> angle;  // from the first one, rising, different
  double largest_gap = 0.0;   // the rest of the half turn after the last one too
};

Part part_of(SummedSinogram const& sinogram) {
  std::vector<double> angles;
  for (std::size_t p = 0; p < sinogram.projections(); ++p)
    if (!sinogram.whole_missing(p)) angles.push_back(sinogram.angles[p]);
  double const start = turn_coverage(angles).start;
  std::vector<std::pair<double, std::size_t>> places;
  for (std::size_t p = 0; p < sinogram.projections(); ++p) {
    if (sinogram.whole_missing(p)) continue;
    double const place = modulo_full_turn(sinogram.angles[p] - start + 1e-9) - 1e-9;
    if (place < pi - 1e-6) places.emplace_back(std::max(place, 0.0), p);
  }
  std::sort(places.begin(), places.end());
  Part part;
  for (auto const& [place, p] : places) {
    if (!part.angle.empty() && place - part.angle.back() < 1e-6) continue;
    if (!part.angle.empty())
      part.largest_gap = std::max(part.largest_gap, place - part.angle.back());
    part.angle.push_back(place);
    part.projection.push_back(p);
  }
  if (!part.angle.empty()) part.largest_gap = std::max(part.largest_gap, pi - part.angle.back());
  return part;
}

HalfTurn even_half_turn(SummedSinogram const& full, Part const& part) {
  std::size_t const rows = part.angle.size();
  HalfTurn half{rows, full.translations, std::vector<double>(rows * full.translations)};
  std::size_t after = 1;
  for (std::size_t row = 0; row < rows; ++row) {
    double const angle = static_cast<double>(row) * pi / static_cast<double>(rows);
    while (after + 1 < rows && part.angle[after] < angle) ++after;
    double const before = part.angle[after - 1], gap = part.angle[after] - before;
    double const share = std::clamp((angle - before) / gap, 0.0, 1.0);
    auto const a = part.projection[after - 1], b = part.projection[after];
    for (std::size_t k = 0; k < half.columns; ++k)
      half.value[row * half.columns + k] = (1.0 - share) * full.at(a, k) + share * full.at(b, k);
  }
  return half;
}

/// exp(−2πi·n/size) for n = 0 … size − 1.
std::vector<Complex> circle(std::size_t size) {
  std::vector<Complex> points(size);
  for (std::size_t n = 0; n < size; ++n)
    points[n] = std::polar(1.0, -2.0 * pi * static_cast<double>(n) / static_cast<double>(size));
  return points;
}

/*!
 * The transform of the full turn at the frequencies outside of the wedge, for 2c = T − 1 + shift.
 *
 *     G_k(v) = Σ_{row < P} S[row][k]·e^(−2πi·v·row/2P)        of one column of the first half
 *     mirror image: (−1)^v·G_{2c−k}(v)      opposite order: e^(πi·v/P)·conj G_k(v)
 *
 * A step of 2c adds one column to those in the opposite order and takes one from the mirror image.
 */
class Outside {
 public:
  explicit Outside(HalfTurn const& half)
      : half_(half),
        first_(std::max<std::size_t>(2, std::min<std::size_t>(20, half.rows / 10))),
        columns_(half.columns * half.rows),
        along_(circle(half.columns)),
        around_(circle(2 * half.rows)) {
    transform_columns();
  }

  /// Mean amplitude for the shifts [first, last), counted from −most = −(columns/2).
  std::vector<double> badness(std::size_t first, std::size_t last) const {
    std::vector<double> sums(last - first, 0.0);
    std::vector<Complex> wave(half_.columns);
    std::size_t count = 0;
    for (std::size_t v = first_; v < half_.rows; ++v) {
      std::size_t const wide =
          std::min(static_cast<std::size_t>(static_cast<double>(v) / pi), (half_.columns - 1) / 2);
      for (std::size_t u = 1; u <= wide; ++u, count += 2) {
        std::size_t at = 0;  // u·k modulo T
        for (auto& point : wave) {
          point = along_[at];
          at += u;
          if (at >= wave.size()) at -= wave.size();
        }
        add_amplitudes(v, wave, first, sums);
        for (auto& point : wave) point = std::conj(point);
        add_amplitudes(v, wave, first, sums);
      }
    }
    for (auto& sum : sums) sum /= static_cast<double>(std::max(count, std::size_t{1}));
    return sums;
  }

 private:
  Complex column(std::size_t v, std::size_t k) const { return columns_[v * half_.columns + k]; }

  // Some frequencies at once, so that a row is fetched once for them.
  void transform_columns() {
    constexpr std::size_t at_once = 8;
    for (std::size_t begin = first_; begin < half_.rows; begin += at_once) {
      std::size_t const end = std::min(begin + at_once, half_.rows);
      for (std::size_t row = 0; row < half_.rows; ++row) {
        for (std::size_t v = begin; v < end; ++v) {
          auto const factor = around_[v * row % around_.size()];
          for (std::size_t k = 0; k < half_.columns; ++k)
            columns_[v * half_.columns + k] += factor * half_.value[row * half_.columns + k];
        }
      }
    }
  }

  /// At the frequency (u, v): `wave` is exp(−2πi·u·k/T).
  void add_amplitudes(std::size_t v, std::vector<Complex> const& wave, std::size_t first,
                      std::vector<double>& sums) const {
    std::size_t const line = half_.columns, middle = line / 2, last = first + sums.size();
    Complex own = 0.0, mirror = 0.0;  // mirror: Σ_j G_j·e^(+2πi·u·j/T)
    for (std::size_t k = 0; k < line; ++k) {
      own += wave[k] * column(v, k);
      mirror += std::conj(wave[k]) * column(v, k);
    }
    double const sign = v % 2 == 0 ? 1.0 : -1.0;
    Complex const opposite = std::conj(around_[v % around_.size()]);
    // `twice` modulo T; what comes before the range is only gone through
    auto const add = [&](std::size_t at, Complex kept, Complex replaced, std::size_t twice) {
      if (at >= first && at < last)
        sums[at - first] += std::abs(own + sign * wave[twice] * kept + opposite * replaced);
    };
    add(middle, mirror, 0.0, line - 1);
    Complex kept = mirror, replaced = 0.0;
    for (std::size_t shift = 1; middle + shift < last; ++shift) {  // to the right: j drops out
      kept -= std::conj(wave[shift - 1]) * column(v, shift - 1);
      replaced += wave[shift - 1] * std::conj(column(v, shift - 1));
      add(middle + shift, kept, replaced, shift - 1);
    }
    kept = mirror;
    replaced = 0.0;
    for (std::size_t shift = 1; first + shift <= middle; ++shift) {  // to the left
      kept -= std::conj(wave[line - shift]) * column(v, line - shift);
      replaced += wave[line - shift] * std::conj(column(v, line - shift));
      add(middle - shift, kept, replaced, line - 1 - shift);
    }
  }

  HalfTurn const& half_;
  std::size_t first_;             // lowest |v|
  std::vector<Complex> columns_;  // G [v][column]
  std::vector<Complex> along_, around_;
};

/// Why the angles tell nothing; empty: they do.
std::string refusal_of(Part const& part) {
  if (part.angle.size() < least_projections) return "fewer than 16 projections";
  if (part.largest_gap > std::max(least_wedge, 8.0 * pi / static_cast<double>(part.angle.size())))
    return "the angles leave a gap in the half turn";
  return "";
}

}  // namespace

std::vector<double> double_wedge_badness(SummedSinogram const& sinogram, std::size_t first,
                                         std::size_t last) {
  auto const part = part_of(sinogram);
  if (first == last || !refusal_of(part).empty()) return {};
  auto const half = even_half_turn(filled(sinogram), part);
  return Outside(half).badness(first, last);
}

CentreEstimate double_wedge_centre(SummedSinogram const& sinogram, std::vector<double> badness_of) {
  if (auto const refusal = refusal_of(part_of(sinogram)); !refusal.empty()) return refused(refusal);
  XRDCT_ASSERT(badness_of.size() == double_wedge_tries(sinogram.translations));
  std::size_t const most = sinogram.translations / 2;
  CentreEstimate estimate;
  estimate.badness = std::move(badness_of);
  auto const best =
      static_cast<std::size_t>(std::min_element(estimate.badness.begin(), estimate.badness.end()) -
                               estimate.badness.begin());
  double const first =
      (static_cast<double>(sinogram.translations) - 1.0 - static_cast<double>(most)) / 2.0;
  for (std::size_t i = 0; i < estimate.badness.size(); ++i)
    estimate.tried.push_back(first + static_cast<double>(i) / 2.0);
  if (best == 0 || best + 1 == estimate.badness.size()) {
    estimate.refusal = "the best centre is the farthest that was tried from the middle";
    return estimate;
  }
  auto const& badness = estimate.badness;
  estimate.centre = estimate.tried[best] +
                    lowest_between(badness[best - 1], badness[best], badness[best + 1]) / 2.0;
  return estimate;
}

}  // namespace xrdct::core
