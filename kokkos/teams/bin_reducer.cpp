// Reduces the bins of decoded frames, a team of threads per bin.
#include "kokkos/teams/bin_reducer.hpp"

#include <algorithm>
#include <string>

#include "core/words/errors.hpp"
#include "kokkos/space/host_work.hpp"
#include "kokkos/teams/bin_pixels.hpp"
#include "kokkos/teams/device_rows.hpp"

namespace xrdct::kernels {
namespace {

using Frames = Kokkos::View<float const**, Kokkos::LayoutRight, Space::memory_space,
                            Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

bool rejects(core::Reduction const& reduction) {
  return reduction.method == core::Method::sigma_clip ||
         reduction.method == core::Method::quantile_mean;
}

// The rows of a matrix where the kernels run, and which of them are short enough for a team's fast
// memory.
struct SortedRows {
  DeviceRows rows;
  Array<int*> short_bins, long_bins;
  int longest_short = 0, longest_long = 0;
};

// What a team keeps of the pixels of a bin, one array after the other.
struct TeamMemory {
  int entries = 0;  // of the longest bin
  bool variance = false, order = false;
  int members = 0;  // of a team, where they need memory

  KOKKOS_FUNCTION std::size_t bytes() const {
    std::size_t const all = static_cast<std::size_t>(entries);
    return (variance ? 2 : 1) * all * sizeof(double) +
           (order ? static_cast<std::size_t>(padded(entries)) * sizeof(std::uint64_t) : 0) +
           static_cast<std::size_t>(members) * sizeof(RunningSums) +
           (all + all % 2) * sizeof(float);
  }
  KOKKOS_FUNCTION void share_out(char* memory, BinPixels& bin) const {
    auto const take = [&](std::size_t size) {
      char* const begin = memory;
      memory += size;
      return begin;
    };
    std::size_t const all = static_cast<std::size_t>(entries);
    bin.value = reinterpret_cast<double*>(take(all * sizeof(double)));
    if (variance) bin.variance = reinterpret_cast<double*>(take(all * sizeof(double)));
    if (order)
      bin.order = reinterpret_cast<std::uint64_t*>(
          take(static_cast<std::size_t>(padded(entries)) * sizeof(std::uint64_t)));
    if (members > 0)
      bin.before = reinterpret_cast<RunningSums*>(
          take(static_cast<std::size_t>(members) * sizeof(RunningSums)));
    bin.signal = reinterpret_cast<float*>(memory);
  }
};

// One launch: the teams of the league take turns at the bins of the list, in each of the frames.
struct ReduceBins {
  core::Method method;
  core::ErrorModel error_model;
  core::SigmaClip clip;
  core::Quantiles quantiles;
  Array<int const*> bins;
  int columns;
  TeamMemory memory;
  bool in_scratch;
  Array<double*> workspace;  // [team][double]
  Array<int const*> begin, pixel;
  Array<float const*> coefficient, norm;
  Array<float const*> dark, variance, dark_variance;  // [pixel]; empty: none
  Frames raw;                                         // [column][pixel] NaN: invalid
  int all_bins;
  Array<KeptSums*> sums;        // [column][all_bins]
  Array<unsigned char**> used;  // [column][pixel]; empty: not wanted

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    BinPixels pixels;
    std::size_t const before =
        static_cast<std::size_t>(team.league_rank()) * (memory.bytes() / sizeof(double));
    memory.share_out(in_scratch ? static_cast<char*>(team.team_scratch(0).get_shmem(memory.bytes()))
                                : reinterpret_cast<char*>(workspace.data() + before),
                     pixels);
    int const items = static_cast<int>(bins.extent(0)) * columns;
    for (int item = team.league_rank(); item < items; item += team.league_size()) {
      int const bin = bins(item / columns), column = item % columns;
      gather(team, bin, column, pixels);
      KeptSums const result = reduce_bin(team, pixels, method, error_model, clip, quantiles);
      Kokkos::single(Kokkos::PerTeam(team), [&] { sums(column * all_bins + bin) = result; });
      if (used.extent(0) > 0) mark_used(team, bin, column, pixels);
      team.team_barrier();
    }
  }

