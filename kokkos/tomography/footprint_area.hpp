#pragma once

namespace xrdct::kernels {

/// ∫ of the footprint of a voxel from −∞ to t: `area`. All cases are computed, then one is chosen:
/// what a voxel meets is too uneven for branches.
///
/// The one source of the vector loops of the host, where `Doubles` is a vector of rays, and of the
/// kernels of a GPU. An aggregate, so that both can form it: `AreaBelow<double>{…}.area`. Device
/// compilers would let no function of theirs see vectors.
template <class Doubles>
struct AreaBelow {
  Doubles outer, inner, height, t;
  Doubles slope = outer - inner, from_end = t < 0.0 ? t + outer : outer - t;
  Doubles corner = height * from_end * from_end / (2.0 * slope);
  Doubles after_rise = t <= inner ? height * (slope / 2.0 + (t + inner)) : 1.0 - corner;
  Doubles after_begin = t < -inner ? corner : after_rise;
  Doubles before_end = t <= -outer ? Doubles{} : after_begin;
  Doubles area = t >= outer ? Doubles{} + 1.0 : before_end;
};

}  // namespace xrdct::kernels
