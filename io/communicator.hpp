#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/stages.hpp"

namespace xrdct::io {

/*!
 * Starts MPI for the life of the program: sets the MPI-IO settings that are safe (before MPI_Init), asks for MPI_THREAD_FUNNELED.
 * One per process, in `main`, destroyed last. Works without mpirun as one rank.
 */
class MpiSession {
 public:
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  /// Ends HDF5 and MPI. Collective; not after a failure of one rank alone. \throws core::IoError a file is still open
  void close();
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
  /// Rank 0's text on all ranks, whatever its length.
  std::string broadcast(std::string const& text) const;
  void barrier() const;

  struct Native;
  Native const& native() const { return *native_; }  //!< the MPI handle, for io/ alone

 private:
  std::unique_ptr<Native> native_;
};

/// False once an output was given up while HDF5 wrote it: then neither MpiSession::close nor exit() may run, `abort_all` has to end the program.
bool may_end_in_order();

/// Ends all ranks at once with this exit status, after flushing standard output and error. Does not return.
[[noreturn]] void abort_all(int exit_status);

}  // namespace xrdct::io
