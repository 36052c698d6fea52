// Projects slices forward and back by teams of threads, without atomics.
#include "kokkos/tomography/device_projector.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "kokkos/tomography/device_shares.hpp"

namespace xrdct::kernels {
namespace {

constexpr int items_of_team = 256;  // voxels or samples, times the threads that share their bins

// Whole numbers from `begin` on, before `end`.
struct Span {
  int begin, end;
};

// Those within that are in [low, high] when they are divided by `inverse`, and perhaps some beside
// them. 0: all.
KOKKOS_INLINE_FUNCTION Span narrowed(Span const& within, double low, double high, double inverse) {
  constexpr double margin = 0.01;  // far more than what is lost by rounding
  if (inverse == 0.0) return within;
  double const a = low * inverse, b = high * inverse;
  double const first = std::ceil((a < b ? a : b) - margin),
               last = std::floor((a < b ? b : a) + margin);
  Span span = within;
  if (first > within.begin) span.begin = first < within.end ? static_cast<int>(first) : within.end;
  if (last < within.end - 1)
    span.end = last >= span.begin ? static_cast<int>(last) + 1 : span.begin;
  return span;
}

// The voxels that one sample may see: low ≤ column·cosine − row·sine ≤ high. Which of them it sees
// is for the shares to say.
struct Beam {
  double cosine, sine, per_cosine, per_sine, low, high;

  // Those within that the sample may see in one of the rows.
  KOKKOS_FUNCTION Span columns(Span const& within, Span const& rows) const {
    double const a = rows.begin * sine, b = (rows.end - 1) * sine;
    return narrowed(within, low + (a < b ? a : b), high + (a < b ? b : a), per_cosine);
  }
  KOKKOS_FUNCTION Span rows(Span const& within, Span const& columns) const {
    double const a = columns.begin * cosine, b = (columns.end - 1) * cosine;
    return narrowed(within, (a < b ? a : b) - high, (a < b ? b : a) - low, per_sine);
  }
};

// 0 where a line of places is so steep that dividing by it would be inexact.
KOKKOS_INLINE_FUNCTION double inverse_of(double slope) {
  return std::fabs(slope) < 1e-6 ? 0.0 : 1.0 / slope;
}

// The grid of voxels as kernels see it.
struct Grid {
  int side;
  double half_side;
  Array<int const*> first, after_last;  // [row] columns inside of the circle

  KOKKOS_FUNCTION double up(int row) const { return half_side - static_cast<double>(row); }
  KOKKOS_FUNCTION double across(int column) const {
    return static_cast<double>(column) - half_side;
  }
};

// The samples as kernels see them: [projection][line][bin].
struct Lines {
  int projections, total;
  int threads;  // that share the bins of a sample or of a voxel …
  int fours;    // … which are so many groups of four
  Array<PlacedRay const*> rays;

  KOKKOS_FUNCTION std::int64_t step() const { return static_cast<std::int64_t>(total) * fours; }
};

// A team per tile of neighbouring voxels.
template <class SumOfVoxel>
struct OverVoxels {
  SumOfVoxel sum_of_voxel;
  Grid grid;
  int tile_rows, tile_columns, tiles_across;
  Array<float*> slice;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const top = team.league_rank() / tiles_across * tile_rows,
              left = team.league_rank() % tiles_across * tile_columns;
    int const threads = sum_of_voxel.lines.threads;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, tile_rows * tile_columns * threads),
                         [&](int item) {
                           int const voxel = item / threads, row = top + voxel / tile_columns,
                                     column = left + voxel % tile_columns;
                           if (row < grid.side && column < grid.side)
                             sum_up(row, column, item % threads);
                         });
  }

  KOKKOS_FUNCTION void sum_up(int row, int column, int thread) const {
    bool const inside = column >= grid.first(row) && column < grid.after_last(row);
    ThreadBins const sum =
        inside ? sum_of_voxel(grid.up(row), grid.across(column), thread) : ThreadBins{};
    Lines const& lines = sum_of_voxel.lines;
    sum.store(FourBins::at(slice) +
                  (static_cast<std::int64_t>(row) * grid.side + column) * lines.fours + thread,
              lines.threads);
  }
};

template <class Shares>
struct BackProjection {
  Lines lines;
  Array<float const*> samples;

