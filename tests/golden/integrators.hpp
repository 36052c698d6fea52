#pragma once
#include <string>
#include <vector>

#include "core/patterns.hpp"
#include "core/reduction_plan.hpp"

namespace xrdct::golden {

/// The three ways to the sums: "loops" (the specification), and the engines "fused" and "spmm".
std::vector<std::string> const& integrators();

/// Reduces frames with one of them. \param frames [frame][pixel]; stored uncompressed with the type of the plan.
core::ReducedBatch integrate(std::string const& integrator, core::ReductionPlan const& plan, std::vector<std::vector<double>> const& frames);

}  // namespace xrdct::golden
