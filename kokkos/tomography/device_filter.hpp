#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "kokkos/tomography/device_projector.hpp"
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "kokkos/tomography/slice_engines.hpp"

namespace xrdct::kernels {

/*!
 * Filtered back projection on the default execution space: sinogram there, slice back, nothing
 * between. Memory there for B bins: 4 B × B × (samples + padded samples + voxels), for variances
 * the padded samples twice; kept from unit to unit.
 */
class DeviceFilter final : public FilterEngine {
 public:
  /// \param weights of the angles [rad], [projection]
  /// \param threads of a team
  DeviceFilter(core::SliceGeometry const& geometry, std::span<double const> weights,
               core::FilterWindow window, int threads = threads_of_slice_team());

  /// \param scratch is left as it is
  void reconstruct(std::span<float const> sinogram, std::size_t bins, LargeFloats& scratch,
                   std::span<float> slice) override;
  void variance(std::span<float const> variance, std::size_t bins, LargeFloats& scratch,
                LargeFloats& more_scratch, std::span<float> slice) override;
  std::size_t memory_bytes(std::size_t bins, bool with_variance) const override;

 private:
  /// `Taps` where the kernels run.
  struct SpaceTaps {
    Array<float*> tap;
    int middle, reach;
    bool odd_only;
  };
  static SpaceTaps taps_there(Taps const& taps);
  void send(std::span<float const> sinogram, std::size_t bins);
  void convolve(std::size_t bins, SpaceTaps const& taps, Array<float const*> const& weights,
                Array<float*>& padded);
  void fetch(std::size_t bins, std::span<float> slice) const;

  DeviceProjector projector_;
  SpaceTaps ramp_, own_, next_;
  Array<float*> weights_, squared_weights_;  //!< [projection]
  Array<float*> sinogram_, padded_, next_padded_, slice_;
};

}  // namespace xrdct::kernels
