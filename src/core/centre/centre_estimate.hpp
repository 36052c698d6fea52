#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/words/names.hpp"

namespace xrdct::core {

/// How the centre of rotation is found.
enum class CentreMethod {
  centre_of_mass,  //!< sinusoid of the centre of mass of each projection
  sweep,           //!< reconstruction with the least negative mass
  half_turn,       //!< registration of projections half a turn apart
  double_wedge     //!< Fourier transform of the sinogram completed by its mirror image
};
template <>
inline constexpr auto words_of<CentreMethod> =
    std::to_array<Word<CentreMethod>>({{"centre_of_mass", CentreMethod::centre_of_mass},
                                       {"sweep", CentreMethod::sweep},
                                       {"half_turn", CentreMethod::half_turn},
                                       {"double_wedge", CentreMethod::double_wedge}});

/// What one method says of the centre of rotation.
struct CentreEstimate {
  std::optional<double> centre;  //!< c [index of translations]; none: refused
  /// Standard deviation of c where the method knows it, else 0. [translations]
  double error = 0.0;
  std::string refusal;  //!< why there is none
  /// Centres that were tried, rising, and how bad each was (the least is best); for a picture.
  std::vector<double> tried, badness;
};

/// No centre, and why.
inline CentreEstimate refused(std::string reason) {
  CentreEstimate estimate;
  estimate.refusal = std::move(reason);
  return estimate;
}

/// Lowest point of a parabola through three equidistant points, in steps from the middle one,
/// within ±1; 0 where they do not bend upwards.
inline double lowest_between(double before, double middle, double after) noexcept {
  double const bend = before - 2.0 * middle + after;
  if (!(bend > 0.0)) return 0.0;
  double const place = (before - after) / (2.0 * bend);
  return place < -1.0 ? -1.0 : place > 1.0 ? 1.0 : place;
}

}  // namespace xrdct::core
