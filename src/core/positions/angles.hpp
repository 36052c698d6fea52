#pragma once
#include <span>
#include <vector>

namespace xrdct::core {

/// A full turn of an angle [deg].
inline constexpr double full_turn = 360.0;

/// Whether angles may come from an encoder that wraps: they span one turn at most.
bool may_wrap(std::span<double const> angles);

/// The angles in [low, low + 360), by whole turns.
void fold_turns(std::span<double> angles, double low);

/// The angles in one turn that begins in the middle of their widest gap, so that no place is cut.
void fold_turns(std::span<double> angles);

/*!
 * Angles of an axis that stands still most of the time, without the cut of an encoder in the midst
 * of them: where they fill part of a turn only, the cut goes into the largest gap; an encoder that
 * trembles about its zero (0.001°, 359.999°, …) is read as one side.
 * \param angles [frame] that may wrap; changed in place
 */
void close_cut(std::span<double> angles);

}  // namespace xrdct::core
