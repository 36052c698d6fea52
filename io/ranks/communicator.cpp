// MPI in a few words: the session, its end, and what ranks say to each other.
#include "io/ranks/communicator.hpp"

#include <fmt/core.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "io/hdf5/written_hdf5.hpp"
#include "io/ranks/last_word.hpp"
#include "io/ranks/mpi_handle.hpp"
#include "io/ranks/mpi_io_choice.hpp"
#include "io/ranks/stop_signals.hpp"

namespace xrdct::io {
namespace {

// MPI counts are int, and some transports fail above 2 GiB: long texts and buffers travel in
// pieces.
constexpr std::size_t piece_bytes = std::size_t{512} << 20;

// For another rank to end this one, and for MPI to end them all.
constexpr std::chrono::seconds longest_wait{6};
constexpr unsigned longest_abort_s = 3;
// For ranks of this node that fail at the same time to find that one has spoken.
constexpr std::chrono::milliseconds others_of_node{200};

// Applied to the pieces [begin, begin + count) of a buffer, in order.
template <class Transfer>
void in_pieces(std::size_t bytes, Transfer transfer) {
  for (std::size_t begin = 0; begin < bytes; begin += piece_bytes)
    transfer(begin, static_cast<int>(std::min(piece_bytes, bytes - begin)));
}

std::string host() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "an unknown host";
  return name.data();
}

/// Ends after some hundred µs of looking in ever longer breaks.
class Patience {
 public:
  void pause() {
    if (++looks_ < 200) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(looks_ < 1000 ? 50 : 1000));
    }
  }

 private:
  int looks_ = 0;
};

/// Where several nodes are, each knows its number in the order of the ranks.
int number_of_node(MPI_Comm world, MPI_Comm node, int rank, int rank_on_node) {
  int const first = rank_on_node == 0 ? 1 : 0;
  int number = 0;
  MPI_Exscan(&first, &number, 1, MPI_INT, MPI_SUM, world);
  if (rank == 0) number = 0;  // where MPI_Exscan leaves what it finds
  MPI_Bcast(&number, 1, MPI_INT, 0, node);
  return number;
}

std::uint64_t number_of_run(MPI_Comm world, int rank) {
  std::uint64_t number = 0;
  if (rank == 0) {
    auto const now = std::chrono::system_clock::now().time_since_epoch().count();
    number = (static_cast<std::uint64_t>(getpid()) << 32 ^ static_cast<std::uint64_t>(now)) | 1;
  }
  MPI_Bcast(&number, 1, MPI_UINT64_T, 0, world);
  return number;
}

/// The same before MPI has started: what the launcher says of it; 0: nothing.
std::uint64_t number_of_launch() {
  std::string name;
  for (char const* part : {"PMIX_NAMESPACE", "SLURM_JOB_ID", "SLURM_STEP_ID"})
    if (char const* const text = std::getenv(part)) name += std::string(text) + ' ';
  return name.empty() ? 0 : std::hash<std::string>()(name);
}

std::string listed(std::vector<int> const& ranks, std::vector<std::string> const& places) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(ranks.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + places[static_cast<std::size_t>(ranks[i])];
  if (ranks.size() > most) text += fmt::format(" and {} more", ranks.size() - most);
  return text;
}

std::atomic<int> status_of_abort = 0;

// In a handler: MPI has not ended this process.
void end_without_mpi(int) { _exit(status_of_abort); }

void flush_output() {
  std::cout.flush();
  std::cerr.flush();
  std::fflush(nullptr);
}

}  // namespace

MpiSession::MpiSession(int& argc, char**& argv) {
  choose_mpi_io();
  prepare_last_word(number_of_launch(), 0);
  int provided = MPI_THREAD_SINGLE;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  if (provided < MPI_THREAD_FUNNELED)
    throw core::IoError({.what = "start MPI",
                         .expected = "support of MPI_THREAD_FUNNELED",
                         .found = fmt::format("level {}", provided),
                         .attempt = "use an MPI library that is built with threads"});
}

// Without `close` other ranks may wait in a collective call: the end of this process is what ends
// them.
MpiSession::~MpiSession() = default;

bool MpiSession::close(Communicator& ranks) {
  bool const ended = !hdf5_was_abandoned() && H5close() >= 0;
  if (ranks.any(!ended)) return false;
  ranks.finish();
  MPI_Finalize();
  return true;
}

std::string MpiSession::library_version() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  std::string const version(text, static_cast<std::size_t>(length));
  return version.substr(0, version.find_first_of(",\n"));
}

