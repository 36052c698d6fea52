#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xrdct::core {

/// Frames [first, last) that follow each other on one outer place, while the inner motor goes one
/// way.
struct ScanLine {
  std::size_t first, last;
  std::int64_t outer;  //!< place of the outer axes
  int direction = 0;   //!< +1 rising, −1 falling, 0: in no order, or not moving
  std::size_t frames() const { return last - first; }
};

/*!
 * Cuts a scan into lines: where the outer place changes, and within it where the inner motor flies
 * back or turns round. Points in no order (pieces would be shorter than six frames on the average)
 * are one line. \param inner [frame] positions; of a wrapping angle those of each line are
 * unwrapped in place: a jump of about a turn that hides a usual step is no jump \param outer
 * [frame]
 */
std::vector<ScanLine> cut_lines(std::span<double> inner, std::span<std::int64_t const> outer,
                                bool wraps);

/*!
 * Moves the positions of a line from the start (or the end) of the exposure to its middle.
 *
 *     x_n + (x_{n+1} − x_n)/2        taken at the start; at the end x_n − (x_n − x_{n−1})/2
 *
 * A neighbour farther than 1½ or nearer than ½ of the usual step (a frame is missing, the motor
 * stood), and the one that the last frame lacks, are taken to be a usual step away.
 * \param line [frame] of one line that runs straight
 */
void take_middles(std::span<double> line, bool from_start);

}  // namespace xrdct::core
