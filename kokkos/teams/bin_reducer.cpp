// Reduces the bins of decoded frames, a team of threads per bin and group of frames.
#include "kokkos/teams/bin_reducer.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "core/words/errors.hpp"
#include "kokkos/teams/bin_pixels.hpp"
#include "kokkos/teams/device_rows.hpp"
#include "kokkos/teams/quantile_keys.hpp"

namespace xrdct::kernels {
namespace {

bool rejects(core::Reduction const& reduction) {
  return reduction.method == core::Method::sigma_clip ||
         reduction.method == core::Method::quantile_mean;
}

VarianceOf variance_of(core::ErrorModel model) {
  bool const propagated = model != core::ErrorModel::none && model != core::ErrorModel::azimuthal;
  return !propagated                           ? VarianceOf::nothing
         : model == core::ErrorModel::variance ? VarianceOf::image
                                               : VarianceOf::counts;
}

int groups_of(int columns) { return (columns + frames_of_group - 1) / frames_of_group; }

// The rows of a matrix, and the frames that are reduced by it.
struct FramesInRows {
  VarianceOf variance_of;
  Array<int const*> begin, pixel;
  Array<float const*> coefficient, norm;
  Array<float const*> dark, variance, dark_variance;  // [pixel]; empty: none
  CodedFrames frames;

  KOKKOS_FUNCTION BinPixels bin(int number, int group) const {
    int const first = begin(number);
    return {.entries = begin(number + 1) - first,
            .pixel = pixel.data() + first,
            .coefficient = coefficient.data() + first,
            .norm = norm.data() + first,
            .dark = dark.extent(0) > 0 ? dark.data() : nullptr,
            .variance = variance.data(),
            .dark_variance = dark_variance.extent(0) > 0 ? dark_variance.data() : nullptr,
            .variance_of = variance_of,
            .group = frames.group(group)};
  }
};

constexpr std::uint32_t each_frame = 0x01010101u;  // of a group, a byte each

// A team per bin and group of frames.
template <class Range, bool azimuthal>
struct ReduceBins {
  BinRule rule;
  FramesInRows rows;
  int bins, columns;
  Array<Range const*> ranges;   // [column][bin]; empty: everything
  Array<KeptSums*> sums;        // [column][bin]
  Array<std::uint32_t**> used;  // [group][pixel] byte f: of frame f; empty: not wanted

  static std::size_t scratch_bytes(int threads) {
    return sizeof(BinState<Range>) +
           (azimuthal ? static_cast<std::size_t>(threads) * sizeof(OfGroup<RunningSums>) : 0);
  }

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const groups = (columns + frames_of_group - 1) / frames_of_group,
              bin = team.league_rank() / groups, group = team.league_rank() % groups,
              first = group * frames_of_group,
              frames = columns - first < frames_of_group ? columns - first : frames_of_group;
    auto& state = *static_cast<BinState<Range>*>(team.team_scratch(0).get_shmem(
        sizeof(BinState<Range>) +
        (azimuthal ? static_cast<std::size_t>(team.team_size()) * sizeof(OfGroup<RunningSums>)
                   : 0)));
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int f = 0; f < frames_of_group; ++f)
        state.ranges.of_frame[f] =
            f < frames && ranges.extent(0) > 0 ? ranges((first + f) * bins + bin) : Range{};
      state.before = reinterpret_cast<OfGroup<RunningSums>*>(&state + 1);
    });
    team.team_barrier();
    BinPixels const pixels = rows.bin(bin, group);
    reduce_bin<azimuthal>(team, pixels, rule, state);
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int f = 0; f < frames; ++f) sums((first + f) * bins + bin) = state.all.of_frame[f].sums;
    });
    if (used.extent(0) > 0) mark_used(team, pixels, state.ranges, &used(group, 0));
  }

  // Several bins may keep a pixel: they write the same.
  KOKKOS_FUNCTION void mark_used(TeamOfSpace const& team, BinPixels const& pixels,
                                 OfGroup<Range> const& kept, std::uint32_t* marks) const {
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, pixels.entries), [&](int k) {
      BinEntry const e = pixels.entry(k);
      std::uint32_t of_pixel = 0;
      for (int f = 0; f < frames_of_group; ++f)
        of_pixel |= e.kept_by(kept.of_frame[f], f, k) ? 1u << (8 * f) : 0u;
      if (of_pixel == each_frame) {
        marks[e.pixel] = of_pixel;
        return;
      }
      auto* const bytes = reinterpret_cast<unsigned char*>(marks + e.pixel);
      for (int f = 0; f < frames_of_group; ++f)
        if ((of_pixel >> (8 * f) & 1u) != 0) bytes[f] = 1;
    });
  }
};

