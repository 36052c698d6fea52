// How many threads a rank starts.
#include "app/session/threads.hpp"

#include <fmt/core.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace xrdct::app {
namespace {

/// Host name and affinity mask: two ranks with equal keys share their processors.
std::vector<std::byte> placement_key() {
  std::vector<std::byte> key(256 + sizeof(cpu_set_t));
  gethostname(reinterpret_cast<char*>(key.data()), 255);
  cpu_set_t mask;
  CPU_ZERO(&mask);
  sched_getaffinity(0, sizeof mask, &mask);
  std::memcpy(key.data() + 256, &mask, sizeof mask);
  return key;
}

}  // namespace

int available_processors() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
  return std::max(1, CPU_COUNT(&mask));
}

int threads_of_rank(io::Communicator& communicator, int requested) {
  auto const keys = communicator.gather(placement_key());
  std::string sharing;
  for (auto const& key : keys)
    sharing += fmt::format("{} ", std::count(keys.begin(), keys.end(), key));
  std::istringstream counts(communicator.broadcast(sharing));
  int ranks_sharing = 1;
  for (int rank = 0; rank <= communicator.rank(); ++rank) counts >> ranks_sharing;
  if (requested > 0) return requested;
  if (char const* given = std::getenv("OMP_NUM_THREADS"); given != nullptr && std::atoi(given) > 0)
    return std::atoi(given);
  return std::max(1, available_processors() / ranks_sharing);
}

}  // namespace xrdct::app
