// One message where many ranks fail alike, as on a full disk.
#include "io/ranks/last_word.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <ctime>

namespace xrdct::io {
namespace {

constexpr std::int64_t ns_per_node = 500'000'000;
constexpr std::int64_t longest_wait_ns = 4'000'000'000;
constexpr std::int64_t until_killed_ns = 1'500'000'000;  // after SIGTERM

std::uint64_t key_of_run = 0;
int node_of_rank = 0;
std::atomic<bool> end_is_expected = false;

void wait(std::int64_t nanoseconds) {
  timespec const time{.tv_sec = nanoseconds / 1'000'000'000,
                      .tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000)};
  nanosleep(&time, nullptr);
}

}  // namespace

void prepare_last_word(std::uint64_t key, int node) noexcept {
  key_of_run = key;
  node_of_rank = node;
}

void expect_end() noexcept { end_is_expected = true; }

// A name in the abstract namespace of Linux is no file, and goes with the process that has bound
// it.
bool have_last_word() noexcept {
  if (key_of_run == 0) return true;
  std::signal(SIGTERM, SIG_DFL);
  if (end_is_expected) wait(until_killed_ns);
  if (node_of_rank > 0) wait(std::min(node_of_rank * ns_per_node, longest_wait_ns));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  char const name[] = "xrdct-last-word-";
  std::memcpy(address.sun_path + 1, name, sizeof name - 1);
  char* digit = address.sun_path + sizeof name;
  for (int shift = 60; shift >= 0; shift -= 4)
    *digit++ = "0123456789abcdef"[key_of_run >> shift & 15];
  auto const bytes = static_cast<socklen_t>(digit - reinterpret_cast<char*>(&address));
  int const end = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (end < 0) return true;  // no descriptor left: twice is better than not at all
  return bind(end, reinterpret_cast<sockaddr*>(&address), bytes) == 0 || errno != EADDRINUSE;
}

}  // namespace xrdct::io
