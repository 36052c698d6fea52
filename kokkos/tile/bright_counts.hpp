#pragma once
#include <algorithm>
#include <cstddef>
#include <span>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/tile/tile_entries.hpp"

namespace xrdct::kernels {

/// The count at a place where `bright_placeholder` stands.
inline float count_at_placeholder(std::span<BrightCount const> bright, std::size_t place) {
  auto const found =
      std::lower_bound(bright.begin(), bright.end(), place,
                       [](BrightCount const& b, std::size_t wanted) { return b.place < wanted; });
  return found != bright.end() && found->place == place ? found->counts : bright_placeholder;
}

/// The run of a bin, or the end. In a tile most bins between the first and the last have one:
/// little is left to search.
inline auto run_of(std::span<BinRun const> runs, std::uint32_t bin) {
  if (runs.empty() || bin < runs.front().bin || bin > runs.back().bin) return runs.end();
  std::size_t const last = std::min<std::size_t>(bin - runs.front().bin, runs.size() - 1),
                    behind = runs.back().bin - bin;
  auto const begin = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() - 1 -
                                                                std::min(behind, runs.size() - 1));
  auto const end = runs.begin() + static_cast<std::ptrdiff_t>(last + 1);
  auto const run = std::lower_bound(
      begin, end, bin, [](BinRun const& r, std::uint32_t wanted) { return r.bin < wanted; });
  return run != end && run->bin == bin ? run : runs.end();
}

/// Calls `visit` with the index of each of the runs that holds a pixel.
/// \param runs singles of the tile of the pixel
/// \param pixel of the image
template <class Visit>
void each_run_of(core::BinMatrix const& bins, std::span<BinRun const> runs, std::size_t pixel,
                 Visit visit) {
  for (std::uint32_t e = bins.entry_begin[pixel]; e < bins.entry_begin[pixel + 1]; ++e) {
    auto const run = run_of(runs, bins.bin[e]);
    if (run != runs.end()) visit(static_cast<std::size_t>(run - runs.begin()));
  }
}

/// Adds to S and V, of a matrix whose coefficients are all 1, what bright counts have more than
/// their placeholders: exact.
/// \param sums [bin][2][lane]
inline void add_bright(core::BinMatrix const& bins, EntryRuns const& entries,
                       TilePixels const& pixels, std::size_t first_pixel, bool with_variance,
                       double* sums) {
  for (auto const& [place, counts] : pixels.bright)
    each_run_of(bins, entries.runs, first_pixel + place / lanes,
                [&, place = place, counts = counts](std::size_t run) {
                  double* const sum =
                      sums + std::size_t{entries.runs[run].bin} * 2 * lanes + place % lanes;
                  double const more = double{counts} - bright_placeholder;
                  sum[0] += more;
                  if (with_variance) sum[lanes] += more;
                });
}

}  // namespace xrdct::kernels