  KOKKOS_FUNCTION ThreadBins operator()(double up, double across, int thread) const {
    ThreadBins sum{};
    std::int64_t const step = lines.step();
    FourBins const* line = FourBins::at(samples) + thread;
    for (int p = 0; p < lines.projections; ++p, line += step) {
      PlacedRay const& ray = lines.rays(p);
      Shares const shares(ray, place_of(ray, base_of(ray, up), across));
      FourBins const* const sample = line + shares.first * lines.fours;
      for (int i = 0; i < ThreadBins::fours; ++i) {
        FourBins const* const own = sample + i * lines.threads;
        FourBins seen = own[0].times(shares.share[0]);
        for (int k = 1; k < Shares::reach; ++k) seen.add(shares.share[k], own[k * lines.fours]);
        sum.of[i].add(seen);
      }
    }
    return sum;
  }
};

struct BackProjectionVariance {
  Lines lines;
  Array<float const*> own, with_next;

  KOKKOS_FUNCTION ThreadBins operator()(double up, double across, int thread) const {
    ThreadBins sum{};
    std::int64_t const step = lines.step();
    std::int64_t begin = thread;
    for (int p = 0; p < lines.projections; ++p, begin += step) {
      PlacedRay const& ray = lines.rays(p);
      LinearShares const shares(ray, place_of(ray, base_of(ray, up), across));
      float const low = shares.share[0] * shares.share[0], high = shares.share[1] * shares.share[1],
                  both = 2.0F * shares.share[0] * shares.share[1];
      std::int64_t const first = begin + shares.first * lines.fours;
      for (int i = 0; i < ThreadBins::fours; ++i) {
        std::int64_t const at = first + i * lines.threads;
        FourBins seen = FourBins::at(own)[at].times(low);
        seen.add(high, FourBins::at(own)[at + lines.fours]);
        seen.add(both, FourBins::at(with_next)[at]);
        sum.of[i].add(seen);
      }
    }
    return sum;
  }
};

// A team per neighbouring samples of a projection. Voxels are added in the order of the host:
// tiles, rows, columns.
template <class Shares>
struct ForwardProjection {
  Lines lines;
  Grid grid;
  int translations, before;
  int of_team, teams;  // samples of a team, teams of a projection
  Array<float const*> slice;
  Array<float*> padded;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const projection = team.league_rank() / teams, first = team.league_rank() % teams * of_team;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, of_team * lines.threads), [&](int item) {
      int const translation = first + item / lines.threads, thread = item % lines.threads;
      if (translation >= translations) return;
      int const sample = before + translation;
      seen_by(lines.rays(projection), sample, thread)
          .store(FourBins::at(padded) + projection * lines.step() + sample * lines.fours + thread,
                 lines.threads);
    });
  }

  KOKKOS_FUNCTION ThreadBins seen_by(PlacedRay const& ray, int sample, int thread) const {
    double const corner = place_of(ray, base_of(ray, grid.up(0)), grid.across(0)),
                 farthest = Shares::farthest(ray);
    Beam const beam{ray.cosine,
                    ray.sine,
                    inverse_of(ray.cosine),
                    inverse_of(ray.sine),
                    sample - corner - farthest,
                    sample - corner + farthest};
    constexpr int tile = static_cast<int>(tile_side);
    ThreadBins sum{};
    for (int top = 0; top < grid.side; top += tile) {
      Span const band{top, top + tile < grid.side ? top + tile : grid.side};
      Span const reached = beam.columns({0, grid.side}, band);
      for (int left = reached.begin / tile * tile; left < reached.end; left += tile) {
        Span const columns{left, left + tile < grid.side ? left + tile : grid.side};
        Span const rows = beam.rows(band, columns);
        for (int row = rows.begin; row < rows.end; ++row)
          add_row(ray, beam, sample, row, columns, thread, sum);
      }
    }
    return sum;
  }

  KOKKOS_FUNCTION void add_row(PlacedRay const& ray, Beam const& beam, int sample, int row,
                               Span const& columns, int thread, ThreadBins& sum) const {
    int const first = grid.first(row), after_last = grid.after_last(row);
    Span const inside{first > columns.begin ? first : columns.begin,
                      after_last < columns.end ? after_last : columns.end};
    if (inside.begin >= inside.end) return;
    Span const reached = beam.columns(inside, {row, row + 1});
    double const base = base_of(ray, grid.up(row));
    FourBins const* const voxel =
        FourBins::at(slice) + static_cast<std::int64_t>(row) * grid.side * lines.fours + thread;
    for (int column = reached.begin; column < reached.end; ++column) {
      Shares const shares(ray, place_of(ray, base, grid.across(column)));
      float const share = share_of(shares, sample);
      if (share != 0.0F) sum.add(share, voxel + column * lines.fours, lines.threads);
    }
  }
};

