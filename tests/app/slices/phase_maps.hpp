#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/stored/slices_reader.hpp"

/// Maps of the phases of a simulated scan: true ones, fitted ones, and those without noise.
namespace xrdct::test {

/// What truth.h5 says of a scan of one height whose slow axis rotates. Components are the phases of
/// the sample, then air.
struct ScanTruth {
  std::vector<double> angles;                //!< [projection] [rad]
  std::size_t translations = 0;              //!< as many voxels along a side
  double step = 1.0;                         //!< [mm]
  std::vector<std::uint8_t> missing;         //!< [projection][translation]: 1 without a frame
  std::vector<double> monitor;               //!< [projection][translation], relative
  std::vector<std::vector<double>> weights;  //!< [component][projection][translation]
  std::vector<std::vector<double>> pattern;  //!< [component][bin]

  std::size_t components() const { return weights.size(); }
};
ScanTruth read_truth(std::filesystem::path const& file, std::vector<std::string> const& phases);

/// The true density of a phase as slices lie: the first row is that of the largest y. [row][column]
std::vector<double> true_map(std::filesystem::path const& file, std::string const& phase,
                             std::size_t side);

/// How much of each component a voxel holds. [component][row][column], NaN without a value.
struct PhaseMaps {
  std::vector<std::vector<double>> area, sigma;
};

/*!
 * Least squares of the patterns of all components at every voxel, weighted by its errors.
 *
 *     a = M⁻¹·Pᵀ·W·I,  M = Pᵀ·W·P,  W = 1/σ²         σ(a)² = diagonal of M⁻¹
 */
PhaseMaps fit_phases(io::SlicesReader const& slices, std::string const& reduction,
                     ScanTruth const& truth);

/*!
 * What `fit_phases` finds without noise: as patterns are fitted by themselves, the slices of the
 * sinograms of the components. Air of each projection, intensity by totals, missing samples and the
 * filtered back projection follow the specifications of core.
 */
std::vector<std::vector<double>> expected_areas(ScanTruth const& truth, double centre,
                                                std::size_t air_columns);

}  // namespace xrdct::test