  KOKKOS_FUNCTION void gather(TeamOfSpace const& team, int bin, int column,
                              BinPixels& pixels) const {
    int const first = begin(bin);
    pixels.entries = begin(bin + 1) - first;
    pixels.coefficient = coefficient.data() + first;
    pixels.norm = norm.data() + first;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, pixels.entries), [&](int k) {
      int const p = pixel(first + k);
      float const value = raw(column, p), signal = dark.extent(0) > 0 ? value - dark(p) : value;
      pixels.signal[k] = signal;
      pixels.value[k] = static_cast<double>(signal) / static_cast<double>(pixels.norm[k]);
      if (!memory.variance) return;
      double const of_dark = dark_variance.extent(0) > 0 ? dark_variance(p) : 0.0f;
      double const of_frame = error_model == core::ErrorModel::variance ? variance(p)
                              : value < 1.0f                            ? 1.0f
                                                                        : value;
      pixels.variance[k] = of_frame + of_dark;
    });
    team.team_barrier();
  }

  // Several bins may keep a pixel: they write the same.
  KOKKOS_FUNCTION void mark_used(TeamOfSpace const& team, int bin, int column,
                                 BinPixels const& pixels) const {
    int const first = begin(bin);
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, pixels.entries), [&](int k) {
      if (pixels.kept(k)) used(column, pixel(first + k)) = 1;
    });
  }
};

constexpr int part_pixels = 1 << 15;  // that a team counts

// A team per part of a frame.
struct CountUsed {
  Array<unsigned char**> used;
  int parts;
  Array<int*> counts;  // [column][part]

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const column = team.league_rank() / parts, part = team.league_rank() % parts;
    std::int64_t const first = std::int64_t{part} * part_pixels,
                       left = static_cast<std::int64_t>(used.extent(1)) - first;
    int count = 0;
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, static_cast<int>(left < part_pixels ? left : part_pixels)),
        [&](int k, int& sum) { sum += used(column, first + k); }, count);
    Kokkos::single(Kokkos::PerTeam(team), [&] { counts(team.league_rank()) = count; });
  }
};

SortedRows sort_rows(core::BinMatrix const& matrix, core::PixelCorrections const& corrections,
                     int most_short) {
  MatrixRows const rows = rows_of(matrix, corrections.mask);
  SortedRows sorted;
  sorted.rows = copy_rows(rows, corrections);
  std::vector<int> short_bins, long_bins;
  for (std::size_t bin = 0; bin < matrix.bins; ++bin) {
    int const entries = rows.begin[bin + 1] - rows.begin[bin];
    bool const is_short = entries <= most_short;
    (is_short ? short_bins : long_bins).push_back(static_cast<int>(bin));
    int& longest = is_short ? sorted.longest_short : sorted.longest_long;
    longest = std::max(longest, entries);
  }
  sorted.short_bins = copy_to_space("xrdct::bins short", short_bins);
  sorted.long_bins = copy_to_space("xrdct::bins long", long_bins);
  return sorted;
}

TeamMemory memory_of(core::Reduction const& reduction, int entries, int threads) {
  bool const propagated = reduction.error_model != core::ErrorModel::none &&
                          reduction.error_model != core::ErrorModel::azimuthal;
  bool const azimuthal = reduction.error_model == core::ErrorModel::azimuthal ||
                         reduction.error_model == core::ErrorModel::hybrid;
  return {entries, propagated, reduction.method == core::Method::quantile_mean,
          azimuthal ? threads : 0};
}

// The most entries of a bin that fit; -1: not even none.
int most_entries(core::Reduction const& reduction, TeamSettings const& settings) {
  auto const fit = [&](int entries) {
    return memory_of(reduction, entries, settings.threads).bytes() <= settings.scratch_bytes;
  };
  if (settings.scratch_bytes == 0 || !fit(0)) return -1;
  int entries = 0;
  for (int step = 1 << 20; step > 0; step /= 2)
    if (fit(entries + step)) entries += step;
  return entries;
}

}  // namespace

