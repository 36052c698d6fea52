#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/positions/placed_scan.hpp"

namespace xrdct::test {

/// Random numbers that are the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0xD1342543DE82EF95ull + 1) {}
  double uniform();  //!< [0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double normal();
  std::int64_t whole(std::int64_t low, std::int64_t high);  //!< both included
  bool chance(double probability) { return uniform() < probability; }

 private:
  std::uint64_t state_;
};

/// Where a frame really belongs.
struct TruePlace {
  std::int64_t height = -1, slow = -1, fast = -1;  //!< −1: a frame that is part of no place
  bool part() const { return fast >= 0; }
};

/// A scan that went wrong in every way it could, with the truth.
struct MadeScan {
  core::ScanTracks tracks;
  core::PlacementWishes wishes;
  std::vector<TruePlace> truth;              //!< [frame]
  std::vector<double> slow_at, fast_at;      //!< [frame] true positions, without jitter
  std::vector<double> slow_list, fast_list;  //!< [place] true
  std::string what;                          //!< the faults in words
  bool must_ask = false;                     //!< two readings are possible
};

/// A scan with a random combination of faults.
MadeScan make_scan(std::uint64_t seed);

/// How well frames were placed.
struct Verdict {
  std::size_t frames = 0;  //!< that belong to a place
  std::size_t right = 0;
  std::size_t none = 0;   //!< left without a place
  std::size_t wrong = 0;  //!< on a place of others
};
Verdict judge(MadeScan const& scan, core::PlacedScan const& placed);

}  // namespace xrdct::test
