// Compares what a run will take with what the system gives.
#include "app/session/limits.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "app/session/memory.hpp"
#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

/// Memory, and who sets this limit.
struct Limit {
  std::uint64_t bytes = 0;
  std::string what;
};

// The number behind a key in a file of lines such as "MemAvailable:  1234 kB".
std::optional<std::uint64_t> number_in(fs::path const& file, std::string const& key) {
  std::ifstream in(file);
  std::string word;
  while (in >> word) {
    std::uint64_t number = 0;
    if (word == key && in >> number) return number;
  }
  return {};
}

std::optional<std::uint64_t> number_of(fs::path const& file) {
  std::ifstream in(file);
  std::uint64_t number = 0;
  return in >> number ? std::optional(number) : std::nullopt;  // "max": none
}

// The smallest limit of the control groups that this process is in: of Slurm, of a container.
std::optional<Limit> limit_of_control_group() {
  std::ifstream in("/proc/self/cgroup");
  std::optional<Limit> smallest;
  for (std::string line; std::getline(in, line);) {
    bool const second = line.starts_with("0::");
    auto const memory = line.find(":memory:");
    if (!second && memory == std::string::npos) continue;
    fs::path const root = second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    char const* const name = second ? "memory.max" : "memory.limit_in_bytes";
    std::string path = line.substr(line.rfind(':') + 1);
    for (;; path = path.substr(0, path.rfind('/'))) {
      auto const limit = number_of(root.string() + path + "/" + name);
      if (limit && (!smallest || *limit < smallest->bytes))
        smallest = Limit{*limit, "the control group " + (path.empty() ? "/" : path)};
      if (path.find('/') == std::string::npos) break;
    }
  }
  return smallest;
}

std::string gigabytes(std::uint64_t bytes) {
  return fmt::format("{:.3g} GB", static_cast<double>(bytes) * 1e-9);
}

[[noreturn]] void throw_no_memory(std::uint64_t needed, std::string const& of_what,
                                  Limit const& there) {
  throw core::IoError({.what = "run here",
                       .expected = gigabytes(needed) + " of memory for " + of_what,
                       .found = gigabytes(there.bytes) + ", the limit of " + there.what,
                       .attempt = "use more nodes, fewer ranks per node or fewer threads"});
}

}  // namespace

void require_memory(std::size_t bytes, int ranks_on_node) {
  rlimit space{};
  if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
      space.rlim_cur < bytes)
    throw_no_memory(bytes, "a rank", {space.rlim_cur, "a process (ulimit -v)"});
  std::uint64_t const needed = std::uint64_t{bytes} * static_cast<std::uint64_t>(ranks_on_node);
  std::string const of_ranks =
      fmt::format("{} rank{} of this node", ranks_on_node, ranks_on_node == 1 ? "" : "s");
  if (auto const available = number_in("/proc/meminfo", "MemAvailable:")) {
    std::uint64_t const there = *available * 1024 + own_memory();
    if (there < needed) throw_no_memory(needed, of_ranks, {there, "what the node has left"});
  }
  if (auto const group = limit_of_control_group(); group && group->bytes < needed)
    throw_no_memory(needed, of_ranks, *group);
}

// Files of the scan (io/chunks/data_files.hpp opens at most a quarter of the limit for reading,
// besides those that it has kept already), one more for each thread that reads, output and journal,
// and what MPI-IO and HDF5 open.
void require_descriptors(int threads) {
  constexpr std::uint64_t of_output = 16, most_of_scan = 64;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  std::error_code unknown;
  fs::directory_iterator const open("/proc/self/fd", unknown);
  if (unknown) return;
  auto const now = static_cast<std::uint64_t>(std::distance(begin(open), end(open)));
  std::uint64_t const of_scan = std::clamp<std::uint64_t>(limit.rlim_cur / 4, 4, most_of_scan) +
                                static_cast<std::uint64_t>(threads);
  std::uint64_t const needed = now + of_scan + of_output;
  if (needed <= limit.rlim_cur) return;
  throw core::IoError({.what = "run here",
                       .expected = fmt::format("leave to open {} files in each rank", needed),
                       .found = fmt::format("{} (ulimit -n)", limit.rlim_cur),
                       .attempt = "raise the limit"});
}

}  // namespace xrdct::app
