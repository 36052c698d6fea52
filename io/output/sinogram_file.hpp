#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/scan/stages.hpp"
#include "core/words/choices.hpp"
#include "io/nexus/output_description.hpp"
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
 * filter), syncs it and renames it to `.part`; then all ranks open it. A block is packed chunk by
 * chunk and written whole chunks at a time. `close` syncs all ranks' data and rank 0 gives the file
 * its name. All writers give the same bytes. Without `close` the `.part` file stays.
 */
class SinogramFile final : public core::BlockWriter {
 public:
  /*!
   * Collective.
   * \throws core::InputError on all ranks when `file` exists and not `overwrite`, or is not this
   * program's to replace (output_guard.hpp); core::IoError no space, no permission.
   */
  SinogramFile(Communicator& communicator, std::filesystem::path const& file,
               OutputDescription const& description, core::Writer writer, bool overwrite);
  ~SinogramFile() override;  //!< frees memory; closes no file (that is collective)

  /// Collective: one call per round on every rank. \throws core::IoError on a rank alone
  void write(core::BlockResult const* block) override;
  bool meets() const override;
  /// Collective; syncs, writes preview on rank 0, renames.
  /// \throws core::InputError,core::IoError on all ranks alike
  void close(Preview const& preview);
  /// Instead of `close`, where a run ends before all blocks are written: syncs, and leaves the
  /// `.part`. Collective. \throws core::IoError on all ranks alike
  void suspend();
  std::size_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
