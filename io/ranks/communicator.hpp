#pragma once
#include <cstdint>
#include <memory>
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

/// A duplicate of the world communicator. All calls are collective, on the main thread.
class Communicator final : public core::Peers {
 public:
  Communicator();
  ~Communicator() override;
  Communicator(Communicator const&) = delete;
  Communicator& operator=(Communicator const&) = delete;

  int rank() const override;
  int size() const override;
  int ranks_on_node() const;  //!< ranks that share this node
  bool first_on_node() const;
  bool any(bool mine) override;
  std::int64_t sum(std::int64_t mine) override;
  double maximum(double mine) override;
  double minimum(double mine);
  std::vector<std::vector<std::byte>> gather(std::span<std::byte const> mine) override;
  std::string broadcast(std::string const& text) override;
  void barrier() const;

  struct Native;
  Native const& native() const { return *native_; }  //!< the MPI handle, for io/ alone

 private:
  std::unique_ptr<Native> native_;
};

/// Ends all ranks at once with this exit status, after flushing standard output and error. For a
/// failure that the others do not know of: they are in a call that waits for this rank, or will be.
/// Does not return.
[[noreturn]] void abort_all(int exit_status);

/// The same where all ranks call it: rank 0 ends them, and the others wait for that, at most for a
/// minute. Does not return.
[[noreturn]] void abort_together(Communicator const& ranks, int exit_status);

}  // namespace xrdct::io
