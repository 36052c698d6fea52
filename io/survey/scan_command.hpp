#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace xrdct::io {

/// A motor in the command of a scan.
struct CommandedAxis {
  std::string motor;
  double start = 0.0;
  double step = 0.0;  //!< from point to point
  std::size_t points = 1;
};

/// What a command such as "fscan2d dty 0 0.1 31 rot 0 5.6 32 0.01" asks for.
struct ScanCommand {
  std::string name;                 //!< "fscan2d"
  std::vector<CommandedAxis> axes;  //!< the fast one first

  std::size_t points() const;  //!< of all axes
};

/*!
 * Reads the title of a BLISS entry, or the `#S` of a SPEC scan:
 *
 *     fscan2d                slow start step points, fast start step points, time
 *     mesh, amesh, dmesh …   fast start end intervals, slow start end intervals, time
 *     fscan                  motor start step points, time
 *     ascan, dscan …         motor start end intervals, time
 *
 * Numbers that stand elsewhere, such as times in between, are passed over. Nothing for other
 * commands.
 */
std::optional<ScanCommand> read_scan_command(std::string const& title);

}  // namespace xrdct::io
