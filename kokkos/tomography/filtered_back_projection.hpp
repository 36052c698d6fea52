#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/tomography/ramp_filter.hpp"
#include "kokkos/tomography/slice_engines.hpp"
#include "kokkos/tomography/slice_projector.hpp"

namespace xrdct::kernels {

/// Numbers that projections are convolved with.
struct Taps {
  std::vector<float> tap;  //!< [distance + middle]
  std::size_t middle;
  std::size_t reach;  //!< farther ones are 0
  bool odd_only;      //!< those of even distances are 0, but that of 0
};

/// Of a filter h, for all distances of two samples of a line. Far taps of variances fall with the
/// fourth power: those that together have less than 2⁻²⁴ of the one in the middle, half a rounding
/// of a float, are 0.
struct FilterTaps {
  Taps ramp;  //!< h
  Taps own;   //!< h[k]², for V₀
  Taps next;  //!< h[k]·h[k + 1], for V₁
};
/// \param line samples of a padded projection
FilterTaps filter_taps(std::size_t line, double step, core::FilterWindow window);

/*!
 * Filtered back projection on all threads of the host.
 *
 * The ramp is applied in space, as a product of every projection with its numbers: that takes a
 * third of the work of the back projection or less, whatever the number of translations, and needs
 * no transform. Memory: a padded sinogram, two for variances, which the caller keeps.
 */
class FilteredBackProjection final : public FilterEngine {
 public:
  /// \param weights of the angles [rad], [projection]
  FilteredBackProjection(core::SliceGeometry const& geometry, std::span<double const> weights,
                         core::FilterWindow window);

  /// \param scratch becomes a padded sinogram
  void reconstruct(std::span<float const> sinogram, std::size_t bins, LargeFloats& scratch,
                   std::span<float> slice) override;
  /// \param scratch, more_scratch become padded sinograms
  void variance(std::span<float const> variance, std::size_t bins, LargeFloats& scratch,
                LargeFloats& more_scratch, std::span<float> slice) override;
  std::size_t memory_bytes(std::size_t, bool) const override { return 0; }

 private:
  void convolve(std::span<float const> sinogram, std::size_t bins, Taps const& taps,
                double power_of_weight, LargeFloats& padded) const;

  SliceProjector projector_;
  std::vector<double> weights_;
  FilterTaps taps_;
};

}  // namespace xrdct::kernels
