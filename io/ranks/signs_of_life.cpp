// Small messages between rank 0 and the others, sent and heard between other work.
#include "io/ranks/signs_of_life.hpp"

#include "core/scan/progress.hpp"
#include "io/ranks/stop_signals.hpp"

namespace xrdct::io {
namespace {

constexpr std::chrono::milliseconds shortest_interval{1};  // between looks

std::int64_t milliseconds(std::chrono::steady_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

int number_of_peers(MPI_Comm comm, int& rank) {
  int size = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  return rank == 0 ? size - 1 : 1;
}

}  // namespace

SignsOfLife::SignsOfLife(MPI_Comm world) {
  MPI_Comm_dup(world, &comm_);
  peers_ = std::vector<Peer>(static_cast<std::size_t>(number_of_peers(comm_, rank_)));
  auto const now = milliseconds(Clock::now());
  looked_at_ms_ = now;
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    peers_[i].rank = rank_ == 0 ? static_cast<int>(i) + 1 : 0;
    peers_[i].heard_at_ms = now;
  }
}

void SignsOfLife::set_interval(double seconds) noexcept {
  interval_ =
      seconds > 0.0
          ? std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))
          : Clock::duration::max();
}

void SignsOfLife::exchange() {
  auto const now = Clock::now();
  if (now < next_) return;
  next_ = now + shortest_interval;
  looked_at_ms_ = milliseconds(now);
  hear();
  for (auto& peer : peers_) {
    bool const due = interval_ != Clock::duration::max() && now - peer.sent_at >= interval_;
    if (due || peer.signal_told != stop_signal()) tell(peer);
  }
}

void SignsOfLife::hear() {
  for (;;) {
    int there = 0;
    MPI_Status status{};
    MPI_Iprobe(MPI_ANY_SOURCE, 0, comm_, &there, &status);
    if (there == 0) return;
    Sign sign{};
    MPI_Recv(sign.data(), static_cast<int>(sign.size()), MPI_UINT64_T, status.MPI_SOURCE, 0, comm_,
             MPI_STATUS_IGNORE);
    take(of(status.MPI_SOURCE), sign);
  }
}

void SignsOfLife::take(Peer& peer, Sign const& sign) {
  auto const [progress, signal, state] = sign;
  peer.heard_at_ms = milliseconds(Clock::now());
  peer.state = state;
  peer.left = state == leaves;
  if (signal != 0) ask_to_stop(static_cast<int>(signal));
  if (progress == peer.progress_heard) return;
  peer.progress_heard = progress;
  news_.fetch_add(1, std::memory_order_relaxed);
}

// What rank 0 tells counts the progress of all ranks.
SignsOfLife::Sign SignsOfLife::sign(State state) const {
  std::uint64_t const progress = core::progress_noted() + (rank_ == 0 ? news() : 0);
  return {progress, static_cast<std::uint64_t>(stop_signal()), state};
}

// A peer that does not take its messages gets no more of them.
void SignsOfLife::tell(Peer& peer) {
  int sent = 0;
  MPI_Test(&peer.request, &sent, MPI_STATUS_IGNORE);
  if (sent == 0) return;
  peer.sent = sign(waiting_ ? waits : at_work);
  peer.sent_at = Clock::now();
  peer.signal_told = static_cast<int>(peer.sent[1]);
  MPI_Isend(peer.sent.data(), static_cast<int>(peer.sent.size()), MPI_UINT64_T, peer.rank, 0, comm_,
            &peer.request);
}

// Messages of a rank arrive in order: after the last one there are no more.
void SignsOfLife::finish() {
  for (auto& peer : peers_) {
    MPI_Wait(&peer.request, MPI_STATUS_IGNORE);
    peer.sent = sign(leaves);
    MPI_Isend(peer.sent.data(), static_cast<int>(peer.sent.size()), MPI_UINT64_T, peer.rank, 0,
              comm_, &peer.request);
  }
  for (auto& peer : peers_) {
    while (!peer.left) {
      Sign sign{};
      MPI_Recv(sign.data(), static_cast<int>(sign.size()), MPI_UINT64_T, peer.rank, 0, comm_,
               MPI_STATUS_IGNORE);
      take(peer, sign);
    }
    MPI_Wait(&peer.request, MPI_STATUS_IGNORE);
  }
}

bool SignsOfLife::looked_within(double seconds) const {
  return static_cast<double>(milliseconds(Clock::now()) - looked_at_ms_) <= 1000.0 * seconds;
}

std::vector<int> SignsOfLife::silent(double seconds) const {
  std::vector<int> ranks;
  auto const now = milliseconds(Clock::now());
  for (auto const& peer : peers_)
    if (static_cast<double>(now - peer.heard_at_ms) > 1000.0 * seconds) ranks.push_back(peer.rank);
  return ranks;
}

std::vector<int> SignsOfLife::working() const {
  std::vector<int> ranks;
  for (auto const& peer : peers_)
    if (peer.state == at_work) ranks.push_back(peer.rank);
  return ranks;
}

}  // namespace xrdct::io
