#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/positions/scan_lines.hpp"

namespace xrdct::core {

/// The step of an inner axis that runs straight, and where on it the lines lie.
struct LineComb {
  double step = 1.0;
  double spread = 0.0;  //!< rms distance within lines [steps]
  /// [line] where its places lie between those of others [steps], in [−0.5, 0.5); of lines with one
  /// frame, too
  std::vector<double> phases;
};

/*!
 * The step within lines, by the mean of the coherence spectra of single lines: lines may lie
 * against each other as they like.
 * Nothing where fewer than half of the frames are in straight lines of four frames or more, or
 * these have no equal steps.
 */
std::optional<LineComb> fit_lines(std::span<double const> inner, std::span<ScanLine const> lines);

/// Phases of the lines for a step: arg Σ exp(2πi·x/step)/2π.
std::vector<double> line_phases(std::span<double const> inner, std::span<ScanLine const> lines,
                                double step);

}  // namespace xrdct::core
