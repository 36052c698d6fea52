#pragma once
#include <vector>

#include "core/words/words.hpp"

namespace xrdct::core {

/*!
 * A surface of cubic B-splines, constant outside of its inner knots.
 *
 *     value(x, y) = Σ_i Σ_j coefficient[i][j]·B_i(x)·B_j(y)
 *
 * n knots along an axis make n − 4 functions. Source: P. Dierckx, Curve and Surface Fitting with
 * Splines (1993), routine BISPEV of FITPACK.
 */
class SplineSurface {
 public:
  /// \throws InputError fewer than 8 knots, knots that do not rise, another number of coefficients,
  /// or what is not finite.
  SplineSurface(std::vector<double> knots_x, std::vector<double> knots_y,
                std::vector<double> coefficients);
  double operator()(double x, double y) const;

 private:
  std::vector<double> knots_x_, knots_y_, coefficients_;
};

/// Distortion of a detector with a fibre taper, as Fit2D describes it: a pixel at (x, y) lies where
/// (x + x_shift(x, y), y + y_shift(x, y)) would be.
struct DistortionSpline {
  FrameShape shape;  //!< of the frames that it is valid for
  double pixel1_m = 0.0, pixel2_m = 0.0;
  SplineSurface column_shift;  //!< of (column, row) [pixels]
  SplineSurface row_shift;
};

}  // namespace xrdct::core
