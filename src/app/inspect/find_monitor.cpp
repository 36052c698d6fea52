// Which counters may be the monitor of the beam.
#include <algorithm>
#include <cmath>

#include "app/inspect/open_scan.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"

namespace xrdct::app {
namespace {

/// Positive, and never far from its largest value: what a beam that is on gives.
bool behaves(FoundSeries const& series) {
  constexpr double most_apart = 10.0;
  bool const is_good = std::all_of(series.values.begin(), series.values.end(), [](double value) {
    return value > 0.0 && std::isfinite(value);
  });
  return is_good && series.high <= most_apart * series.low;
}

bool is_axis(Findings const& findings, std::size_t i) {
  return findings.fast.series == i || findings.slow.series == i || findings.height.series == i;
}

}  // namespace

void find_monitor(OpenScan& scan, Findings& findings) {
  for (std::size_t i = 0; i < findings.series.size(); ++i) {
    auto const& series = findings.series[i];
    bool const is_counter = series.role == io::ValueRole::counter && !is_axis(findings, i);
    if (is_counter && io::monitor_likelihood(series.name) > 0 && behaves(series))
      findings.monitors.push_back(i);
  }
  std::stable_sort(findings.monitors.begin(), findings.monitors.end(), [&](auto a, auto b) {
    return io::monitor_likelihood(findings.series[a].name) >
           io::monitor_likelihood(findings.series[b].name);
  });
  if (!scan.options.monitor) return;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < findings.series.size(); ++i) {
    auto const& series = findings.series[i];
    if (series.name == *scan.options.monitor || series.where.dataset == *scan.options.monitor ||
        series.where.column == *scan.options.monitor)
      findings.monitor = i;
    names.push_back(series.name);
  }
  if (findings.monitor) return;
  auto const near = core::nearest_name(*scan.options.monitor, names);
  throw core::InputError({.what = "take " + *scan.options.monitor + " for --monitor",
                          .expected = names.empty() ? "a list with a value for each frame"
                                                    : "one of " + core::listed(names),
                          .found = *scan.options.monitor,
                          .attempt = near.empty() ? "" : "did you mean " + near + "?"});
}

}  // namespace xrdct::app
