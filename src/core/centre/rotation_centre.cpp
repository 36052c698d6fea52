// Four opinions on the centre of rotation, and which of them is used.
#include "core/centre/rotation_centre.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/centre/centre_sweep.hpp"
#include "core/centre/double_wedge.hpp"

namespace xrdct::core {
namespace {

using Methods = std::vector<CentreMethod>;

constexpr char too_far[] = "the axis is farther than T/4 from the middle of the line";

void choose(Methods const& order, double middle, RotationCentre& found) {
  found.centre = middle;
  double lowest = 0.0, highest = 0.0;
  for (auto const method : order) {
    auto const& centre = found.of(method).centre;
    if (!centre) continue;
    if (!found.method) {
      found.method = method;
      found.centre = lowest = highest = *centre;
    }
    lowest = std::min(lowest, *centre);
    highest = std::max(highest, *centre);
  }
  found.disagreement = highest - lowest;
}

}  // namespace

CentreEstimate const& RotationCentre::of(CentreMethod one) const noexcept {
  switch (one) {
    case CentreMethod::centre_of_mass:
      return mass.estimate;
    case CentreMethod::sweep:
      return sweep;
    case CentreMethod::half_turn:
      return pairs.estimate;
    case CentreMethod::double_wedge:
      return wedge;
  }
  return mass.estimate;
}

bool RotationCentre::disagree() const noexcept { return disagreement > tolerable_disagreement; }

RotationCentre begin_rotation_centre(SummedSinogram const& sinogram, Air const& air) {
  double const line = static_cast<double>(sinogram.translations), middle = (line - 1.0) / 2.0;
  RotationCentre found;
  found.mass = centre_of_mass(sinogram, air);
  found.pairs = register_half_turns(sinogram, half_turn_tolerance(sinogram.translations),
                                    std::max<std::size_t>(sinogram.translations / 20, 8));
  auto const& half_turns = found.pairs.estimate.centre;
  found.far_off = half_turns && std::abs(*half_turns - middle) > line / 4.0 &&
                  half_acquisition(sinogram, air, *half_turns).found;
  found.sweep = found.far_off ? refused(too_far)
                              : sweep_centre(sinogram, middle - line / 4.0, middle + line / 4.0);
  return found;
}

RotationCentre end_rotation_centre(RotationCentre begun, SummedSinogram const& sinogram,
                                   Air const& air, std::vector<double> const& badness) {
  double const middle = (static_cast<double>(sinogram.translations) - 1.0) / 2.0;
  auto found = std::move(begun);
  found.wedge = found.far_off ? refused(too_far) : double_wedge_centre(sinogram, badness);
  if (air.sample_inside())
    choose({CentreMethod::centre_of_mass, CentreMethod::sweep, CentreMethod::half_turn,
            CentreMethod::double_wedge},
           middle, found);
  else
    choose({CentreMethod::half_turn, CentreMethod::double_wedge, CentreMethod::sweep}, middle,
           found);
  found.half = half_acquisition(sinogram, air, found.centre);
  return found;
}

RotationCentre find_rotation_centre(SummedSinogram const& sinogram, Air const& air) {
  auto begun = begin_rotation_centre(sinogram, air);
  std::vector<double> badness;
  if (!begun.far_off)
    badness = double_wedge_badness(sinogram, 0, double_wedge_tries(sinogram.translations));
  return end_rotation_centre(std::move(begun), sinogram, air, badness);
}

}  // namespace xrdct::core