bool needs_whole_bins(core::Reduction const& reduction) {
  bool const plain =
      reduction.method == core::Method::mean || reduction.method == core::Method::sum;
  return !plain || reduction.error_model == core::ErrorModel::azimuthal;
}

TeamSettings TeamSettings::of_space() {
  if (host_memory) return {1, 0, std::size_t{1} << 30};
  return {128, std::size_t{32} << 10, std::size_t{1} << 30};
}

struct BinReducer::State {
  core::ReductionPlan const& plan;
  std::size_t width;
  TeamSettings settings;
  std::vector<SortedRows> rows;  // [reduction], empty for those that do not need whole bins
  DeviceCorrections corrections;
  Array<float**> frames;  // on a device alone
  float const* raw = nullptr;
  Array<double*> workspace;     // [team][double]
  std::size_t all_bins = 0;     // of the reduction with most
  Array<KeptSums*> sums;        // [column][all_bins]
  Array<unsigned char**> used;  // [column][pixel]
  Array<int*> counts;           // [column][part] used pixels
  Pinned<KeptSums*> sums_on_host;
  Pinned<int*> counts_on_host;

  State(core::ReductionPlan const& of, std::size_t most, TeamSettings const& by)
      : plan(of), width(most), settings(by) {}

  std::size_t parts() const { return (plan.shape.pixels() + part_pixels - 1) / part_pixels; }

  void count_used(std::size_t columns) {
    Kokkos::parallel_for("xrdct::count_used",
                         TeamsOfSpace(static_cast<int>(columns * parts()), settings.threads),
                         CountUsed{used, static_cast<int>(parts()), counts});
    fetch(Space(), counts, counts_on_host, columns * parts());
  }

  void write(std::size_t reduction, std::size_t column, std::size_t frame,
             core::ReducedBatch& out) const {
    core::PatternSums& to = out.sums[reduction];
    for (std::size_t bin = 0; bin < to.bins; ++bin)
      write_sums(sums_on_host(column * all_bins + bin), frame * to.bins + bin, to);
    if (!rejects(plan.reductions[reduction])) return;
    std::int64_t kept = 0;
    for (std::size_t part = 0; part < parts(); ++part)
      kept += counts_on_host(column * parts() + part);
    core::PixelTally& tally = out.tally[reduction][frame];
    tally.rejected = tally.used - kept;
    tally.used = kept;
  }

  // Teams that work at once in global memory.
  std::size_t places_for(std::size_t bytes) const {
    std::size_t const at_once =
        static_cast<std::size_t>(std::max(1, Space().concurrency() / settings.threads));
    return std::clamp<std::size_t>(settings.workspace_bytes / std::max<std::size_t>(bytes, 1), 1,
                                   at_once);
  }

  void launch(core::Reduction const& reduction, SortedRows const& of, bool in_scratch,
              int columns) {
    Array<int const*> const bins = in_scratch ? of.short_bins : of.long_bins;
    if (bins.extent(0) == 0) return;
    TeamMemory const memory =
        memory_of(reduction, in_scratch ? of.longest_short : of.longest_long, settings.threads);
    ReduceBins const kernel{.method = reduction.method,
                            .error_model = reduction.error_model,
                            .clip = reduction.clip,
                            .quantiles = reduction.quantiles,
                            .bins = bins,
                            .columns = columns,
                            .memory = memory,
                            .in_scratch = in_scratch,
                            .workspace = workspace,
                            .begin = of.rows.begin,
                            .pixel = of.rows.pixel,
                            .coefficient = of.rows.coefficient,
                            .norm = of.rows.norm,
                            .dark = corrections.dark,
                            .variance = corrections.variance,
                            .dark_variance = corrections.dark_variance,
                            .raw = Frames(raw, width, plan.shape.pixels()),
                            .all_bins = static_cast<int>(all_bins),
                            .sums = sums,
                            .used = rejects(reduction) ? used : Array<unsigned char**>{}};
    int const items = static_cast<int>(bins.extent(0)) * columns;
    int const league =
        in_scratch ? items : std::min(items, static_cast<int>(places_for(memory.bytes())));
    TeamsOfSpace policy(league, settings.threads);
    if (in_scratch) policy.set_scratch_size(0, Kokkos::PerTeam(static_cast<int>(memory.bytes())));
    Kokkos::parallel_for("xrdct::reduce_bins", policy, kernel);
  }
};

