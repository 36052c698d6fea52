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
 * The output of `reduce` while it is written (block_file.hpp). A block is packed chunk by chunk,
 * and is one run of bytes in each dataset.
 */
class SinogramFile final : public core::BlockWriter {
 public:
  /// Collective. \throws as BlockFile; core::InputError names that cannot stand side by side
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
