#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/names.hpp"

namespace xrdct::core {

/// What is reconstructed at once: neighbouring bins of one reduction, at one height.
struct SliceUnit {
  std::size_t reduction = 0;
  std::size_t height = 0;
  std::size_t row = 0;    //!< azimuthal bin of a cake, else 0
  std::size_t first = 0;  //!< column of that row
  std::size_t bins = 0;

  bool operator==(SliceUnit const&) const = default;
};

/// What became of a channel of a height; stored as u1 in the output.
enum class SliceStatus : std::uint8_t {
  good = 0,
  empty = 1,   //!< no sample of its sinogram has a value
  pending = 5  //!< the run has not come to it yet; in no finished output
};
template <>
inline constexpr auto words_of<SliceStatus> =
    std::to_array<Word<SliceStatus>>({{"good", SliceStatus::good},
                                      {"empty", SliceStatus::empty},
                                      {"pending", SliceStatus::pending}});

/// The bins of one reduction of a reconstruction, and how many of them make a unit.
struct SliceBins {
  PatternShape pattern;            //!< azimuthal × radial of a cake, else one row
  std::size_t bins_per_unit = 64;  //!< of a row; a multiple of 16, or all of it
};

/*!
 * Cut of a reconstruction into units of work and of the slices [height][y][x][bin] into chunks: a
 * function of the shapes alone, never of the number of ranks.
 *
 * Units are counted by reduction, height, row and column. A chunk is (1, t, t, 16 bins), of cakes
 * (1, t, t, 1, 16 radial bins): the side N of a slice is cut evenly into tiles of at most 64
 * voxels. A chunk belongs to one unit. See docs/decisions/0029-slices.md.
 */
class SlicePlan {
 public:
  SlicePlan() = default;
  SlicePlan(std::size_t heights, std::size_t side, std::vector<SliceBins> reductions);

  std::size_t units() const noexcept { return first_.back(); }
  SliceUnit unit(std::size_t number) const;
  /// The number of a unit.
  std::size_t number_of(SliceUnit const& unit) const;
  /// First unit and number of units of a height: consecutive ones, in the order in which their sums
  /// over channels are added. The first of them carries what belongs to the height.
  std::pair<std::size_t, std::size_t> units_of(std::size_t reduction, std::size_t height) const;
  /// A unit for people: "unit 17 (height 0, bins 64 to 127)".
  std::string describe(std::size_t number) const;

  std::size_t heights() const noexcept { return heights_; }
  std::size_t side() const noexcept { return side_; }
  std::size_t voxels() const noexcept { return side_ * side_; }
  std::vector<SliceBins> const& reductions() const noexcept { return reductions_; }

  static constexpr std::size_t most_tile_side = 64, most_chunk_bins = 16;
  std::size_t tile_side() const noexcept { return tile_side_; }  //!< of a chunk [voxels]
  std::size_t tiles_across() const noexcept { return (side_ + tile_side_ - 1) / tile_side_; }
  std::size_t tiles() const noexcept { return tiles_across() * tiles_across(); }
  std::size_t chunk_bins(std::size_t reduction) const;
  std::size_t units_per_row(std::size_t reduction) const;

 private:
  std::size_t heights_ = 0, side_ = 0, tile_side_ = 1;
  std::vector<SliceBins> reductions_;
  std::vector<std::size_t> first_{0};  //!< unit of each reduction; one more than reductions
};

}  // namespace xrdct::core
