#pragma once
#include <hdf5.h>

#include <string_view>

/// What this program's files hold, and so whether somebody has added to one. For the sources of io/
/// alone.
namespace xrdct::io {

/// Whether an open result of `reduce`, `reconstruct` or `integrate` holds only objects and
/// attributes of names that these commands write. A fit, a note or a link that a user put there is
/// not to be lost with it.
bool holds_results_alone(hid_t file);

/// The same for a file of `simulate`.
bool holds_simulation_alone(hid_t file);

/// Whether these first bytes of an HDF5 file that cannot be opened are those of an unfinished
/// result: all words that it begins with are there.
bool looks_like_unfinished_result(std::string_view start);

/// Whether a text begins as this program's columns do, `# xrdct 1.2.3: …`, and has only lines that
/// it writes: another header line, or words between the numbers, are a user's.
/// \param text the first bytes of the file
bool is_written_text(std::string_view text);

}  // namespace xrdct::io
