#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/tomography/slice_plan.hpp"
#include "io/nexus/blocked_layout.hpp"
#include "io/nexus/slices_description.hpp"

namespace xrdct::io {

/*!
 * The datasets of a file of slices that are filled while the run goes on. A function of the
 * description alone.
 *
 * Slices are [height][y][x][bin], cakes [height][y][x][azimuthal][radial], in the chunks of
 * `core::SlicePlan`; what belongs to channels is [height][bin], [height][azimuthal][radial], what
 * belongs to heights [height][…]. A block is a unit: one run of bytes in each tile of a slice. Its
 * columns are I, I_errors, status, and the results in the order of their names' first appearance.
 */
struct SlicesLayout : BlockedLayout {
  explicit SlicesLayout(SlicesDescription const& description);

  struct OfReduction {
    std::size_t intensity = 0;
    std::optional<std::size_t> error;
    std::size_t status = 0;
    std::vector<std::size_t> results;  //!< in the order of the description
    std::size_t mean = 0;              //!< slice over all bins
  };
  std::vector<OfReduction> reductions;  //!< indices into `datasets`
  core::SlicePlan plan;

  static constexpr std::size_t intensity_column = 0, error_column = 1, status_column = 2;
  std::size_t column_of(std::string const& result) const;

 private:
  BlockRuns tiles_of(std::size_t reduction, std::size_t dataset) const;
  BlockRuns bins_of(std::size_t reduction, std::size_t dataset) const;
  BlockRuns heights_of(std::size_t reduction, std::size_t dataset) const;
  void add_reduction(std::size_t number, SlicesOfReduction const& of);
  void add_part(std::string const& column, BlockRuns const& part);
};

/// \throws core::InputError names of axes or reductions that cannot stand side by side in the file.
void check_names(SlicesDescription const& description);

/*!
 * A tile of a unit → its chunks, one after the other, as they lie in the file.
 *
 *     chunks[k][i][j][b] = values[top + i][left + j][k·chunk_bins + b],     0 in the padding
 *
 * \param values [y][x][bin] of the unit
 * \param tile number, row by row
 * \returns the bytes of all chunks, in `chunks`
 */
std::span<std::byte const> pack_tile(core::SlicePlan const& plan, core::SliceUnit const& unit,
                                     std::span<float const> values, std::size_t tile,
                                     std::vector<float>& chunks);

}  // namespace xrdct::io