Communicator::Communicator() : native_(std::make_unique<Native>()) {
  MPI_Comm_dup(MPI_COMM_WORLD, &native_->world);
  MPI_Comm_rank(native_->world, &native_->rank);
  MPI_Comm_size(native_->world, &native_->size);
  MPI_Comm node = MPI_COMM_NULL;
  MPI_Comm_split_type(native_->world, MPI_COMM_TYPE_SHARED, native_->rank, MPI_INFO_NULL, &node);
  MPI_Comm_size(node, &native_->ranks_on_node);
  MPI_Comm_rank(node, &native_->rank_on_node);
  std::uint64_t const run = number_of_run(native_->world, native_->rank);
  int const number = number_of_node(native_->world, node, native_->rank, native_->rank_on_node);
  prepare_last_word(native_->size > 1 ? run : 0, number);
  MPI_Comm_free(&node);
  if (native_->size == 1) return;
  native_->place = fmt::format("rank {} on {}", native_->rank, host());
  native_->signs = std::make_unique<SignsOfLife>(native_->world);
  auto const& mine = native_->place;
  for (auto const& place : gather(std::as_bytes(std::span(mine.data(), mine.size()))))
    native_->places.emplace_back(reinterpret_cast<char const*>(place.data()), place.size());
  std::string const first = broadcast(mine);
  if (native_->rank > 0) native_->places = {first};
}

// The duplicates are not freed: that is a collective call, which has no place in a destructor.
// MPI_Finalize takes them.
Communicator::~Communicator() { watch(0.0); }

int Communicator::rank() const { return native_->rank; }
int Communicator::size() const { return native_->size; }
int Communicator::ranks_on_node() const { return native_->ranks_on_node; }
int Communicator::rank_on_node() const { return native_->rank_on_node; }
bool Communicator::first_on_node() const { return native_->rank_on_node == 0; }

std::string const& Communicator::place() const { return native_->place; }

// Collective calls of MPI hold a processor while they wait, and hear nothing.
void Communicator::meet() const {
  if (native_->size == 1) return;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(native_->world, &request);
  Patience patience;
  native_->signs->set_waiting(true);
  for (int done = 0;;) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done != 0) break;
    native_->signs->exchange();
    patience.pause();
  }
  native_->signs->set_waiting(false);
}

void Communicator::begin_any(bool mine) {
  native_->any_mine = mine ? 1 : 0;
  if (native_->signs) native_->signs->set_waiting(true);
  MPI_Iallreduce(&native_->any_mine, &native_->any_all, 1, MPI_INT, MPI_MAX, native_->world,
                 &native_->any_request);
}

std::optional<bool> Communicator::end_any() {
  int done = 0;
  MPI_Test(&native_->any_request, &done, MPI_STATUS_IGNORE);
  if (done == 0) return std::nullopt;
  if (native_->signs) native_->signs->set_waiting(false);
  return native_->any_all != 0;
}

bool Communicator::stop_asked() {
  if (native_->signs) native_->signs->exchange();
  return stop_signal() != 0;
}

void Communicator::watch(double seconds) {
  native_->watchdog.reset();
  auto* const signs = native_->signs.get();
  if (signs != nullptr) signs->set_interval(std::clamp(seconds / 10.0, 0.0, 10.0));
  core::on_progress(signs != nullptr && seconds > 0.0 ? [signs] { signs->exchange(); }
                                                      : std::function<void()>());
  if (seconds <= 0.0) return;
  native_->watchdog.emplace(
      seconds, [signs] { return core::progress_noted() + (signs != nullptr ? signs->news() : 0); },
      [this, seconds] {
        // Rank 0 knows who is at fault, unless it is itself.
        std::signal(SIGTERM, SIG_DFL);
        if (native_->rank > 0)
          std::this_thread::sleep_for(std::chrono::duration<double>(std::min(seconds / 5.0, 2.0)));
        abort_all(static_cast<int>(core::ExitStatus::watchdog),
                  [&] { std::cerr << watchdog_text(seconds) << std::endl; });
      });
}

std::string Communicator::watchdog_text(double seconds) const {
  std::string found = "none";
  auto const& places = native_->places;
  if (native_->signs && !native_->signs->looked_within(seconds / 2.0)) {
    // Within a common call of MPI it waits for others and hears nothing of them.
    found += "; " + native_->place +
             " itself does not get on, or waits in a common write for a rank that does not";
  } else if (native_->signs) {
    auto const silent = native_->signs->silent(seconds / 2.0);
    auto working = native_->signs->working();
    std::erase_if(working, [&](int rank) {
      return std::find(silent.begin(), silent.end(), rank) != silent.end();
    });
    if (!silent.empty()) found += "; no sign of " + listed(silent, places);
    if (!working.empty()) found += "; at work without end: " + listed(working, places);
    if (silent.empty() && working.empty()) found += "; all other ranks wait";
  }
  return "xrdct: " + (native_->size > 1 ? native_->place + ": " : std::string()) + "error: " +
         core::text(
             {.what = "go on",
              .expected = fmt::format(
                  "something to be read, reduced or written{} within {:g} s (run.watchdog_s)",
                  native_->size > 1 ? " on any rank" : "", seconds),
              .found = found,
              .attempt = "look whether a process is stopped or a file system blocks there, "
                         "then run again"});
}

