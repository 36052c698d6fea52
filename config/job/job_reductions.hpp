#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "config/job/job.hpp"
#include "config/json/json_reader.hpp"

/// The list `reductions` of a job. Private to config.
namespace xrdct::config {

void read_reductions(JsonItem const& item, std::vector<ReductionJob>& reductions);

/// A list of two numbers, lower < upper, both from `low` to `high`.
std::optional<std::pair<double, double>> read_range(JsonItem const& item, double low, double high);

}  // namespace xrdct::config
