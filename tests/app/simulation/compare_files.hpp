#pragma once
#include <filesystem>

#include "truth_comparison.hpp"

namespace xrdct::test {

/*!
 * Compares the first reduction of an output of `xrdct reduce` with the `truth.h5` of `xrdct
 * simulate`, place by place. The job has to reduce without splitting, with the bins of the
 * simulation.
 * \throws std::runtime_error other bins or another shape.
 */
TruthComparison compare_files(std::filesystem::path const& truth,
                              std::filesystem::path const& output);

}  // namespace xrdct::test