void Communicator::finish() {
  if (native_->signs) {
    core::on_progress({});
    native_->signs->finish();
  }
}

bool Communicator::any(bool mine) {
  meet();
  int flag = mine ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &flag, 1, MPI_INT, MPI_MAX, native_->world);
  return flag != 0;
}

std::int64_t Communicator::sum(std::int64_t mine) {
  meet();
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_INT64_T, MPI_SUM, native_->world);
  return mine;
}

double Communicator::maximum(double mine) {
  meet();
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, MPI_MAX, native_->world);
  return mine;
}

double Communicator::minimum(double mine) {
  meet();
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, MPI_MIN, native_->world);
  return mine;
}

std::vector<std::vector<std::byte>> Communicator::gather(std::span<std::byte const> mine) {
  meet();
  std::uint64_t const own_bytes = mine.size();
  bool const root = native_->rank == 0;
  std::vector<std::uint64_t> bytes(root ? static_cast<std::size_t>(native_->size) : 0);
  MPI_Gather(&own_bytes, 1, MPI_UINT64_T, bytes.data(), 1, MPI_UINT64_T, 0, native_->world);
  if (!root) {
    in_pieces(mine.size(), [&](std::size_t begin, int count) {
      MPI_Send(mine.data() + begin, count, MPI_BYTE, 0, 0, native_->world);
    });
    return {};
  }
  std::vector<std::vector<std::byte>> all(bytes.size());
  all[0].assign(mine.begin(), mine.end());
  for (int from = 1; from < native_->size; ++from) {
    auto& part = all[static_cast<std::size_t>(from)];
    part.resize(bytes[static_cast<std::size_t>(from)]);
    in_pieces(part.size(), [&](std::size_t begin, int count) {
      MPI_Recv(part.data() + begin, count, MPI_BYTE, from, 0, native_->world, MPI_STATUS_IGNORE);
    });
  }
  return all;
}

std::vector<std::vector<std::byte>> Communicator::exchange(
    std::vector<std::span<std::byte const>> const& mine) {
  meet();
  auto const ranks = static_cast<std::size_t>(native_->size);
  std::vector<std::uint64_t> to(ranks, 0), from(ranks, 0);
  for (std::size_t rank = 0; rank < mine.size(); ++rank) to[rank] = mine[rank].size();
  MPI_Alltoall(to.data(), 1, MPI_UINT64_T, from.data(), 1, MPI_UINT64_T, native_->world);
  std::vector<std::vector<std::byte>> all(ranks);
  std::vector<MPI_Request> requests;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    all[rank].resize(from[rank]);
    in_pieces(from[rank], [&](std::size_t begin, int count) {
      MPI_Irecv(all[rank].data() + begin, count, MPI_BYTE, static_cast<int>(rank), 0,
                native_->world, &requests.emplace_back());
    });
  }
  for (std::size_t rank = 0; rank < mine.size(); ++rank)
    in_pieces(mine[rank].size(), [&](std::size_t begin, int count) {
      MPI_Isend(mine[rank].data() + begin, count, MPI_BYTE, static_cast<int>(rank), 0,
                native_->world, &requests.emplace_back());
    });
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  return all;
}

std::string Communicator::broadcast(std::string const& text) {
  meet();
  std::uint64_t bytes = text.size();
  MPI_Bcast(&bytes, 1, MPI_UINT64_T, 0, native_->world);
  std::string result = native_->rank == 0 ? text : std::string(bytes, '\0');
  in_pieces(result.size(), [&](std::size_t begin, int count) {
    MPI_Bcast(result.data() + begin, count, MPI_BYTE, 0, native_->world);
  });
  return result;
}

void Communicator::barrier() const { meet(); }

void abort_all(int exit_status) {
  flush_output();
  int initialized = 0, finalized = 0, size = 1;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  bool const running = initialized != 0 && finalized == 0;
  if (running) MPI_Comm_size(MPI_COMM_WORLD, &size);
  status_of_abort = exit_status;
  std::signal(SIGALRM, end_without_mpi);
  alarm(longest_abort_s);
  // One rank has nobody to end, and MPI_Abort would bury the message under its own. _Exit: nothing
  // is closed after an error.
  if (size > 1) MPI_Abort(MPI_COMM_WORLD, exit_status);
  std::_Exit(exit_status);
}

void abort_all(int exit_status, std::function<void()> const& print) {
  if (have_last_word()) {
    print();
    std::this_thread::sleep_for(others_of_node);
  } else {
    std::this_thread::sleep_for(longest_wait);
  }
  abort_all(exit_status);
}

// Several ranks that abort at once would each have their say.
void abort_together(Communicator const& ranks, int exit_status) {
  flush_output();
  if (ranks.rank() != 0) std::this_thread::sleep_for(longest_wait);
  abort_all(exit_status);
}

}  // namespace xrdct::io
