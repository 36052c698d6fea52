#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/scan/stages.hpp"
#include "io/nexus/output_description.hpp"
#include "io/output/output_part.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::io {

/// What a viewer shows at once; written by rank 0 at the end.
struct Preview {
  std::vector<std::vector<double>> mean;     //!< [reduction][bin] over places with a value
  std::vector<std::vector<double>> maximum;  //!< [reduction][bin]
};

/*!
 * The output while it is written: `<file>.part`, complete in structure from the start.
 *
 * Rank 0 makes the skeleton (all groups, attributes, axes; fixed shape, early allocation, no
 * filter), syncs it and renames it to `.part`, or finds that of an earlier run of the same job;
 * then all ranks open it. A block is packed chunk by chunk and written whole chunks at a time, and
 * a checksum of every dataset's part of it with it. From time to time the ranks commit: what they
 * have written is synced, and then noted in the journal (run_journal.hpp). With the collective
 * writer a commit is a round of all ranks, because another rank may have written the bytes of this
 * one.
 *
 * `close` syncs, reads everything back, and rank 0 gives the file its name. All writers give the
 * same bytes. Without `close` the `.part` file and its journal stay, and the next run goes on.
 */
class SinogramFile final : public core::BlockWriter {
 public:
  /*!
   * Collective.
   * \throws core::InputError on all ranks when `file` exists and not `overwrite`, or is not this
   * program's to replace (output_guard.hpp), or an unfinished output is there that belongs to
   * another run; core::IoError no space, no permission.
   */
  SinogramFile(Communicator& communicator, std::filesystem::path const& file,
               OutputDescription const& description, OutputRun const& run);
  ~SinogramFile() override;  //!< frees memory; closes no file (that is collective)

  /// What earlier attempts have committed.
  core::FinishedBlocks& finished();
  int attempts() const;  //!< earlier ones

  /// Collective: one call per round on every rank. \throws core::IoError on a rank alone
  void write(core::BlockResult const* block) override;
  bool meets() const override;
  /// Collective; commits what was written, and leaves `.part` and journal for another run.
  /// \throws core::IoError on all ranks alike
  void suspend();
  /// Collective; syncs, writes previews on rank 0, reads back, renames.
  /// \throws core::InputError,core::IoError on all ranks alike
  void close(Preview const& preview);
  std::size_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
