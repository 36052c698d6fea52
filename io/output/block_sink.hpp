#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "io/ranks/communicator.hpp"

namespace xrdct::io {

/// Puts the bytes of blocks into a complete skeleton: a block of a dataset is one run of bytes. One
/// implementation per way to the disk; all leave the same bytes, and none touches what HDF5 wrote.
class BlockSink {
 public:
  virtual ~BlockSink() = default;
  /*!
   * Writes a run of bytes.
   * \param address of its first byte in the file
   * \param bytes of this rank; none: takes part in what is collective
   * \param largest [bytes] the largest run of any rank in this call, the same number on all of them
   * \throws core::IoError on this rank alone
   */
  virtual void write(std::uint64_t address, std::span<std::byte const> bytes,
                     std::size_t largest) = 0;
  /// Collective, also where it fails. \throws core::IoError on this rank alone
  virtual void close() = 0;
};

/*!
 * Writes by MPI-IO, collectively or independently. Collective to construct. See
 * docs/decisions/0007-writing-by-mpi-io.md.
 *
 * The destructor closes nothing: closing is collective, and after an error it would hang.
 */
std::unique_ptr<BlockSink> make_mpi_io_sink(Communicator const& communicator,
                                            std::filesystem::path const& file, bool collective);

/// Writes by pwrite, without MPI-IO.
std::unique_ptr<BlockSink> make_direct_sink(std::filesystem::path const& file);

}  // namespace xrdct::io
