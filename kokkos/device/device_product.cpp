// Sums over the rows of the matrix on the device, in a fixed order.
#include "kokkos/device/device_product.hpp"

#include <string>

namespace xrdct::kernels {
namespace {

// A team per bin and group of frames.
struct MultiplyRows {
  core::ErrorModel error_model;
  int bins, columns, groups;
  Array<int const*> begin, pixel;
  Array<float const*> coefficient, norm;
  Array<float const*> dark, variance, dark_variance;  // [pixel]; empty: none
  CodedFrames coded;
  Array<KeptSums*> sums;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const bin = team.league_rank() / groups, group = team.league_rank() % groups,
              first = group * frames_of_group;
    int const frames = columns - first < frames_of_group ? columns - first : frames_of_group;
    OfGroup<KeptSums> result{};
    CodedGroup const coded_group = coded.group(group);
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, begin(bin), begin(bin + 1)),
        [&](int entry, OfGroup<KeptSums>& part) { add(entry, coded_group, part); },
        Kokkos::Sum<OfGroup<KeptSums>>(result));
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int f = 0; f < frames; ++f)
        sums(static_cast<std::int64_t>(first + f) * bins + bin) = result.of_frame[f];
    });
  }

  KOKKOS_FUNCTION void add(int entry, CodedGroup const& group, OfGroup<KeptSums>& part) const {
    int const p = pixel(entry);
    double const c = coefficient(entry), weight = c * static_cast<double>(norm(entry));
    float const off = dark.extent(0) > 0 ? dark(p) : 0.0f;
    double const of_dark = dark_variance.extent(0) > 0 ? dark_variance(p) : 0.0f;
    bool const of_counts =
        error_model != core::ErrorModel::none && error_model != core::ErrorModel::variance;
    double const of_pixel = error_model == core::ErrorModel::variance
                                ? static_cast<double>(variance(p)) + of_dark
                                : 0.0;
    float raws[frames_of_group];
    group.values(p, raws);
    for (int f = 0; f < frames_of_group; ++f) {
      float const raw = raws[f];
      if (raw != raw) continue;
      double const v =
          of_counts ? static_cast<double>(raw < 1.0f ? 1.0f : raw) + of_dark : of_pixel;
      part.of_frame[f] +=
          {{c * static_cast<double>(raw - off), c * c * v, weight, weight * weight, c}, 1};
    }
  }
};

}  // namespace

DeviceProduct::DeviceProduct(core::ReductionPlan const& plan, core::Reduction const& reduction,
                             std::size_t width, int threads)
    : error_model_(reduction.error_model), bins_(static_cast<int>(reduction.matrix.bins)) {
  MatrixRows const rows = rows_of(reduction.matrix, plan.corrections.mask);
  rows_ = copy_rows(rows, plan.corrections);
  threads_ = threads != 0 ? threads : threads_for(rows, reduction.matrix.bins);
  sums_ = Results<KeptSums>("xrdct::product sums", width * reduction.matrix.bins);
}

void DeviceProduct::multiply(CodedFrames const& frames, std::size_t columns,
                             DeviceCorrections const& corrections, std::size_t set) {
  int const groups = (static_cast<int>(columns) + frames_of_group - 1) / frames_of_group;
  MultiplyRows const kernel{.error_model = error_model_,
                            .bins = bins_,
                            .columns = static_cast<int>(columns),
                            .groups = groups,
                            .begin = rows_.begin,
                            .pixel = rows_.pixel,
                            .coefficient = rows_.coefficient,
                            .norm = rows_.norm,
                            .dark = corrections.dark,
                            .variance = corrections.variance,
                            .dark_variance = corrections.dark_variance,
                            .coded = frames,
                            .sums = sums_.there(set)};
  Kokkos::parallel_for("xrdct::multiply_rows", TeamsOfSpace(bins_ * groups, threads_), kernel);
  sums_.fetch_first(columns * static_cast<std::size_t>(bins_), set);
}

void DeviceProduct::write(std::size_t set, std::size_t column, std::size_t frame,
                          core::PatternSums& sums) const {
  for (std::size_t bin = 0; bin < sums.bins; ++bin)
    write_sums(sums_.here(set)[column * sums.bins + bin], frame * sums.bins + bin, sums);
}

EngineMemory DeviceProduct::memory() const noexcept { return rows_.memory() + sums_.memory(); }

}  // namespace xrdct::kernels
