// Brings all ranks to one end: an error of one is an error of all.
#include "app/session/ranks.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <optional>
#include <sstream>
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

/// A failure as one text that can be broadcast: status, a blank, the message; empty: none.
std::string packed(std::optional<AgreedError> const& error) {
  return error ? std::to_string(static_cast<int>(error->status())) + " " + error->what() : "";
}

void throw_if_failed(std::string const& text) {
  if (text.empty()) return;
  auto const blank = text.find(' ');
  throw AgreedError(static_cast<core::ExitStatus>(std::stoi(text.substr(0, blank))),
                    text.substr(blank + 1));
}

std::optional<AgreedError> failure_of(std::function<void()> const& work) {
  try {
    work();
  } catch (...) {
    return current_error();
  }
  return std::nullopt;
}

}  // namespace

AgreedError current_error() {
  try {
    throw;
  } catch (AgreedError const& error) {
    return error;
  } catch (core::InputError const& error) {
    return {core::ExitStatus::wrong_input, error.what()};
  } catch (core::IoError const& error) {
    return {core::ExitStatus::io_failed, error.what()};
  } catch (std::bad_alloc const&) {
    return {core::ExitStatus::internal_error,
            "cannot allocate memory: expected enough of it for the plan that `xrdct check` prints; "
            "use more nodes, fewer ranks per node or fewer "
            "threads"};
  } catch (std::filesystem::filesystem_error const& error) {
    return {core::ExitStatus::io_failed,
            "cannot look at the path " + error.path1().string() +
                ": expected one that can be used, found \"" + error.code().message() +
                "\"; check it, and whether the working folder is still there"};
  } catch (std::exception const& error) {
    return {core::ExitStatus::internal_error, std::string("internal error: ") + error.what()};
  } catch (...) {
    return {core::ExitStatus::internal_error, "internal error of unknown type"};
  }
}

void on_first_rank(io::Communicator& communicator, std::function<void()> const& work) {
  std::optional<AgreedError> error;
  if (communicator.rank() == 0) error = failure_of(work);
  throw_if_failed(communicator.broadcast(packed(error)));
}

void on_all_ranks(io::Communicator& communicator, std::function<void()> const& work) {
  std::string const mine = packed(failure_of(work));
  if (!communicator.any(!mine.empty())) return;
  auto const all = communicator.gather(std::as_bytes(std::span(mine.data(), mine.size())));
  std::string first;
  for (auto const& text : all) {
    if (first.empty() && !text.empty())
      first.assign(reinterpret_cast<char const*>(text.data()), text.size());
  }
  throw_if_failed(communicator.broadcast(first));
}

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
    sharing += std::to_string(std::count(keys.begin(), keys.end(), key)) + " ";
  std::istringstream counts(communicator.broadcast(sharing));
  int ranks_sharing = 1;
  for (int rank = 0; rank <= communicator.rank(); ++rank) counts >> ranks_sharing;
  if (requested > 0) return requested;
  if (char const* given = std::getenv("OMP_NUM_THREADS"); given != nullptr && std::atoi(given) > 0)
    return std::atoi(given);
  return std::max(1, available_processors() / ranks_sharing);
}

}  // namespace xrdct::app
