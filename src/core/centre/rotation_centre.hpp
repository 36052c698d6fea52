#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/centre/centre_estimate.hpp"
#include "core/centre/centre_of_mass.hpp"
#include "core/centre/half_turn_pairs.hpp"
#include "core/conditioning/half_acquisition.hpp"

namespace xrdct::core {

/// The centre of rotation by four methods. They are told beside each other, and never averaged:
/// each fails in its own way, and a mean would hide it.
struct RotationCentre {
  CentreOfMass mass;
  CentreEstimate sweep;
  HalfTurnPairs pairs;
  CentreEstimate wedge;

  /// By half turns the axis of a half acquisition is so far off that sweep and double wedge would
  /// find a false one.
  bool far_off = false;
  std::optional<CentreMethod> method;  //!< whose centre is used; none: all refused
  double centre = 0.0;                 //!< c; the middle of the line where all refused
  double disagreement = 0.0;           //!< between the lowest and the highest [translations]
  HalfAcquisition half;                //!< with `centre`

  CentreEstimate const& of(CentreMethod one) const noexcept;
  bool disagree() const noexcept;  //!< by more than `tolerable_disagreement`
};

/// Centres that differ by more than this draw slices that differ to the eye. [translations]
inline constexpr double tolerable_disagreement = 0.5;

/*!
 * Finds the centre of rotation by all four methods, and chooses.
 *
 * The first that has an answer is used: the centre of mass (all samples, any angles), the sweep
 * (all samples), half turns (few samples, unless the scan is a full turn), the double wedge (even
 * angles). Where the sample reaches beyond the line: half turns, the double wedge, the sweep, in
 * the order of how little that harms them.
 *
 * Sweep and double wedge look within T/4 of the middle. They are refused in a half acquisition
 * whose axis, by half turns, is farther.
 *
 * \param sinogram without air and zingers
 * \param air of the same sinogram
 */
RotationCentre find_rotation_centre(SummedSinogram const& sinogram, Air const& air);

/// The same in two steps, for ranks that share the work on the double wedge: all methods but that
/// one; nothing is chosen yet.
RotationCentre begin_rotation_centre(SummedSinogram const& sinogram, Air const& air);

/// Adds the double wedge, and chooses.
/// \param badness of all centres that it tries (`double_wedge_badness`); none where `far_off`
RotationCentre end_rotation_centre(RotationCentre begun, SummedSinogram const& sinogram,
                                   Air const& air, std::vector<double> const& badness);

}  // namespace xrdct::core
