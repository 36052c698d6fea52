#pragma once
#include "core/matrix/reduction_plan.hpp"
#include "core/words/frames.hpp"

namespace xrdct::kernels {

/// Decodes every good frame whole on all threads of the host and throws it away: what decoding
/// alone takes [s]. A measurement, no part of a reduction. Memory: one decoded frame per thread.
double seconds_to_decode(core::ReductionPlan const& plan, core::EncodedBatch const& batch);

}  // namespace xrdct::kernels
