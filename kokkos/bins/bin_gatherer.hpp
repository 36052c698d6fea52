#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/aligned_vector.hpp"
#include "kokkos/simd/bin_kernels.hpp"
#include "kokkos/tile/tile_matrix.hpp"
#include "kokkos/tile/turned_image.hpp"

namespace xrdct::kernels {

/*!
 * The runs of a tile matrix, bin by bin, tiles ascending.
 *
 * Memory: 16 B per run and 4 B per bin; the entries themselves stay in the tile matrix.
 */
class BinRuns {
 public:
  struct Place {
    std::uint32_t tile = 0;
    std::uint32_t first_entry = 0;  //!< of the tile matrix
    std::uint32_t entries = 0;
    std::uint32_t run = 0;  //!< of the tile matrix
  };

  BinRuns(TileMatrix const& matrix, std::size_t bins);

  std::size_t bins() const noexcept { return first_.size() - 1; }
  std::span<Place const> of(std::size_t bin) const noexcept {
    return std::span(places_).subspan(first_[bin], first_[bin + 1] - first_[bin]);
  }
  std::size_t first_place(std::size_t bin) const noexcept { return first_[bin]; }
  std::size_t places() const noexcept { return places_.size(); }
  std::size_t most_entries() const noexcept { return most_entries_; }  //!< of any bin
  std::size_t memory_bytes() const noexcept {
    return first_.capacity() * sizeof(std::uint32_t) + places_.capacity() * sizeof(Place);
  }

 private:
  std::vector<std::uint32_t> first_;  // [bin + 1]
  std::vector<Place> places_;
  std::size_t most_entries_ = 0;
};

/// Brings the entries of one bin together. Memory: 92 B per entry of the largest bin. One object
/// per thread.
class BinGatherer {
 public:
  BinGatherer(core::ReductionPlan const& plan, std::size_t tile_pixels, std::size_t most_entries);

  /// \return valid until the next call
  BinEntries const& gather(core::Reduction const& reduction, TileMatrix const& matrix,
                           std::span<BinRuns::Place const> runs, TurnedImage const& image,
                           BinKernels const& kernels);
  /// [entry]
  std::span<std::uint32_t const> pixels() const noexcept { return {pixel_.get(), bin_.entries}; }
  std::size_t memory_bytes() const noexcept;

 private:
  void list_run(TileMatrix const& matrix, BinRuns::Place const& run, TurnedTile const& tile);
  void fetch(TileMatrix const& matrix, std::span<BinRuns::Place const> runs,
             std::size_t current) const;
  void restore_bright(TurnedImage const& image, std::span<BinRuns::Place const> runs);
  void add_variance(core::ErrorModel model);

  core::ReductionPlan const& plan_;
  std::size_t tile_pixels_, capacity_;
  core::AlignedVector<float> raw_;                      // [entry][lane]
  std::unique_ptr<std::uint32_t[]> place_, pixel_;      // [entry]
  std::unique_ptr<float[]> dark_, norm_, coefficient_;  // [entry]
  std::unique_ptr<double[]> variance_;                  // [entry]
  BinEntries bin_;
};

}  // namespace xrdct::kernels
