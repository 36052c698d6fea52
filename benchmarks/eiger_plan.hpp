#pragma once
#include <cstddef>

#include "core/geometry/geometry.hpp"
#include "core/matrix/reduction_plan.hpp"

namespace xrdct::benchmarks {

/// A detector of pixels of 75 µm, 0.2 m behind the sample and centred on the beam, at a wavelength
/// of 1 Å.
core::Geometry eiger_geometry(core::FrameShape shape);

/// How the frames of a plan are stored and corrected.
struct EigerFrames {
  std::size_t pixel_bytes = 4;  //!< 2 or 4
  bool masked = true;           //!< the gaps between the modules
  bool dark = false;            //!< a quarter of a count everywhere
};

/// A plan without reductions for bitshuffle-LZ4 frames.
core::ReductionPlan eiger_plan(core::Geometry const& geometry, EigerFrames const& frames);

}  // namespace xrdct::benchmarks
