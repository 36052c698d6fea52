#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "io/files/durable_file.hpp"
#include "io/guard/input_files.hpp"

namespace xrdct::io {

/// What an output is. It decides which names beside it are used, too, and what may stand in its
/// place.
enum class OutputRole {
  reduction,  //!< HDF5 of a scan, with .part, .journal, .lock and .log.json: replaces
              //!< results of `reduce` and `integrate` when asked
  slices,     //!< HDF5 of slices, with the same beside it: replaces slices when asked
  patterns,   //!< HDF5 of images, with .part: replaces patterns of `integrate`
  scan,       //!< simulated HDF5 or CBF, with .part: replaces simulated files when asked
  made_text,  //!< a text that is known word for word: replaces that text when asked
  text,       //!< columns: replaces columns that xrdct wrote
  picture,    //!< replaces pictures that xrdct drew
  exported    //!< for other programs, without a mark of xrdct: replaces nothing
};

/// One output of a command.
struct OutputFile {
  std::filesystem::path file;
  OutputRole role = OutputRole::reduction;
  bool overwrite = false;  //!< asked to replace; texts, pictures and patterns need not be asked for
  std::uint64_t bytes = 0;              //!< that it will take, as far as known
  std::vector<std::string> texts = {};  //!< of made_text: what may be replaced
  std::string give_another = "output";  //!< "choose another <…>" in messages
};

/*!
 * Keeps a command from writing over what is not its own to replace, and tells before the work what
 * would fail after it.
 *
 * Every name that is written counts, those beside an output, too. Refused are: a file that the
 * command reads; one that is written already under another name; a folder, device, pipe or socket;
 * a file that exists, unless this program wrote it and it may be replaced.
 */
class OutputGuard {
 public:
  explicit OutputGuard(InputFiles inputs = {}) : inputs_(std::move(inputs)) {}
  void add(OutputFile output) { outputs_.push_back(std::move(output)); }

  /// Looks, and touches nothing. \throws core::InputError with all problems at once
  void refuse() const;

  /// \param space whether the bytes are taken for a moment, as the run will take them, so that
  /// quotas are reported; else they are compared with what is free
  enum class Space { compared, taken };
  /*!
   * Refuses, and tries what the run will do: a file with a name of the same length in each folder,
   * its space, the right to replace what is there, and whether another run holds the lock. Leaves
   * nothing behind.
   * \throws core::InputError as `refuse`; core::IoError
   */
  void require(Space space = Space::compared) const;

 private:
  InputFiles inputs_;
  std::vector<OutputFile> outputs_;
};

/// Whether an output may be put in the place of what is there now; for the moment before it
/// happens.
/// \throws core::InputError
void refuse_replacing(std::filesystem::path const& file, OutputRole role, bool overwrite);

/*!
 * The moments when an output begins and ends, hours after its names were looked at: a file that
 * somebody else put there meanwhile stays. `begin_part` takes away what an earlier run left as
 * `<file>.part`; `finish_part` gives it its name.
 * \throws core::IoError, which tells where the whole result lies
 */
void begin_part(std::filesystem::path const& file, OutputRole role);
void finish_part(std::filesystem::path const& file, OutputRole role, bool overwrite);

/// Whether the log of a run may be written to this name.
bool may_hold_log(std::filesystem::path const& file);

/// Tries to make a file in a folder. \throws core::IoError
void try_folder(std::filesystem::path const& folder);

}  // namespace xrdct::io
