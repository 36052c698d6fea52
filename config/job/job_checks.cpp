// Checks what keys of a job say together.
#include "config/job/job_checks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "config/json/json_text.hpp"
#include "core/words/output_names.hpp"

namespace xrdct::config {
namespace {

std::string quoted(std::string const& name) { return '"' + name + '"'; }

template <class Names>
void check_names(std::vector<std::pair<std::string, std::string>> const& path_and_name,
                 Names const& fixed, std::string const& of_whom, JsonProblems& problems) {
  std::map<std::string, std::string> used;
  for (auto const& [path, name] : path_and_name) {
    if (core::is_one_of(name, fixed)) {
      problems.add(path, "a name that the output does not use itself", quoted(name),
                   "choose another name");
    }
    auto const [first, is_new] = used.emplace(name, path);
    if (!is_new)
      problems.add(path, "a name of its own for each " + of_whom,
                   quoted(name) + " as in " + first->second, "choose another name");
  }
}

// a·b, or nothing where int64 does not hold it.
std::optional<std::int64_t> product(std::optional<std::int64_t> a, std::size_t b) {
  if (!a || b == 0 ||
      static_cast<std::size_t>(*a) >
          static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max()) / b)
    return {};
  return *a * static_cast<std::int64_t>(b);
}

void check_sizes(Job const& job, JsonProblems& problems) {
  auto const shape = job.scan.shape.value_or(core::ScanShape());
  auto const places = product(product(product(1, shape.height), shape.slow), shape.fast);
  std::size_t most_bins = 1;
  for (auto const& reduction : job.reductions) most_bins = std::max(most_bins, reduction.bins());
  auto const bytes = product(product(places, most_bins), sizeof(double));
  auto const product_text = std::to_string(shape.height) + " × " + std::to_string(shape.slow) +
                            " × " + std::to_string(shape.fast);
  if (!bytes) {
    problems.add("$.scan.shape", "height × slow × fast × bins values of less than 2^63 bytes",
                 product_text + " × " + std::to_string(most_bins) + " values");
  } else if (*places > std::numeric_limits<std::int64_t>::max() - job.scan.first_frame) {
    problems.add("$.scan.first_frame", "first_frame + height × slow × fast below 2^63",
                 std::to_string(job.scan.first_frame) + " + " + product_text);
  }
}

// Positions beyond this are no motor's; a step with an exponent too many would end at infinity.
void check_positions(ScanAxis const& axis, std::size_t points, std::string const& path,
                     JsonProblems& problems) {
  constexpr double farthest = 1e12;
  double const last = axis.first() + axis.step.value_or(1.0) * static_cast<double>(points - 1);
  if (std::abs(axis.first()) <= farthest && std::abs(last) <= farthest) return;
  problems.add(path, "positions from -1e+12 to 1e+12",
               number_text(axis.first()) + " to " + number_text(last), "look at start and step");
}

// A grid of positions is laid in steps that lead somewhere.
void check_steps(Scan const& scan, JsonProblems& problems) {
  if (!scan.positions) return;
  for (auto const& [path, axis] :
       {std::pair("$.scan.height.step", &scan.height), std::pair("$.scan.slow.step", &scan.slow),
        std::pair("$.scan.fast.step", &scan.fast)}) {
    if (axis->step && *axis->step == 0.0)
      problems.add(path, "a step other than 0 beside $.scan.positions", "0",
                   "leave it out: it is found");
  }
}

// The measured positions have the names of the axes, among what is written of each frame.
void check_names_of_positions(Job const& job, JsonProblems& problems) {
  auto const& scan = job.scan;
  if (!scan.positions) return;
  for (auto const& [path, axis] :
       {std::pair("$.scan.height.name", &scan.height), std::pair("$.scan.slow.name", &scan.slow),
        std::pair("$.scan.fast.name", &scan.fast)}) {
    bool const is_reduction =
        std::any_of(job.reductions.begin(), job.reductions.end(),
                    [&](auto const& reduction) { return reduction.name == axis->name; });
    if (is_reduction || core::is_one_of(axis->name, core::names_beside_positions))
      problems.add(path, "a name that no reduction and nothing else in /entry/frames has",
                   quoted(axis->name), "choose another name");
  }
}

// Sums of several frames add up; the largest pixel or a quantile of all of them does not.
void check_repeated(ReductionJob const& reduction, core::Repeated repeated, std::string const& path,
                    JsonProblems& problems) {
  auto const method = reduction.method;
  bool const adds_up = method != core::Method::maximum && method != core::Method::quantile_mean;
  if (repeated != core::Repeated::sum || adds_up) return;
  problems.add(path + ".method",
               "a method whose sums can be added beside \"repeated\": \"sum\": mean, sigma_clip or "
               "sum",
               quoted(std::string(core::name_of(method))), "choose \"last\"");
}

// What a reduction asks of the calibration.
void check_needs(ReductionJob const& reduction, CalibrationFiles const& calibration,
                 std::string const& path, JsonProblems& problems) {
  if (reduction.error_model == core::ErrorModel::variance && !calibration.variance) {
    problems.add(path + ".error_model",
                 "an image in $.calibration.variance for the model \"variance\"", "none",
                 "name the image, or choose \"poisson\" for photon counters");
  }
  if (core::needs_sample_orientation(reduction.binning.unit) && !calibration.sample) {
    problems.add(path + ".unit",
                 "$.calibration.sample for the unit \"" +
                     std::string(core::name_of(reduction.binning.unit)) + "\"",
                 "none",
                 "say how the sample stands in the beam, such as {\"incident_deg\": 0.2}; {} is "
                 "along the beam");
  }
}

void check_bins(ReductionJob const& reduction, std::string const& path, JsonProblems& problems) {
  // the sums for the preview of a long scan are to stay below 1 GiB
  constexpr std::size_t most = 2'000'000;
  if (reduction.bins() <= most) return;
  problems.add(path, "at most " + std::to_string(most) + " bins of a cake",
               std::to_string(reduction.binning.azimuthal_bins) + " × " +
                   std::to_string(reduction.binning.bins),
               "choose fewer bins");
}

}  // namespace

void check_job(Job const& job, JsonProblems& problems) {
  auto const& scan = job.scan;
  check_names({{"$.scan.height.name", scan.height.name},
               {"$.scan.slow.name", scan.slow.name},
               {"$.scan.fast.name", scan.fast.name}},
              core::names_beside_axes, "axis", problems);
  std::vector<std::pair<std::string, std::string>> reductions;
  for (auto const& reduction : job.reductions) {
    std::string const path = "$.reductions[" + std::to_string(reductions.size()) + "]";
    check_needs(reduction, job.calibration, path, problems);
    check_bins(reduction, path, problems);
    check_repeated(reduction, scan.repeated, path, problems);
    reductions.emplace_back(path + ".name", reduction.name);
  }
  check_names(reductions, core::names_beside_reductions, "reduction", problems);
  check_names_of_positions(job, problems);
  check_sizes(job, problems);
  auto const shape = scan.shape.value_or(core::ScanShape());
  check_positions(scan.height, shape.height, "$.scan.height", problems);
  check_positions(scan.slow, shape.slow, "$.scan.slow", problems);
  check_positions(scan.fast, shape.fast, "$.scan.fast", problems);
  check_steps(scan, problems);
}

}  // namespace xrdct::config
