#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/scan/stages.hpp"

namespace xrdct::io {

class Communicator;

/*!
 * Starts MPI for the life of the program: sets the MPI-IO settings that are safe (before MPI_Init),
 * asks for MPI_THREAD_FUNNELED. One per process, in `main`, destroyed last. Works without mpirun as
 * one rank.
 */
class MpiSession {
 public:
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  /*!
   * Ends HDF5 and MPI on all ranks or on none. Collective; not after a failure of one rank alone.
   * \returns the same on all ranks; false: one of them gave up an output while HDF5 or MPI-IO wrote
   * it, or could not end HDF5. Then none may end in order (MPI_Finalize would close HDF5, and must
   * not run while another rank aborts), nor call exit(): `abort_together` has to end the program
   */
  [[nodiscard]] bool close(Communicator& ranks);
  MpiSession(MpiSession const&) = delete;
  MpiSession& operator=(MpiSession const&) = delete;
  static std::string library_version();
};

/*!
 * A duplicate of the world communicator. All calls are collective, on the main thread, unless they
 * say otherwise.
 *
 * A rank that comes first to a call waits for the others without holding a processor, and hears and
 * tells meanwhile whether ranks get on and whether one was asked to stop.
 */
class Communicator final : public core::Peers {
 public:
  Communicator();
  ~Communicator() override;
  Communicator(Communicator const&) = delete;
  Communicator& operator=(Communicator const&) = delete;

  int rank() const override;
  int size() const override;
  int ranks_on_node() const;  //!< ranks that share this node
  int rank_on_node() const;   //!< number of this one among them
  bool first_on_node() const;
  /// "rank 3 on HOST" of this rank; empty where it is the only one. Not collective, any thread.
  std::string const& place() const;
  bool any(bool mine) override;
  void begin_any(bool mine) override;
  std::optional<bool> end_any() override;
  bool stop_asked() override;
  std::int64_t sum(std::int64_t mine) override;
  double maximum(double mine) override;
  double minimum(double mine);
  std::vector<std::vector<std::byte>> gather(std::span<std::byte const> mine) override;
  std::string broadcast(std::string const& text) override;
  /// What this rank has for each rank, by rank; what is empty is not sent. An empty `mine` is
  /// nothing for anyone. \returns what the ranks have for this one, by rank
  std::vector<std::vector<std::byte>> exchange(std::vector<std::span<std::byte const>> const& mine);
  void barrier() const;

  /*!
   * From now on this rank ends all with the status `watchdog` when no rank has noted progress
   * (progress.hpp) for so long, by one message that names the ranks at fault. Tells the others of
   * its own progress, also from within `core::note_progress` on this thread. Not collective, but
   * all ranks watch or none.
   * \param seconds 0: nobody watches
   */
  void watch(double seconds);

  struct Native;
  Native const& native() const { return *native_; }  //!< the MPI handle, for io/ alone

 private:
  friend class MpiSession;
  void meet() const;  //!< waits until all ranks are here
  void finish();      //!< hears all that is on its way
  std::string watchdog_text(double seconds) const;
  std::unique_ptr<Native> native_;
};

/// Ends all ranks at once with this exit status, after flushing standard output and error. For a
/// failure that the others do not know of: they are in a call that waits for this rank, or will be.
/// Does not return. Any thread.
[[noreturn]] void abort_all(int exit_status);

/// The same, with one message of the run however many ranks fail at once: `print` is called where
/// this rank has the last word (last_word.hpp).
[[noreturn]] void abort_all(int exit_status, std::function<void()> const& print);

/// The same where all ranks call it: rank 0 ends them, and the others wait for that, at most some
/// seconds. Does not return.
[[noreturn]] void abort_together(Communicator const& ranks, int exit_status);

}  // namespace xrdct::io
