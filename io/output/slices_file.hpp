#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "core/tomography/slice_plan.hpp"
#include "io/nexus/slices_description.hpp"
#include "io/output/output_part.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::io {

/// All that is written for one unit.
struct SliceBlock {
  std::size_t unit = 0;
  std::span<float const> values = {};          //!< I [y][x][bin]
  std::span<float const> errors = {};          //!< the same; empty where they are not written
  std::vector<core::SliceStatus> status = {};  //!< [bin]
  /// [result][value], in the order of the description: of results per bin those of these bins, of
  /// the others those of the height, which the first unit of the height writes (else empty)
  std::vector<std::vector<double>> results = {};
};

/*!
 * The slices while they are written: `<file>.part`, complete in structure from the start, with the
 * journal, checksums and proof of the output of `reduce` (block_file.hpp). All writers and numbers
 * of ranks give the same bytes. Main thread. Memory: a tile of a unit, 1 MiB.
 */
class SlicesFile {
 public:
  /// Collective. \throws as SinogramFile
  SlicesFile(Communicator& communicator, std::filesystem::path const& file,
             SlicesDescription const& description, OutputRun const& run);
  ~SlicesFile();  //!< frees memory; closes no file (that is collective)

  core::SlicePlan const& plan() const noexcept;
  /// Units that are to be made, in ascending order: all, or those that earlier attempts have not
  /// committed or whose bytes are damaged. The same on all ranks. Collective.
  std::vector<std::size_t> units_to_do();
  std::size_t damaged_units() const;  //!< units of earlier attempts whose bytes are damaged
  int attempts() const;               //!< earlier ones
  /// The result of a height that an earlier attempt has written, by its number in the description.
  /// For heights whose first unit is not to be done.
  std::vector<double> result(std::size_t reduction, std::size_t height, std::size_t result) const;

  /// Collective with a writer that `meets`: one call per round on every rank, nullptr: no unit in
  /// this round. \throws core::IoError on a rank alone
  void write(SliceBlock const* block);
  bool meets() const;
  /// Collective; commits what was written, and leaves `.part` and journal for another run.
  void suspend();
  /// Collective; syncs, forms the mean slices of the preview of what lies in the file, reads
  /// everything back, renames. \throws core::InputError,core::IoError on all ranks alike
  void close();
  std::size_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