// The teams of the league take turns at the bins in each of the frames.
struct FindKeys {
  core::Quantiles quantiles;
  FramesInRows rows;
  int bins, columns, longest;
  Array<std::uint64_t*> workspace;  // [team][longest]
  Array<KeptByKeys*> ranges;        // [column][bin]
  std::size_t scratch_bytes;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int* const sizes = static_cast<int*>(team.team_scratch(0).get_shmem(scratch_bytes));
    std::uint64_t* const keys =
        workspace.data() + static_cast<std::int64_t>(team.league_rank()) * longest;
    for (int item = team.league_rank(); item < bins * columns; item += team.league_size()) {
      int const bin = item / columns, column = item % columns;
      BinPixels const pixels = rows.bin(bin, column / frames_of_group);
      BinKeys const of{pixels, column % frames_of_group, keys, sizes, sizes + team.team_size()};
      KeptByKeys const range = keys_between(team, of, quantiles);
      Kokkos::single(Kokkos::PerTeam(team), [&] { ranges(column * bins + bin) = range; });
      team.team_barrier();
    }
  }
};

constexpr int part_pixels = 1 << 15;  // that a team counts

// A team per part of a group of frames.
struct CountUsed {
  Array<std::uint32_t**> used;
  int parts;
  Array<OfGroup<int>*> counts;  // [group][part]

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const group = team.league_rank() / parts, part = team.league_rank() % parts;
    std::int64_t const first = std::int64_t{part} * part_pixels,
                       left = static_cast<std::int64_t>(used.extent(1)) - first;
    OfGroup<int> count{};
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, static_cast<int>(left < part_pixels ? left : part_pixels)),
        [&](int k, OfGroup<int>& sum) {
          std::uint32_t const marks = used(group, first + k);
          for (int f = 0; f < frames_of_group; ++f)
            sum.of_frame[f] += static_cast<int>(marks >> (8 * f) & 1u);
        },
        Kokkos::Sum<OfGroup<int>>(count));
    Kokkos::single(Kokkos::PerTeam(team), [&] { counts(team.league_rank()) = count; });
  }
};

// Codes for frames of floats: all pixels lie in the image.
struct CodeFloats {
  OnSpace<float const**> raw;  // [column][pixel] NaN: invalid
  Array<std::uint32_t**> codes;

  KOKKOS_FUNCTION void operator()(int pixel) const {
    for (int group = 0; group < static_cast<int>(codes.extent(0)); ++group) {
      std::uint32_t all = 0;
      for (int f = 0; f < frames_of_group; ++f) {
        int const column = group * frames_of_group + f;
        bool const valid =
            column < static_cast<int>(raw.extent(0)) && raw(column, pixel) == raw(column, pixel);
        all |= (valid ? code_in_image : code_invalid) << (8 * f);
      }
      codes(group, pixel) = all;
    }
  }
};

TeamsOfSpace teams_with(int league, int threads, std::size_t scratch_bytes) {
  return TeamsOfSpace(league, threads)
      .set_scratch_size(0, Kokkos::PerTeam(static_cast<int>(scratch_bytes)));
}

int longest_bin(MatrixRows const& rows) {
  int longest = 0;
  for (std::size_t bin = 0; bin + 1 < rows.begin.size(); ++bin)
    longest = std::max(longest, rows.begin[bin + 1] - rows.begin[bin]);
  return longest;
}

template <class View>
View uninitialized(char const* name, std::size_t first, auto... others) {
  return View(Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(name)), first, others...);
}

// What is kept for a reduction.
struct WholeBins {
  DeviceRows rows;
  int longest = 0;  // bin, where keys are wanted
  int threads = 1;
  Results<KeptSums> sums;        // [column][bin]
  Array<KeptByKeys*> ranges;     // [column][bin], for quantiles alone
  Results<OfGroup<int>> counts;  // [group][part] used pixels, where pixels are rejected
};

}  // namespace

bool has_quantiles(core::Reduction const& reduction) {
  return reduction.method == core::Method::quantile_mean;
}

bool needs_whole_bins(core::Reduction const& reduction) {
  bool const plain =
      reduction.method == core::Method::mean || reduction.method == core::Method::sum;
  return !plain || reduction.error_model == core::ErrorModel::azimuthal;
}

TeamSettings TeamSettings::of_space() {
  if (host_memory) return {1, std::size_t{1} << 30};
  return {4 * threads_of_warp, std::size_t{1} << 30};
}

struct BinReducer::State {
  core::ReductionPlan const& plan;
  std::size_t width;
  TeamSettings settings;
  std::vector<std::optional<WholeBins>> all;  // [reduction] none: whole bins are not needed
  DeviceCorrections corrections;
  Array<float**> loaded;         // on a device alone
  Array<std::uint32_t**> codes;  // of frames that were loaded
  CodedFrames frames;
  Array<std::uint64_t*> workspace;  // [team][longest bin]
  Array<std::uint32_t**> used;      // [group][pixel] of one reduction after the other

