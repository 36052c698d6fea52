// Tells the counter of a beam from the positions of a motor.
#include "app/scan/monitor_series.hpp"

#include <algorithm>
#include <cmath>

namespace xrdct::app {

void MonitorSeries::Steps::add(double step) {
  ++count;
  largest = std::max(largest, std::abs(step));
  if (first == 0.0) first = step;
  equal += first != 0.0 && std::abs(step - first) <= 0.1 * std::abs(first);
}

void MonitorSeries::add(double value) {
  bool const starts_line = count_ % static_cast<std::int64_t>(fast_) == 0;
  bool const finite = std::isfinite(value);
  bad_ += !(value > 0.0 && finite);
  if (finite) {
    lowest_ = std::min(lowest_, value);
    highest_ = std::max(highest_, value);
    if (value > 0.0) lowest_good_ = std::min(lowest_good_, value);
  }
  double const step = value - last_;
  if (count_ > 0 && std::isfinite(step)) {
    if (starts_line) {
      between_.add(step);
      line_direction_ = 0.0;
    } else {
      if (line_direction_ == 0.0)
        line_direction_ = step < 0.0 ? -1.0 : 1.0;  // a snake goes back every other line
      along_.add(step * line_direction_);
    }
  }
  last_ = value;
  ++count_;
}

bool MonitorSeries::looks_like_motor() const {
  double const range = highest_ - lowest_,
               largest = std::max(std::abs(highest_), std::abs(lowest_));
  if (!(range > 0.5 * largest)) return false;
  bool const stays_in_line = along_.largest <= 0.05 * std::abs(between_.first);
  return along_.nearly_all_equal() || (stays_in_line && between_.nearly_all_equal());
}

}  // namespace xrdct::app
