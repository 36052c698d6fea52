// Sums over the rows of the matrix on the device, in a fixed order.
#include "kokkos/device/device_product.hpp"

#include <string>

namespace xrdct::kernels {
namespace {

constexpr int frames_of_team =
    4;  // so that an entry is fetched once for all, and the sums stay in registers

struct RowSums {
  KeptSums of_frame[frames_of_team];

  KOKKOS_FUNCTION RowSums& operator+=(RowSums const& other) {
    for (int f = 0; f < frames_of_team; ++f) of_frame[f] += other.of_frame[f];
    return *this;
  }
};

}  // namespace
}  // namespace xrdct::kernels

namespace Kokkos {
template <>
struct reduction_identity<xrdct::kernels::RowSums> {
  KOKKOS_FORCEINLINE_FUNCTION static xrdct::kernels::RowSums sum() { return {}; }
};
}  // namespace Kokkos

namespace xrdct::kernels {
namespace {

// A team per bin and four frames.
struct MultiplyRows {
  core::ErrorModel error_model;
  int bins, columns, groups;
  std::int64_t pixels;
  Array<int const*> begin, pixel;
  Array<float const*> coefficient, norm;
  Array<float const*> dark, variance, dark_variance;  // [pixel]; empty: none
  float const* values;
  Array<KeptSums*> sums;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const bin = team.league_rank() / groups,
              first = team.league_rank() % groups * frames_of_team;
    int const frames = columns - first < frames_of_team ? columns - first : frames_of_team;
    RowSums result{};
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, begin(bin), begin(bin + 1)),
        [&](int entry, RowSums& part) { add(entry, first, frames, part); },
        Kokkos::Sum<RowSums>(result));
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int f = 0; f < frames; ++f)
        sums(static_cast<std::int64_t>(first + f) * bins + bin) = result.of_frame[f];
    });
  }

  KOKKOS_FUNCTION void add(int entry, int first, int frames, RowSums& part) const {
    int const p = pixel(entry);
    double const c = coefficient(entry), weight = c * static_cast<double>(norm(entry));
    float const off = dark.extent(0) > 0 ? dark(p) : 0.0f;
    double const of_dark = dark_variance.extent(0) > 0 ? dark_variance(p) : 0.0f;
    float raws[frames_of_team];  // loaded before any is used: one wait for all
    for (int f = 0; f < frames_of_team; ++f)
      raws[f] = values[(first + (f < frames ? f : 0)) * pixels + p];
    for (int f = 0; f < frames_of_team; ++f) {
      float const raw = raws[f];
      if (raw != raw) continue;
      double const v = error_model == core::ErrorModel::none ? 0.0
                       : error_model == core::ErrorModel::variance
                           ? static_cast<double>(variance(p)) + of_dark
                           : static_cast<double>(raw < 1.0f ? 1.0f : raw) + of_dark;
      part.of_frame[f] +=
          {{c * static_cast<double>(raw - off), c * c * v, weight, weight * weight, c}, 1};
    }
  }
};

// A row of a cake keeps one warp busy, one of a pattern several.
int threads_for(MatrixRows const& rows, std::size_t bins) {
  if (host_memory) return 1;
  return rows.pixel.size() / bins < 512 ? threads_of_warp : 4 * threads_of_warp;
}

}  // namespace

DeviceProduct::DeviceProduct(core::ReductionPlan const& plan, core::Reduction const& reduction,
                             std::size_t width, int threads)
    : error_model_(reduction.error_model),
      bins_(static_cast<int>(reduction.matrix.bins)),
      pixels_(static_cast<std::int64_t>(plan.shape.pixels())) {
  MatrixRows const rows = rows_of(reduction.matrix, plan.corrections.mask);
  rows_ = copy_rows(rows, plan.corrections);
  threads_ = threads != 0 ? threads : threads_for(rows, reduction.matrix.bins);
  sums_ = Results<KeptSums>("xrdct::product sums", width * reduction.matrix.bins);
}

void DeviceProduct::multiply(float const* values, std::size_t columns,
                             DeviceCorrections const& corrections, std::size_t set) {
  int const groups = (static_cast<int>(columns) + frames_of_team - 1) / frames_of_team;
  MultiplyRows const kernel{.error_model = error_model_,
                            .bins = bins_,
                            .columns = static_cast<int>(columns),
                            .groups = groups,
                            .pixels = pixels_,
                            .begin = rows_.begin,
                            .pixel = rows_.pixel,
                            .coefficient = rows_.coefficient,
                            .norm = rows_.norm,
                            .dark = corrections.dark,
                            .variance = corrections.variance,
                            .dark_variance = corrections.dark_variance,
                            .values = values,
                            .sums = sums_.there(set)};
  Kokkos::parallel_for("xrdct::multiply_rows", TeamsOfSpace(bins_ * groups, threads_), kernel);
  sums_.fetch_first(columns * static_cast<std::size_t>(bins_), set);
}

void DeviceProduct::write(std::size_t set, std::size_t column, std::size_t frame,
                          core::PatternSums& sums) const {
  for (std::size_t bin = 0; bin < sums.bins; ++bin)
    write_sums(sums_.here(set)[column * sums.bins + bin], frame * sums.bins + bin, sums);
}

std::size_t DeviceProduct::memory_bytes() const noexcept {
  return rows_.memory_bytes() + sums_.memory_bytes();
}

}  // namespace xrdct::kernels
