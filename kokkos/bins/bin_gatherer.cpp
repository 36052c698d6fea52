// Gathers the pixels of one bin from the turned tiles of a group of frames.
#include "kokkos/bins/bin_gatherer.hpp"

#include <algorithm>

#include "kokkos/tile/bright_counts.hpp"

namespace xrdct::kernels {

// A counting sort by bin: stable, so tiles stay ascending within a bin.
BinRuns::BinRuns(TileMatrix const& matrix, std::size_t bins) : first_(bins + 1) {
  std::vector<std::size_t> entries(bins);
  auto const each_run = [&](auto visit) {
    for (std::size_t tile = 0; tile < matrix.tiles(); ++tile)
      for (std::uint32_t run = matrix.first_run(tile); run < matrix.first_run(tile + 1); ++run)
        visit(static_cast<std::uint32_t>(tile), run);
  };
  each_run([&](std::uint32_t, std::uint32_t run) {
    std::uint32_t const bin = matrix.run(run).bin;
    ++first_[bin + 1];
    entries[bin] += matrix.run(run + 1).first_entry - matrix.run(run).first_entry;
  });
  for (std::size_t bin = 0; bin < bins; ++bin) first_[bin + 1] += first_[bin];
  places_.resize(first_[bins]);
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  each_run([&](std::uint32_t tile, std::uint32_t run) {
    std::uint32_t const first = matrix.run(run).first_entry;
    places_[next[matrix.run(run).bin]++] = {tile, first, matrix.run(run + 1).first_entry - first,
                                            run};
  });
  for (std::size_t number : entries) most_entries_ = std::max(most_entries_, number);
}

BinGatherer::BinGatherer(core::ReductionPlan const& plan, std::size_t tile_pixels,
                         std::size_t most_entries)
    : plan_(plan),
      tile_pixels_(tile_pixels),
      capacity_(most_entries),
      raw_(most_entries * lanes),
      place_(std::make_unique_for_overwrite<std::uint32_t[]>(most_entries)),
      pixel_(std::make_unique_for_overwrite<std::uint32_t[]>(most_entries)),
      dark_(std::make_unique<float[]>(most_entries)),
      norm_(std::make_unique_for_overwrite<float[]>(most_entries)),
      coefficient_(std::make_unique_for_overwrite<float[]>(most_entries)),
      variance_(std::make_unique<double[]>(most_entries)),
      bin_{0, raw_.data(), dark_.get(), norm_.get(), coefficient_.get(), variance_.get()} {}

std::size_t BinGatherer::memory_bytes() const noexcept {
  return capacity_ *
         (lanes * sizeof(float) + 2 * sizeof(std::uint32_t) + 3 * sizeof(float) + sizeof(double));
}

BinEntries const& BinGatherer::gather(core::Reduction const& reduction, TileMatrix const& matrix,
                                      std::span<BinRuns::Place const> runs,
                                      TurnedImage const& image, BinKernels const& kernels) {
  bin_.entries = 0;
  bin_.has_invalid = false;
  std::size_t gathered = 0;
  Storage storage = Storage::u8;
  auto const read = [&] {
    if (gathered != bin_.entries)
      kernels.gather(image.data(), place_.get() + gathered, bin_.entries - gathered, storage,
                     raw_.data() + gathered * lanes);
    gathered = bin_.entries;
  };
  for (std::size_t k = 0; k < runs.size(); ++k) {
    BinRuns::Place const& run = runs[k];
    fetch(matrix, runs, k);
    TurnedTile const& tile = image.tile(run.tile);
    if (tile.storage != storage) read();
    storage = tile.storage;
    bin_.has_invalid |= tile.has_invalid;
    list_run(matrix, run, tile);
  }
  read();
  if (image.has_bright()) restore_bright(image, runs);
  add_variance(reduction.error_model);
  return bin_;
}

// Runs lie far from each other in memory: asks for what the next ones will need.
void BinGatherer::fetch(TileMatrix const& matrix, std::span<BinRuns::Place const> runs,
                        std::size_t current) const {
  constexpr std::size_t far = 16, near = 8;
  if (current + far < runs.size()) {
    std::uint32_t const entry = runs[current + far].first_entry;
    __builtin_prefetch(matrix.pixels() + entry);
    __builtin_prefetch(matrix.coefficients() + entry);
  }
  if (current + near >= runs.size()) return;
  BinRuns::Place const& run = runs[current + near];
  float const* norm = plan_.corrections.normalization.data() + run.tile * tile_pixels_;
  for (std::uint32_t e = run.first_entry; e < run.first_entry + run.entries; e += 2)
    __builtin_prefetch(norm + matrix.pixels()[e]);
}

void BinGatherer::list_run(TileMatrix const& matrix, BinRuns::Place const& run,
                           TurnedTile const& tile) {
  std::size_t const first_pixel = run.tile * tile_pixels_;
  auto const step = static_cast<std::uint32_t>(size_of(tile.storage));
  float const* norm = plan_.corrections.normalization.data() + first_pixel;
  std::uint16_t const* pixels = matrix.pixels() + run.first_entry;
  float const* coefficients = matrix.coefficients() + run.first_entry;
  std::size_t entry = bin_.entries;
  for (std::size_t k = 0; k < run.entries; ++k, ++entry) {
    std::uint32_t const p = pixels[k];
    place_[entry] = tile.place + p * step;
    pixel_[entry] = static_cast<std::uint32_t>(first_pixel) + p;
    norm_[entry] = norm[p];
    coefficient_[entry] = coefficients[k];
  }
  if (!plan_.corrections.dark.empty())
    for (std::size_t e = bin_.entries; e < entry; ++e) dark_[e] = plan_.corrections.dark[pixel_[e]];
  bin_.entries = entry;
}

void BinGatherer::restore_bright(TurnedImage const& image, std::span<BinRuns::Place const> runs) {
  std::size_t entry = 0;
  for (BinRuns::Place const& run : runs) {
    TilePixels const pixels = image.pixels(run.tile);
    std::size_t const end = entry + run.entries;
    if (pixels.bright.empty()) entry = end;
    for (; entry < end; ++entry) {
      float* const raw = raw_.data() + entry * lanes;
      if (std::find(raw, raw + lanes, float{bright_placeholder}) == raw + lanes) continue;
      std::size_t const place = (pixel_[entry] - run.tile * tile_pixels_) * lanes;
      for (std::size_t lane = 0; lane < lanes; ++lane)
        if (raw[lane] == bright_placeholder)
          raw[lane] = count_at_placeholder(pixels.bright, place + lane);
    }
  }
}

void BinGatherer::add_variance(core::ErrorModel model) {
  auto const& corrections = plan_.corrections;
  bin_.counts_vary = core::counts_vary(model);
  bool const given = model == core::ErrorModel::variance;
  bool const of_dark = (bin_.counts_vary || given) && !corrections.dark_variance.empty();
  if (corrections.variance.empty() && corrections.dark_variance.empty())
    return;  // 0 from the start
  for (std::size_t e = 0; e < bin_.entries; ++e) {
    std::uint32_t const p = pixel_[e];
    variance_[e] = (given ? static_cast<double>(corrections.variance[p]) : 0.0) +
                   (of_dark ? static_cast<double>(corrections.dark_variance[p]) : 0.0);
  }
}

}  // namespace xrdct::kernels
