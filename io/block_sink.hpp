#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/scan_layout.hpp"
#include "io/durable_file.hpp"
#include "io/output_layout.hpp"

namespace xrdct::io {

/// Puts the bytes of blocks into the datasets of a complete skeleton. One implementation per way to the disk; all leave the same bytes.
class BlockSink {
 public:
  virtual ~BlockSink() = default;
  /// All chunks of a block of one chunked dataset, packed. No block: takes part in what is collective.
  virtual void write_chunks(std::size_t dataset, std::optional<std::size_t> block, std::span<std::byte const> chunks) = 0;
  /// The places of a block of one contiguous dataset.
  virtual void write_places(std::size_t dataset, std::optional<std::size_t> block, std::span<std::byte const> places) = 0;
  /// Collective.
  virtual void close() = 0;
};

/*!
 * Writes by H5Dwrite through MPI-IO, chunk by chunk, collectively or independently. Collective to construct.
 *
 * The destructor closes nothing: closing is collective, and after an error it would hang or touch the metadata of a file whose state is unknown.
 */
std::unique_ptr<BlockSink> make_hdf5_sink(Communicator const& communicator, std::filesystem::path const& file, OutputLayout const& layout,
                                          core::BlockPlan const& plan, bool collective);

/// Writes by pwrite: a block of a dataset is one run of bytes. Neither MPI-IO nor HDF5 takes part.
/// \param addresses of the datasets, as `write_skeleton` returns them
std::unique_ptr<BlockSink> make_direct_sink(std::filesystem::path const& file, OutputLayout const& layout, core::BlockPlan const& plan,
                                            std::vector<std::uint64_t> addresses);

}  // namespace xrdct::io
