#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "io/files/durable_file.hpp"
#include "io/guard/journal_folder.hpp"
#include "io/journal/run_identity.hpp"

/// The folder `<output>.journal`: which run `<output>.part` belongs to, and which of its blocks are
/// on the disk. See docs/file-format.md.
namespace xrdct::io {

/// A block that is on the disk, and the checksum of its row of checksums.
struct CommittedBlock {
  std::size_t block = 0;
  std::uint64_t row = 0;
  bool operator==(CommittedBlock const&) const = default;
};

/// Makes the folder with the identity of a run, on the disk; what an earlier run left is removed.
void begin_journal(std::filesystem::path const& folder, RunIdentity const& identity);

/// The run that the journal belongs to; nothing: there is no journal, or it was not finished.
std::optional<RunIdentity> journal_owner(std::filesystem::path const& folder);

/// All that is known of earlier attempts.
struct JournalReading {
  std::vector<CommittedBlock> blocks;  //!< in ascending order, each once
  int attempts = 0;                    //!< a new one has this number
};

/// Reads all files of a journal. A record that is torn, of another run or out of range counts for
/// nothing: its block is made again. \throws core::IoError
JournalReading read_journal(std::filesystem::path const& folder, std::uint64_t seed,
                            std::size_t blocks);

/// The seed of all records of a run: those of another one are none of this one.
std::uint64_t journal_seed(RunIdentity const& identity);

/*!
 * The part of one rank in one attempt: a file that only grows.
 *
 * A record has 32 bytes, little endian:
 *
 *     u64 "XRDCTJ01", u64 block, u64 XXH3(row of checksums), u64 XXH3(the first 24 bytes)
 *
 * both with `journal_seed`.
 */
class RunJournal {
 public:
  RunJournal(std::filesystem::path const& folder, std::uint64_t seed, int attempt, int rank);
  /// Says that these blocks are on the disk, and brings that to the disk. After their own sync
  /// alone. \throws core::IoError
  void append(std::vector<CommittedBlock> const& blocks);
  void close();

 private:
  std::filesystem::path file_;
  std::uint64_t seed_;
  FileDescriptor descriptor_;
};

}  // namespace xrdct::io
