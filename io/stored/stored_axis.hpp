#pragma once
#include <string>
#include <vector>

namespace xrdct::io {

/// An axis of an output as it is stored.
struct StoredAxis {
  std::string name, unit;
  std::vector<double> positions;
  std::string label;  //!< for people, as the file has it: "rotation [deg]"; says where positions
                      //!< are counted, not known
};

}  // namespace xrdct::io