  State(core::ReductionPlan const& of, std::size_t most, TeamSettings const& by)
      : plan(of), width(most), settings(by), corrections(copy_corrections(of.corrections)) {}

  std::size_t groups() const {
    return static_cast<std::size_t>(groups_of(static_cast<int>(width)));
  }
  std::size_t parts() const { return (plan.shape.pixels() + part_pixels - 1) / part_pixels; }

  WholeBins prepare(core::Reduction const& reduction) const {
    MatrixRows const rows = rows_of(reduction.matrix, plan.corrections.mask);
    std::size_t const bins = reduction.matrix.bins;
    WholeBins of;
    of.rows = copy_rows(rows, plan.corrections);
    of.threads =
        host_memory ? settings.threads : std::min(settings.threads, threads_for(rows, bins));
    of.sums = Results<KeptSums>("xrdct::bins sums", width * bins);
    if (has_quantiles(reduction)) {
      of.longest = longest_bin(rows);
      of.ranges = uninitialized<Array<KeptByKeys*>>("xrdct::bins ranges", width * bins);
    }
    if (rejects(reduction))
      of.counts = Results<OfGroup<int>>("xrdct::bins counts", groups() * parts());
    return of;
  }

  // Teams that look for keys at once.
  std::size_t places_for(WholeBins const& of) const {
    std::size_t const bytes =
        static_cast<std::size_t>(std::max(of.longest, 1)) * sizeof(std::uint64_t);
    std::size_t const at_once =
        static_cast<std::size_t>(std::max(1, Space().concurrency() / of.threads));
    return std::clamp<std::size_t>(settings.workspace_bytes / bytes, 1, at_once);
  }

  FramesInRows rows_for(core::Reduction const& reduction, DeviceRows const& rows) const {
    return {.variance_of = variance_of(reduction.error_model),
            .begin = rows.begin,
            .pixel = rows.pixel,
            .coefficient = rows.coefficient,
            .norm = rows.norm,
            .dark = corrections.dark,
            .variance = corrections.variance,
            .dark_variance = corrections.dark_variance,
            .frames = frames};
  }

  void find_keys(core::Reduction const& reduction, WholeBins const& of, int columns) const {
    int const bins = static_cast<int>(reduction.matrix.bins),
              league = std::min(bins * columns, static_cast<int>(places_for(of)));
    std::size_t const bytes = 2 * sizeof(int) * static_cast<std::size_t>(of.threads);
    Kokkos::parallel_for("xrdct::find_keys", teams_with(league, of.threads, bytes),
                         FindKeys{.quantiles = reduction.quantiles,
                                  .rows = rows_for(reduction, of.rows),
                                  .bins = bins,
                                  .columns = columns,
                                  .longest = of.longest,
                                  .workspace = workspace,
                                  .ranges = of.ranges,
                                  .scratch_bytes = bytes});
  }

  template <class Range, bool azimuthal>
  void sum_up(core::Reduction const& reduction, WholeBins const& of, int columns,
              Array<Range const*> const& ranges, std::size_t set) const {
    int const bins = static_cast<int>(reduction.matrix.bins);
    using Kernel = ReduceBins<Range, azimuthal>;
    Kokkos::parallel_for(
        "xrdct::reduce_bins",
        teams_with(bins * groups_of(columns), of.threads, Kernel::scratch_bytes(of.threads)),
        Kernel{.rule = {reduction.method, reduction.error_model, reduction.clip},
               .rows = rows_for(reduction, of.rows),
               .bins = bins,
               .columns = columns,
               .ranges = ranges,
               .sums = of.sums.there(set),
               .used = rejects(reduction) ? used : Array<std::uint32_t**>{}});
  }

  template <class Range>
  void sum_up(core::Reduction const& reduction, WholeBins const& of, int columns,
              Array<Range const*> const& ranges, std::size_t set) const {
    bool const azimuthal = reduction.error_model == core::ErrorModel::azimuthal ||
                           reduction.error_model == core::ErrorModel::hybrid;
    if (azimuthal)
      sum_up<Range, true>(reduction, of, columns, ranges, set);
    else
      sum_up<Range, false>(reduction, of, columns, ranges, set);
  }

  void count_used(WholeBins const& of, int columns, std::size_t set) const {
    int const parts_of_all = groups_of(columns) * static_cast<int>(parts());
    Kokkos::parallel_for("xrdct::count_used", TeamsOfSpace(parts_of_all, of.threads),
                         CountUsed{used, static_cast<int>(parts()), of.counts.there(set)});
    of.counts.fetch_first(static_cast<std::size_t>(parts_of_all), set);
  }