BinReducer::BinReducer(core::ReductionPlan const& plan, std::size_t width,
                       TeamSettings const& settings)
    : state_(std::make_unique<State>(plan, width, settings)) {
  State& s = *state_;
  std::size_t const pixels = plan.shape.pixels();
  std::size_t workspace = 0;
  bool any_rejects = false;
  for (core::Reduction const& reduction : plan.reductions) {
    s.rows.emplace_back();
    if (!needs_whole_bins(reduction)) continue;
    s.rows.back() =
        sort_rows(reduction.matrix, plan.corrections, most_entries(reduction, settings));
    std::size_t const bytes =
        memory_of(reduction, s.rows.back().longest_long, settings.threads).bytes();
    workspace = std::max(workspace, s.places_for(bytes) * bytes);
    s.all_bins = std::max(s.all_bins, reduction.matrix.bins);
    any_rejects = any_rejects || rejects(reduction);
  }
  s.corrections = copy_corrections(plan.corrections);
  auto const label = [](char const* name) {
    return Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(name));
  };
  s.workspace = Array<double*>(label("xrdct::bins workspace"), workspace / sizeof(double));
  s.sums_on_host = Pinned<KeptSums*>(label("xrdct::bins sums"), width * s.all_bins);
  s.sums = array_for(s.sums_on_host);
  if (!any_rejects) return;
  s.used = Array<unsigned char**>(label("xrdct::bins used"), width, pixels);
  s.counts_on_host = Pinned<int*>(label("xrdct::bins counts"), width * s.parts());
  s.counts = array_for(s.counts_on_host);
}

BinReducer::~BinReducer() = default;

void BinReducer::load(std::span<float const> raw) {
  State& s = *state_;
  XRDCT_ASSERT(raw.size() == s.width * s.plan.shape.pixels());
  s.raw = raw.data();
  if constexpr (!host_memory) {
    if (s.frames.size() == 0)
      s.frames = Array<float**>(std::string("xrdct::bins frames"), s.width, s.plan.shape.pixels());
    Kokkos::deep_copy(s.frames, OnHost<float const**>(raw.data(), s.width, s.plan.shape.pixels()));
    s.raw = s.frames.data();
  }
}

void BinReducer::use(float const* values) { state_->raw = values; }

void BinReducer::reduce(std::size_t reduction, std::span<std::size_t const> frames,
                        core::ReducedBatch& out) {
  State& s = *state_;
  core::Reduction const& of = s.plan.reductions[reduction];
  XRDCT_ASSERT(needs_whole_bins(of) && frames.size() <= s.width && s.raw != nullptr);
  if (rejects(of)) Kokkos::deep_copy(s.used, static_cast<unsigned char>(0));
  for (bool in_scratch : {true, false})
    s.launch(of, s.rows[reduction], in_scratch, static_cast<int>(frames.size()));
  fetch(Space(), s.sums, s.sums_on_host, frames.size() * s.all_bins);
  if (rejects(of)) s.count_used(frames.size());
  Space().fence();
  share_on_host("xrdct::write_bins", frames.size(), [&](std::size_t column) {
    if (out.status[frames[column]] == core::FrameStatus::good)
      s.write(reduction, column, frames[column], out);
  });
}

EngineMemory BinReducer::memory() const noexcept {
  State const& s = *state_;
  EngineMemory memory = memory_of_both(s.sums_on_host) + memory_of_both(s.counts_on_host);
  for (SortedRows const& of : s.rows)
    memory += of.rows.memory() + memory_of(of.short_bins) + memory_of(of.long_bins);
  return memory + s.corrections.memory() + memory_of(s.frames) + memory_of(s.workspace) +
         memory_of(s.used);
}

}  // namespace xrdct::kernels
