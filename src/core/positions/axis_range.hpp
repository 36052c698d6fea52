#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/positions/axis_places.hpp"
#include "core/positions/inner_axis.hpp"

namespace xrdct::core {

/// How often a place of an axis was met.
struct PlaceCount {
  std::int64_t index;
  double count;
};

/// Counts of the different indices, rising; `no_place` is left out. Memory 8 B per index.
std::vector<PlaceCount> count_places(std::vector<std::int64_t> indices);

/// The places of an axis that are part of the grid: `first` … `first + places − 1`.
struct AxisRange {
  std::int64_t first = 0;
  std::int64_t places = 1;
  bool contains(std::int64_t index) const {
    return index != no_place && index >= first && index < first + places;
  }
};

/*!
 * The range of places of an axis: all that were met, without those beside the ends that hardly any
 * line reaches, and as many as were wished for.
 * \param counts lines that met a place (inner axis), or frames (outer)
 * \param lines that were measured; 0: of an outer axis, where an end is left out only if it lies
 * three places or more beside the rest
 * \param way in which the axis was gone through, where it was gone through in order: +1, −1, else 0
 * \param first_index of the wished start, where there is one
 */
AxisRange choose_range(std::vector<PlaceCount> const& counts, std::size_t lines, int way,
                       AxisQuery const& query, std::int64_t const* first_index,
                       std::vector<std::string>& questions);

}  // namespace xrdct::core