Lines lines_for(PaddedLines const& lines, Array<PlacedRay*> const& rays, std::size_t bins) {
  XRDCT_ASSERT(bins % bins_of_vector == 0);
  return {static_cast<int>(lines.rays.size()), static_cast<int>(lines.total),
          static_cast<int>(bins / 4) / ThreadBins::fours, static_cast<int>(bins / 4), rays};
}

template <class SumOfVoxel>
void sum_over_voxels(char const* label, SumOfVoxel const& sum, Grid const& grid, int team_threads,
                     Array<float*> const& slice) {
  OverVoxels<SumOfVoxel> kernel{sum, grid, 1, 1, 1, slice};
  while (2 * kernel.tile_rows * kernel.tile_columns * sum.lines.threads <= items_of_team)
    (kernel.tile_rows < kernel.tile_columns ? kernel.tile_rows : kernel.tile_columns) *= 2;
  kernel.tiles_across = (grid.side + kernel.tile_columns - 1) / kernel.tile_columns;
  int const tiles_down = (grid.side + kernel.tile_rows - 1) / kernel.tile_rows;
  Kokkos::parallel_for(label, TeamsOfSpace(kernel.tiles_across * tiles_down, team_threads), kernel);
}

Grid grid_of(core::SliceGeometry const& geometry, Array<int*> const& first,
             Array<int*> const& after_last) {
  return {static_cast<int>(geometry.side), geometry.half_side(), first, after_last};
}

}  // namespace

DeviceProjector::DeviceProjector(core::SliceGeometry const& geometry, Footprint footprint,
                                 int threads)
    : geometry_(geometry),
      footprint_(footprint),
      threads_(threads),
      lines_(padded_lines(geometry)),
      rays_(copy_to_space("xrdct::slices rays", lines_.rays)) {
  std::vector<int> first, after_last;
  for (std::size_t row = 0; row < geometry.side; ++row) {
    std::size_t begin = 0;
    while (begin < geometry.side && !geometry.inside(row, begin)) ++begin;
    std::size_t end = begin;
    while (end < geometry.side && geometry.inside(row, end)) ++end;
    first.push_back(static_cast<int>(begin));
    after_last.push_back(static_cast<int>(end));
  }
  first_ = copy_to_space("xrdct::slices first columns", first);
  after_last_ = copy_to_space("xrdct::slices last columns", after_last);
}

void DeviceProjector::back(Array<float const*> const& padded, std::size_t bins,
                           Array<float*> const& slice) const {
  auto const lines = lines_for(lines_, rays_, bins);
  auto const grid = grid_of(geometry_, first_, after_last_);
  if (footprint_ == Footprint::linear)
    sum_over_voxels("xrdct::project_back", BackProjection<LinearShares>{lines, padded}, grid,
                    threads_, slice);
  else
    sum_over_voxels("xrdct::project_back", BackProjection<StripShares>{lines, padded}, grid,
                    threads_, slice);
}

void DeviceProjector::variance(Array<float const*> const& own, Array<float const*> const& with_next,
                               std::size_t bins, Array<float*> const& slice) const {
  sum_over_voxels("xrdct::carry_variance",
                  BackProjectionVariance{lines_for(lines_, rays_, bins), own, with_next},
                  grid_of(geometry_, first_, after_last_), threads_, slice);
}

void DeviceProjector::forward(Array<float const*> const& slice, std::size_t bins,
                              Array<float*> const& padded) const {
  auto const lines = lines_for(lines_, rays_, bins);
  auto const grid = grid_of(geometry_, first_, after_last_);
  auto const translations = static_cast<int>(geometry_.translations),
             before = static_cast<int>(lines_.before);
  int const of_team = items_of_team / lines.threads, teams = (translations + of_team - 1) / of_team;
  auto const launch = [&](auto const& kernel) {
    Kokkos::parallel_for("xrdct::project", TeamsOfSpace(lines.projections * teams, threads_),
                         kernel);
  };
  if (footprint_ == Footprint::linear)
    launch(ForwardProjection<LinearShares>{lines, grid, translations, before, of_team, teams, slice,
                                           padded});
  else
    launch(ForwardProjection<StripShares>{lines, grid, translations, before, of_team, teams, slice,
                                          padded});
}

}  // namespace xrdct::kernels
