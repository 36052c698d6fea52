#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "core/words/choices.hpp"
#include "io/guard/output_guard.hpp"
#include "io/journal/run_identity.hpp"
#include "io/journal/run_journal.hpp"
#include "io/nexus/blocked_layout.hpp"

/// The beginning of an output: `<file>.part`, made new or taken up where an earlier run left it.
namespace xrdct::io {

/// How a run treats its output.
struct OutputRun {
  core::Writer writer = core::Writer::collective;
  bool overwrite = false;     //!< a finished output may be replaced
  bool restart = false;       //!< what an earlier run left is discarded
  bool verify = true;         //!< the output is read back before it takes its name
  double commit_s = 30.0;     //!< time between two entries of the journal
  RunIdentity identity = {};  //!< of rank 0
};

/// An output that is filled block by block, of whichever kind.
struct BlockedOutput {
  OutputRole role = OutputRole::reduction;
  BlockedLayout layout;
  std::uint64_t skeleton_bytes = 0;  //!< of the skeleton, holes left out; about
  /// Writes a file that is complete but for the values of the layout; equal outputs give equal
  /// bytes. \returns the address of the first byte of each dataset
  std::function<std::vector<std::uint64_t>(std::filesystem::path const&)> write_skeleton;
};

struct OutputPart {
  std::vector<std::uint64_t> addresses;  //!< of the datasets of the layout
  std::uint64_t structure = 0;           //!< checksum
  std::uint64_t seed = 0;                //!< of the journal
  JournalReading journal;                //!< of earlier attempts
};

std::filesystem::path part_of(std::filesystem::path const& output);

/// What an earlier run of the same identity has left unfinished; nothing: there is none, or it is
/// to be discarded. \param blocks of the output \throws core::InputError another run has left it
std::optional<JournalReading> earlier_attempts(std::filesystem::path const& file,
                                               OutputRun const& run, std::size_t blocks);

/// Whether an output may be begun here. \throws core::InputError,core::IoError
void require_output(std::filesystem::path const& file, OutputRole role, bool overwrite);

/// Takes away what lies beside a finished output: of a run that was ended when it had its name
/// already, or while it was made again. \throws core::IoError another run is making it again
void remove_remains(std::filesystem::path const& file, OutputRole role);

/*!
 * Makes `<file>.part` with its journal, or finds both of this very run. One process, which
 * holds the lock of the output.
 *
 * The skeleton gets its space and reaches the disk before it gets its name: a `.part` is always
 * complete in structure, and belongs to the journal beside it.
 * \throws core::InputError what is there belongs to another run, or is not this program's to
 * replace; core::IoError no space, no permission, the structure of the `.part` is damaged
 */
OutputPart open_part(std::filesystem::path const& file, BlockedOutput const& output,
                     OutputRun const& run);

}  // namespace xrdct::io
