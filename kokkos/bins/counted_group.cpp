// Sums and extremes of the counts of a group of frames.
#include "kokkos/bins/counted_group.hpp"

#include <span>

#include "kokkos/tile/bright_counts.hpp"

namespace xrdct::kernels {

CountedGroup::CountedGroup(CountedBins const& bins)
    : squares(bins.runs.bins() * lanes),
      placed(bins.prepared.windows.bins * lanes),
      extremes(bins.runs.places()),
      windows(bins.prepared.windows),
      excluded(bins.matrix, bins.runs.places()) {}

std::size_t CountedGroup::memory_bytes() const noexcept {
  return (squares.capacity() + placed.capacity()) * sizeof(double) +
         extremes.capacity() * sizeof(RunExtremes) +
         bright_runs.capacity() * sizeof(std::uint32_t) + windows.memory_bytes() +
         excluded.memory_bytes();
}

void CountedGroup::clear() {
  windows.clear();
  std::fill(squares.begin(), squares.end(), 0.0);
  std::fill(placed.begin(), placed.end(), 0.0);
  excluded.clear();
  bright_runs.clear();
}

void CountedGroup::add_tile(CountedBins const& bins, std::size_t tile, TilePixels const& pixels,
                            double* sums) {
  CountPlan const& prepared = bins.prepared;
  if (!placed.empty()) windows.begin(tile, sums, squares.data(), placed.data());
  prepared.kernels.add(bins.matrix.tile(tile).singles, pixels,
                       {sums, squares.data(), placed.data(),
                        placed.empty() ? nullptr : prepared.windows.places.data(),
                        prepared.place.data() + bins.matrix.first_run(tile), extremes.data(),
                        prepared.with_variance});
  add_bright(bins, tile, pixels, sums);
}

// What bright counts have more than their placeholders.
void CountedGroup::add_bright(CountedBins const& bins, std::size_t tile, TilePixels const& pixels,
                              double* sums) {
  TileMatrix const& matrix = bins.matrix;
  core::BinMatrix const& of_pixel = bins.bins;
  std::span const runs = matrix.tile(tile).singles.runs;
  std::size_t const first_pixel = tile * bins.prepared.tile_pixels,
                    first_of_tile = bright_runs.size();
  constexpr std::size_t far = 16, near = 8;
  auto const pixel_of = [&](std::size_t k) { return first_pixel + pixels.bright[k].place / lanes; };
  for (std::size_t k = 0; k < std::min(far, pixels.bright.size()); ++k)
    __builtin_prefetch(&of_pixel.entry_begin[pixel_of(k)]);
  for (std::size_t k = 0; k < pixels.bright.size(); ++k) {
    if (k + far < pixels.bright.size())
      __builtin_prefetch(&of_pixel.entry_begin[pixel_of(k + far)]);
    if (k + near < pixels.bright.size())
      __builtin_prefetch(of_pixel.bin.data() + of_pixel.entry_begin[pixel_of(k + near)]);
    auto const& [place, counts] = pixels.bright[k];
    each_run_of(
        of_pixel, runs, first_pixel + place / lanes,
        [&, place = place, counts = counts](std::size_t index) {
          std::uint32_t const run = matrix.first_run(tile) + static_cast<std::uint32_t>(index);
          std::size_t const bin = runs[index].bin, lane = place % lanes,
                            of_bin = bin * lanes + lane;
          double const s = counts, more = s - bright_placeholder;
          sums[bin * 2 * lanes + lane] += more;
          if (bins.prepared.with_variance) sums[(bin * 2 + 1) * lanes + lane] += more;
          squares[of_bin] += s * s - double{bright_placeholder} * bright_placeholder;
          if (!placed.empty()) {
            std::uint16_t const* const first = matrix.pixels() + matrix.run(run).first_entry;
            std::uint16_t const* const found = std::lower_bound(
                first, matrix.pixels() + matrix.run(run + 1).first_entry, place / lanes);
            placed[of_bin] +=
                bins.prepared.windows.places[static_cast<std::size_t>(found - matrix.pixels())] *
                more;
          }
          std::uint16_t& largest = extremes[bins.prepared.place[run]].largest[lane];
          largest = std::max(largest, static_cast<std::uint16_t>(std::min(s, double{most_counts})));
          if (bright_runs.size() == first_of_tile || bright_runs.back() != run)
            bright_runs.push_back(run);
        });
  }
  std::sort(bright_runs.begin() + static_cast<std::ptrdiff_t>(first_of_tile), bright_runs.end());
}

// Whether some lane keeps a count of the run that may be bright.
bool CountedGroup::keeps_bright(std::size_t place) const {
  PerLane<std::uint16_t> const& largest = extremes[place].largest;
  std::uint16_t most = 0;  // on vectors, for there is nothing to stop at
  for (std::uint16_t counts : largest) most = std::max(most, counts);
  return most >= bright_placeholder;
}

}  // namespace xrdct::kernels
