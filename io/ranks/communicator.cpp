// MPI in a few words: the session, its end, and what ranks say to each other.
#include "io/ranks/communicator.hpp"

#include <fmt/core.h>
#include <hdf5.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "core/words/errors.hpp"
#include "io/hdf5/written_hdf5.hpp"
#include "io/ranks/mpi_handle.hpp"
#include "io/ranks/mpi_io_choice.hpp"

namespace xrdct::io {
namespace {

// MPI counts are int, and some transports fail above 2 GiB: long texts and buffers travel in
// pieces.
constexpr std::size_t piece_bytes = std::size_t{512} << 20;

constexpr std::chrono::seconds longest_wait{60};

// Applied to the pieces [begin, begin + count) of a buffer, in order.
template <class Transfer>
void in_pieces(std::size_t bytes, Transfer transfer) {
  for (std::size_t begin = 0; begin < bytes; begin += piece_bytes)
    transfer(begin, static_cast<int>(std::min(piece_bytes, bytes - begin)));
}

void flush_output() {
  std::cout.flush();
  std::cerr.flush();
  std::fflush(nullptr);
}

}  // namespace

MpiSession::MpiSession(int& argc, char**& argv) {
  choose_mpi_io();
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
  MPI_Comm_free(&node);
}

// The duplicate is not freed: that is a collective call, which has no place in a destructor.
// MPI_Finalize takes it.
Communicator::~Communicator() = default;

int Communicator::rank() const { return native_->rank; }
int Communicator::size() const { return native_->size; }
int Communicator::ranks_on_node() const { return native_->ranks_on_node; }
bool Communicator::first_on_node() const { return native_->rank_on_node == 0; }

bool Communicator::any(bool mine) {
  int flag = mine ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &flag, 1, MPI_INT, MPI_MAX, native_->world);
  return flag != 0;
}

std::int64_t Communicator::sum(std::int64_t mine) {
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_INT64_T, MPI_SUM, native_->world);
  return mine;
}

double Communicator::maximum(double mine) {
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, MPI_MAX, native_->world);
  return mine;
}

double Communicator::minimum(double mine) {
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, MPI_MIN, native_->world);
  return mine;
}

std::vector<std::vector<std::byte>> Communicator::gather(std::span<std::byte const> mine) {
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

std::string Communicator::broadcast(std::string const& text) {
  std::uint64_t bytes = text.size();
  MPI_Bcast(&bytes, 1, MPI_UINT64_T, 0, native_->world);
  std::string result = native_->rank == 0 ? text : std::string(bytes, '\0');
  in_pieces(result.size(), [&](std::size_t begin, int count) {
    MPI_Bcast(result.data() + begin, count, MPI_BYTE, 0, native_->world);
  });
  return result;
}

void Communicator::barrier() const { MPI_Barrier(native_->world); }

void abort_all(int exit_status) {
  flush_output();
  int initialized = 0, finalized = 0, size = 1;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  bool const running = initialized != 0 && finalized == 0;
  if (running) MPI_Comm_size(MPI_COMM_WORLD, &size);
  // One rank has nobody to end, and MPI_Abort would bury the message under its own. _Exit: nothing
  // is closed after an error.
  if (size > 1) MPI_Abort(MPI_COMM_WORLD, exit_status);
  std::_Exit(exit_status);
}

// Several ranks that abort at once would each have their say.
void abort_together(Communicator const& ranks, int exit_status) {
  flush_output();
  if (ranks.rank() != 0) std::this_thread::sleep_for(longest_wait);
  abort_all(exit_status);
}

}  // namespace xrdct::io
