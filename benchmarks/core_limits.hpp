#pragma once

/// What one core can do at most, measured by small loops: the roofline of the loops of slices.
namespace xrdct::benchmarks {

struct CoreLimits {
  double operations_per_s;   //!< products and sums of float, separate (no fused multiply-add)
  double cache_bytes_per_s;  //!< read from the L2 cache
};

/// With the vectors of the instruction set in use. Takes some 50 ms.
CoreLimits measure_core_limits();

/// Processor time of this thread [s].
double processor_s();

}  // namespace xrdct::benchmarks
