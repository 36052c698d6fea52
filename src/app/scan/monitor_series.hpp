#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>

namespace xrdct::app {

/*!
 * What the values of a monitor, in the order of the frames, say of it.
 *
 * It looks like a motor when it goes in equal steps (to 10 %) along the lines of the scan, or stays
 * along a line and steps equally from line to line, over a range of more than half of its largest
 * value: the current of a storage ring falls evenly, too, but not to its half. Memory: some
 * numbers, whatever the length.
 */
class MonitorSeries {
 public:
  /// \param fast points of a line
  explicit MonitorSeries(std::size_t fast) : fast_(fast) {}
  void add(double value);

  std::int64_t count() const noexcept { return count_; }
  std::int64_t bad() const noexcept { return bad_; }  //!< 0, negative, or not a finite number
  double lowest() const noexcept { return lowest_; }  //!< of the finite ones
  double highest() const noexcept { return highest_; }
  /// of those above 0; infinity: none
  double lowest_good() const noexcept { return lowest_good_; }
  double highest_good() const noexcept { return highest_; }
  bool looks_like_motor() const;

 private:
  /// Steps of one kind: how many there are, and how many equal the first that is not 0.
  struct Steps {
    double first = 0.0;
    double largest = 0.0;
    std::int64_t count = 0, equal = 0;
    void add(double step);
    bool nearly_all_equal() const { return count >= 3 && 10 * equal >= 9 * count; }
  };

  std::size_t fast_;
  std::int64_t count_ = 0, bad_ = 0;
  double lowest_ = std::numeric_limits<double>::infinity(),
         highest_ = -std::numeric_limits<double>::infinity();
  double lowest_good_ = std::numeric_limits<double>::infinity();
  double last_ = 0.0, line_direction_ = 0.0;
  Steps along_, between_;  //!< points of a line, lines
};

}  // namespace xrdct::app
