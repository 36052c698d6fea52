#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "io/files/checksum.hpp"
#include "io/files/durable_file.hpp"
#include "io/output/output_part.hpp"
#include "io/ranks/communicator.hpp"
#include "io/stored/output_regions.hpp"

namespace xrdct::io {

/// The values that one rank writes when all others are on the disk, in the order of
/// `BlockedLayout::last`, with their checksum.
class LastValues {
 public:
  explicit LastValues(std::filesystem::path const& part);
  void put(std::uint64_t address, std::span<std::byte const> bytes);
  std::uint64_t checksum() const { return checksum_.value(); }
  /// Without a checksum of its own.
  void write(std::uint64_t address, std::span<std::byte const> bytes);
  void close();

 private:
  std::filesystem::path part_;
  FileDescriptor descriptor_;
  Checksum checksum_;
};

/*!
 * An output of blocks while it is written, of whichever kind: `<file>.part`, complete in structure
 * from the start.
 *
 * Rank 0 makes the skeleton (all groups, attributes, axes; fixed shape, early allocation, no
 * filter), syncs it and renames it to `.part`, or finds that of an earlier run of the same job;
 * then all ranks open it. A block is written in runs of bytes, and a checksum of each of its
 * columns with it. From time to time the ranks commit: what they have written is synced, and then
 * noted in the journal (run_journal.hpp). With the collective writer a commit is a round of all
 * ranks, because another rank may have written the bytes of this one.
 *
 * All writers give the same bytes. Without `finish` the `.part` file and its journal stay, and the
 * next run goes on. Main thread.
 */
class BlockFile {
 public:
  /*!
   * Collective.
   * \throws core::InputError on all ranks when `file` exists and not `overwrite`, or is not this
   * program's to replace (output_guard.hpp), or an unfinished output is there that belongs to
   * another run; core::IoError no space, no permission.
   */
  BlockFile(Communicator& communicator, std::filesystem::path const& file, BlockedOutput output,
            OutputRun const& run);
  ~BlockFile();  //!< frees memory; closes no file (that is collective)

  std::filesystem::path const& part() const noexcept;
  OutputRegions const& regions() const noexcept;
  std::uint64_t address(std::size_t dataset) const;
  /// What earlier attempts have committed, in ascending order; the same on all ranks.
  std::vector<CommittedBlock> const& committed() const noexcept;
  int attempts() const noexcept;  //!< earlier ones

  /// The bytes of a run of a block, valid until the next call.
  using Run = std::function<std::span<std::byte const>(std::size_t run)>;
  /*!
   * One column of a block. Every rank goes through all columns in each round, in their order. With
   * a writer that meets this is collective.
   * \param bytes asked for each run, in their order
   */
  void put(std::size_t block, std::size_t column, Run const& bytes);
  void put(std::size_t block, std::size_t column, std::span<std::byte const> bytes);
  /// The same of a rank that has no block in this round.
  void put_nothing(std::size_t column);
  /// Ends a round: its checksums are written, and committed when it is time. Nothing: no block.
  void end_round(std::optional<std::size_t> block);
  /// Whether a rank may have to wait for the others in `put`.
  bool meets() const noexcept;

  /// Collective; commits what was written, and leaves `.part` and journal for another run.
  /// \throws core::IoError on all ranks alike
  void suspend();
  /// Collective; what was written is on the disk, and in the journal. Nothing is put after it.
  void close_blocks();
  /// Collective; each rank compares what another one has written with its checksums, where the run
  /// wants it.
  void prove_blocks();
  /// Collective; rank 0 gives the last values, which it has put. They are proven, and the file gets
  /// its name. \throws core::InputError,core::IoError on all ranks alike
  void finish(std::optional<LastValues>& last);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
