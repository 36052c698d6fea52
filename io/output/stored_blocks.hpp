#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "core/scan/stages.hpp"
#include "io/files/durable_file.hpp"
#include "io/journal/run_journal.hpp"
#include "io/nexus/output_layout.hpp"
#include "io/stored/output_regions.hpp"

namespace xrdct::io {

/*!
 * The blocks that earlier attempts have written, read back from `<file>.part`.
 *
 * Only what is needed to go on is read into a result: intensities (for the previews), status and
 * counters of pixels. Memory: one block.
 */
class StoredBlocks final : public core::FinishedBlocks {
 public:
  /// All outlive this. \param committed in ascending order
  StoredBlocks(std::filesystem::path file, OutputLayout const& layout, OutputRegions const& regions,
               std::vector<CommittedBlock> committed);

  std::vector<std::size_t> blocks() const override;
  /// Nothing: its bytes are not those that the journal vouches for, in any of its datasets.
  std::optional<core::BlockResult> read(std::size_t block) override;

 private:
  template <class T>
  std::vector<T> values(std::size_t block, std::size_t column) const;

  std::filesystem::path file_;
  OutputLayout const& layout_;
  OutputRegions const& regions_;
  std::vector<CommittedBlock> committed_;
  FileDescriptor descriptor_;
};

}  // namespace xrdct::io
