#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/choices.hpp"

namespace xrdct::core {

/*!
 * Place → the frames that make its pattern: none, one, or several in the order of the files.
 *
 * In the order of the lines of a scan:
 *
 *     n = (height·slow_points + slow)·fast_points + fast'
 *     fast' = fast_points − 1 − fast on odd lines of a snake, else fast
 *     frame = first_frame + n, or −1 where the scan ended before
 *
 * The lines of a snake are counted through all heights. That is arithmetic, without a table,
 * whatever the size of the scan.
 *
 * Or as a list puts them, place by frame. The list is kept as runs of places whose frames are equal
 * steps apart, one for each regular line. Memory: 24 B per run, at most one run per frame.
 */
class PlaceMap {
 public:
  PlaceMap() = default;
  PlaceMap(ScanShape shape, bool snake, std::int64_t first_frame, std::int64_t frames);
  /*!
   * \param places [frame] (height·slow + slow)·fast + fast, or −1: the frame has none
   * \param repeated `last`: of several frames at one place the last alone counts; else all do
   * Memory while it is made: some 20 B per place and frame.
   */
  PlaceMap(ScanShape shape, std::span<std::int64_t const> places, Repeated repeated);

  ScanShape shape() const noexcept { return shape_; }
  /// Frame of a place (place = (height·slow + slow)·fast + fast), of several the last; −1: none.
  std::int64_t frame_of(std::size_t place) const;
  /// How many frames make the pattern of a place.
  std::size_t frames_at(std::size_t place) const;
  /// Number `n` of them, counted from the first.
  std::int64_t frame_of(std::size_t place, std::size_t n) const;
  /// How many frames lie there, those that do not count, too.
  std::size_t all_at(std::size_t place) const;
  /// The most frames that make the pattern of one place: 1 in the order of lines.
  std::size_t most_frames() const noexcept { return layers_.empty() ? 1 : counted_; }
  std::size_t memory_bytes() const noexcept;
  bool operator==(PlaceMap const&) const = default;

 private:
  /// Places first_place + i, i < places, with frame + i·step.
  struct Run {
    std::uint64_t place;
    std::int64_t frame;
    std::uint32_t places;
    std::int32_t step;
    bool operator==(Run const&) const = default;
  };
  /// By place, without overlap. Layer 0 has the last frame of each place, layer k the one that k
  /// others come after.
  using Layer = std::vector<Run>;
  static std::int64_t frame_in(Layer const& layer, std::size_t place);
  static void append(Layer& layer, std::size_t place, std::int64_t frame);

  ScanShape shape_;
  bool snake_ = false;
  std::int64_t first_frame_ = 0;
  std::int64_t frames_ = 0;
  std::vector<Layer> layers_;  //!< empty: the order of lines
  std::size_t counted_ = 1;    //!< layers whose frames make patterns
};

}  // namespace xrdct::core
