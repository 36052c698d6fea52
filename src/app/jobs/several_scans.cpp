// Works on scans one after another, and sums up how each ended.
#include "app/jobs/several_scans.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

#include "app/session/warnings.hpp"
#include "io/ranks/agreement.hpp"

namespace xrdct::app {
namespace {

using core::ExitStatus;

struct Ending {
  ExitStatus status;
  std::string_view words;
};

/// From the best to the worst.
constexpr std::array endings{Ending{ExitStatus::done, "done"},
                             Ending{ExitStatus::incomplete, "done, but frames are missing or bad"},
                             Ending{ExitStatus::wrong_input, "not begun: wrong input"},
                             Ending{ExitStatus::io_failed, "failed: input or output"},
                             Ending{ExitStatus::internal_error, "failed: an error of the program"},
                             Ending{ExitStatus::watchdog, "ended by the watchdog"},
                             Ending{ExitStatus::stopped, "stopped; the same command goes on"}};

std::size_t place_of(ExitStatus status) {
  return static_cast<std::size_t>(
      std::find_if(endings.begin(), endings.end(),
                   [&](Ending const& ending) { return ending.status == status; }) -
      endings.begin());
}

ExitStatus worst_of(std::vector<ExitStatus> const& statuses) {
  std::size_t worst = 0;
  for (auto const status : statuses) worst = std::max(worst, place_of(status));
  return endings.at(worst).status;
}

void print_summary(std::vector<ScanRequest> const& scans, std::vector<ExitStatus> const& statuses) {
  std::size_t width = 0;
  for (auto const& scan : scans) width = std::max(width, scan.name.size());
  auto const good = std::count(statuses.begin(), statuses.end(), ExitStatus::done);
  std::cout << fmt::format("{} scans, {} done\n", scans.size(), good);
  for (std::size_t i = 0; i < scans.size(); ++i)
    std::cout << fmt::format(
        "  {:<{}}  {}\n", scans[i].name, width,
        i < statuses.size() ? endings.at(place_of(statuses[i])).words : "not begun");
  std::cout << std::flush;
}

}  // namespace

ExitStatus for_each_scan(io::Communicator& communicator, ReduceOptions const& options,
                         std::function<ExitStatus(ScanRequest const&, bool&)> const& work) {
  auto const scans = agreed_scans(communicator, options);
  if (scans.size() == 1) {
    bool ends_all = false;
    return work(scans.front(), ends_all);
  }
  bool const is_first = communicator.rank() == 0;
  std::vector<ExitStatus> statuses;
  for (auto const& scan : scans) {
    if (is_first && !options.quiet)
      std::cout << fmt::format("scan {} of {}: {}", statuses.size() + 1, scans.size(), scan.name)
                << std::endl;
    bool ends_all = false;
    try {
      statuses.push_back(work(scan, ends_all));
    } catch (io::AgreedError const& error) {
      if (ends_all) {
        statuses.push_back(error.status());
        if (is_first && !options.quiet) print_summary(scans, statuses);
        throw;
      }
      if (is_first) tell_error(error.what(), scan.name);
      statuses.push_back(error.status());
    }
    if (statuses.back() == ExitStatus::stopped) break;
  }
  if (is_first && !options.quiet) print_summary(scans, statuses);
  return worst_of(statuses);
}

}  // namespace xrdct::app
