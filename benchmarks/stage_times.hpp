#pragma once
#include <map>
#include <string>

namespace xrdct::benchmarks {

/*!
 * How long each kernel and each kind of copies takes alone, from the making of the object on:
 * before and after each the program waits for all that was begun, so that nothing overlaps and the
 * sum is more than the time that the same work takes otherwise.
 *
 * One at a time: it listens to what Kokkos tells profiling tools.
 */
class StageTimes {
 public:
  StageTimes();
  ~StageTimes();
  StageTimes(StageTimes const&) = delete;
  StageTimes& operator=(StageTimes const&) = delete;

  /// By the label of the kernel without "xrdct::", or "copy FROM to TO" with the names of Kokkos'
  /// memory spaces. [s]
  std::map<std::string, double> const& seconds() const;
};

}  // namespace xrdct::benchmarks
