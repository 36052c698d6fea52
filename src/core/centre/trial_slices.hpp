#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/conditioning/summed_sinogram.hpp"

namespace xrdct::core {

/*!
 * Trial reconstructions of some projections of a sinogram about any centre, of which nothing is
 * kept but their negative mass.
 *
 * `width` neighbouring translations are added to one place, and of projections every n-th is taken.
 * Filtered back projection with a Hann window, over a circle of T/2 about the axis, with at most
 * 320 voxels across. The ramp reaches beyond both ends of the line, so that what a centre cuts off
 * does not count. Memory: 3 lines per projection.
 */
class TrialSlices {
 public:
  /// \param sinogram without missing samples in these projections
  /// \param projections in the order of θ; at least one
  /// \param most at most so many of them
  TrialSlices(SummedSinogram const& sinogram, std::vector<std::size_t> const& projections,
              std::size_t width, std::size_t most);

  /// Σ max(−x, 0)·(voxel area)/mean total of the projections.
  /// \param centre c [index of translations of the sinogram]
  double negative_mass(double centre);

 private:
  void filter();
  double negative_of_row(double up, double centre, std::int64_t reach);

  SummedSinogram coarse_;
  double width_;
  double radius_, spacing_;  // of the circle, and of voxels [places]
  double mean_total_ = 0.0;
  std::vector<double> cosine_, sine_;  // [projection]
  std::vector<double> filtered_;       // [projection][three lines]
  std::vector<double> row_;            // of voxels
};

}  // namespace xrdct::core
