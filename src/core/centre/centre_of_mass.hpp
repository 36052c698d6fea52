#pragma once
#include <vector>

#include "core/centre/centre_estimate.hpp"
#include "core/conditioning/air.hpp"
#include "core/conditioning/summed_sinogram.hpp"

namespace xrdct::core {

/// The centre of rotation from the path of the centre of mass.
struct CentreOfMass {
  CentreEstimate estimate;
  double cosine = 0.0, sine = 0.0;  //!< A, B: the centre of mass is at x = A, y = B [translations]
  std::vector<double> mass_centre;  //!< m_θ [projection]; NaN where nothing was measured
  std::vector<double> weight;       //!< of each in the fit, 0 to 1 [projection]
  double residual = 0.0;            //!< robust standard deviation of m_θ − fit [translations]
};

/*!
 * Fits the path of the centre of mass; any three directions will do.
 *
 *     m_θ = Σ_k k·S[θ][k]/Σ_k S[θ][k]        m_θ = c + A·cos θ + B·sin θ
 *
 * Weighted by the variance of m_θ where it is known, and robust: projections farther than 4.7
 * robust standard deviations count nothing (Tukey's biweight). Missing samples are filled from
 * their neighbours in θ. The error of c is that of the fit with the scatter found. Absorption moves
 * the centres of mass: the result is then not exact.
 *
 * Refused where the sample reaches the end of the line, where a total is not positive, with fewer
 * than four projections, and where the angles do not tell c from A and B (error above 5).
 *
 * \param sinogram without air
 * \param air of the same sinogram: tells whether the sample reaches the ends
 */
CentreOfMass centre_of_mass(SummedSinogram const& sinogram, Air const& air);

}  // namespace xrdct::core
