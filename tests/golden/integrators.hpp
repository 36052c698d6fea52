#pragma once
#include <string>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"

namespace xrdct::golden {

/// The three ways to the sums: "loops" (the specification), and the engines "fused" and "spmm".
std::vector<std::string> const& integrators();

/// Reduces frames with one of them.
/// \param frames [frame][pixel]; stored uncompressed with the type of the plan.
core::ReducedBatch integrate(std::string const& integrator, core::ReductionPlan const& plan,
                             std::vector<std::vector<double>> const& frames);

/// Copies the sums of some frames to where they belong among those of all.
void copy_sums(core::PatternSums const& some, std::size_t first_frame, core::PatternSums& all);

}  // namespace xrdct::golden
