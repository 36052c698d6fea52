#pragma once
#include <mpi.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace xrdct::io {

/*!
 * What ranks tell each other while they work and wait: that they are there, that they get on, that
 * a signal asks them to stop. Rank 0 hears all ranks and tells each of them. Internal to io/ranks.
 *
 * All but what says so is for the main thread. docs/decisions/0021-watchdog.md
 * has the reasons.
 */
class SignsOfLife {
 public:
  explicit SignsOfLife(MPI_Comm world);

  /// How often to tell of progress [s]; 0: never, signals alone.
  void set_interval(double seconds) noexcept;
  /// Hears and tells what there is; returns at once, and is cheap to call often.
  void exchange();
  /// Whether this rank waits for others, or is at work itself.
  void set_waiting(bool waiting) noexcept { waiting_ = waiting; }
  /// Hears all that was told. Collective, the last call.
  void finish();

  /// Grows whenever another rank is heard to have got on. Any thread.
  std::uint64_t news() const noexcept { return news_.load(std::memory_order_relaxed); }
  /// Whether this rank has looked for signs within so many seconds. Any thread.
  bool looked_within(double seconds) const;
  /// Of the ranks that this one hears, on rank 0 all others, those that were not heard for so long,
  /// and those that were heard to be at work and not to wait for others. Any thread.
  std::vector<int> silent(double seconds) const;
  std::vector<int> working() const;

 private:
  using Clock = std::chrono::steady_clock;
  /// progress, signal, state
  using Sign = std::array<std::uint64_t, 3>;
  enum State : std::uint64_t { at_work, waits, leaves };

  struct Peer {
    int rank = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    Sign sent{};
    Clock::time_point sent_at;
    int signal_told = 0;
    std::uint64_t progress_heard = 0;
    bool left = false;
    std::atomic<std::int64_t> heard_at_ms = 0;
    std::atomic<std::uint64_t> state = at_work;
  };

  void hear();
  void take(Peer& peer, Sign const& sign);
  void tell(Peer& peer);
  Sign sign(State state) const;
  Peer& of(int rank) { return peers_[rank_ == 0 ? static_cast<std::size_t>(rank - 1) : 0]; }

  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0;
  std::vector<Peer> peers_;  //!< all others on rank 0; rank 0 on the others
  bool waiting_ = false;
  Clock::duration interval_ = Clock::duration::max();
  Clock::time_point next_;
  std::atomic<std::int64_t> looked_at_ms_ = 0;
  std::atomic<std::uint64_t> news_ = 0;
};

}  // namespace xrdct::io
