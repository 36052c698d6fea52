#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/scan/scan_layout.hpp"

namespace xrdct::test {

/// One number per frame of a scan of a sample, as a detector would sum it.
struct MadeLines {
  core::ScanShape shape;
  bool zigzag = false;
  bool structure = true;  //!< false: every line is its own mirror image, but for the noise
  std::vector<double> values;
  std::string what;
};

/// A sinogram of grains in a round sample off the axis, with noise, a beam that decays and is
/// topped up, and a line's first frame that may be brighter; rotation or translation fast.
MadeLines make_lines(std::uint64_t seed, bool structure);

}  // namespace xrdct::test