  void reduce(std::size_t r, int columns, std::size_t set) const {
    core::Reduction const& reduction = plan.reductions[r];
    WholeBins const& of = *all[r];
    if (rejects(reduction)) Kokkos::deep_copy(Space(), used, 0u);
    if (has_quantiles(reduction)) {
      find_keys(reduction, of, columns);
      sum_up<KeptByKeys>(reduction, of, columns, of.ranges, set);
    } else {
      sum_up<KeptBetween>(reduction, of, columns, {}, set);
    }
    of.sums.fetch_first(static_cast<std::size_t>(columns) * reduction.matrix.bins, set);
    if (rejects(reduction)) count_used(of, columns, set);
  }
};

BinReducer::BinReducer(core::ReductionPlan const& plan, std::size_t width,
                       TeamSettings const& settings)
    : state_(std::make_unique<State>(plan, width, settings)) {
  State& s = *state_;
  std::size_t workspace = 0;
  bool any_rejects = false;
  for (core::Reduction const& reduction : plan.reductions) {
    s.all.emplace_back();
    if (!needs_whole_bins(reduction)) continue;
    WholeBins const& of = s.all.back().emplace(s.prepare(reduction));
    any_rejects = any_rejects || rejects(reduction);
    if (has_quantiles(reduction))
      workspace = std::max(workspace, s.places_for(of) * static_cast<std::size_t>(of.longest));
  }
  s.workspace = uninitialized<Array<std::uint64_t*>>("xrdct::bins workspace", workspace);
  if (any_rejects)
    s.used =
        uninitialized<Array<std::uint32_t**>>("xrdct::bins used", s.groups(), plan.shape.pixels());
}

BinReducer::~BinReducer() = default;

void BinReducer::load(std::span<float const> raw) {
  State& s = *state_;
  std::size_t const pixels = s.plan.shape.pixels();
  XRDCT_ASSERT(raw.size() == s.width * pixels);
  if (s.codes.size() == 0)
    s.codes = uninitialized<Array<std::uint32_t**>>("xrdct::bins codes", s.groups(), pixels);
  float const* values = raw.data();
  if constexpr (!host_memory) {
    if (s.loaded.size() == 0)
      s.loaded = Array<float**>(std::string("xrdct::bins frames"), s.width, pixels);
    Kokkos::deep_copy(s.loaded, OnHost<float const**>(raw.data(), s.width, pixels));
    values = s.loaded.data();
  }
  Kokkos::parallel_for("xrdct::code_floats",
                       Kokkos::RangePolicy<Space>(0, static_cast<int>(pixels)),
                       CodeFloats{OnSpace<float const**>(values, s.width, pixels), s.codes});
  s.frames = {{core::PixelType::f32, reinterpret_cast<std::byte const*>(values),
               static_cast<std::int64_t>(pixels * sizeof(float))},
              static_cast<std::int64_t>(pixels),
              s.codes.data()};
}

void BinReducer::use(CodedFrames const& frames) { state_->frames = frames; }

void BinReducer::reduce(std::size_t columns, std::size_t set) {
  State& s = *state_;
  XRDCT_ASSERT(columns <= s.width && s.frames.codes != nullptr);
  for (std::size_t r = 0; r < s.all.size(); ++r)
    if (s.all[r]) s.reduce(r, static_cast<int>(columns), set);
}

void BinReducer::wait() const { Space().fence(); }

void BinReducer::write(std::size_t set, std::size_t column, std::size_t frame,
                       core::ReducedBatch& out) const {
  State const& s = *state_;
  for (std::size_t r = 0; r < s.all.size(); ++r) {
    if (!s.all[r]) continue;
    core::PatternSums& to = out.sums[r];
    for (std::size_t bin = 0; bin < to.bins; ++bin)
      write_sums(s.all[r]->sums.here(set)[column * to.bins + bin], frame * to.bins + bin, to);
    if (!rejects(s.plan.reductions[r])) continue;
    OfGroup<int> const* const counts =
        s.all[r]->counts.here(set) + column / frames_of_group * s.parts();
    std::int64_t kept = 0;
    for (std::size_t part = 0; part < s.parts(); ++part)
      kept += counts[part].of_frame[column % frames_of_group];
    core::PixelTally& tally = out.tally[r][frame];
    tally.rejected = tally.used - kept;
    tally.used = kept;
  }
}

EngineMemory BinReducer::memory() const noexcept {
  State const& s = *state_;
  EngineMemory memory = s.corrections.memory() + memory_of(s.loaded) + memory_of(s.codes) +
                        memory_of(s.used) + memory_of(s.workspace);
  for (auto const& of : s.all)
    if (of)
      memory += of->rows.memory() + of->sums.memory() + of->counts.memory() + memory_of(of->ranges);
  return memory;
}

}  // namespace xrdct::kernels
