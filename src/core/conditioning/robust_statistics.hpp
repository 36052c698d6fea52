#pragma once
#include <vector>

namespace xrdct::core {

/// The middle value; of an even number the mean of the two in the middle; of none: 0. Finite
/// values.
double median(std::vector<double> values);

/// The value below which the share `share` of all lies: element ⌊share·(n − 1)⌋ in order; of none:
/// 0.
double quantile(std::vector<double> values, double share);

/// Standard deviation that outliers do not move: 1.4826·median |x − median(x)|.
double robust_spread(std::vector<double> values);

/// Standard deviation of the noise of a series, whatever its slow course: the median of
/// |x[i + 1] − x[i]|, times 1.4826/√2.
double noise_of_series(std::vector<double> const& values);

}  // namespace xrdct::core
