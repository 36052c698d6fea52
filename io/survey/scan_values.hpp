#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/survey/hdf5_objects.hpp"

namespace xrdct::io {

/// What a list of values is, as far as names and places tell.
enum class ValueRole {
  motor,    //!< a positioner
  counter,  //!< measured, or a motor that nothing says so of
  clock     //!< times and numbers of frames
};

/// One value per frame, or a single position of a motor.
struct ScanValue {
  std::string path;
  std::string name;  //!< of motor or counter, without what is not part of it: "samx" of samx(xrfx)
  std::string unit;
  ValueRole role = ValueRole::counter;
  std::int64_t size = 1;
  std::optional<double> value;  //!< of a single one
};

/*!
 * The lists of a file that may hold a value for each frame, and single positions of motors.
 *
 * Lists may be longer than the frames by half, because detectors are stopped before counters are.
 * Of several by one name the one nearest to the frames is taken, below `measurement` first.
 * \param stack path of the frames
 */
std::vector<ScanValue> scan_values(Hdf5Objects const& objects, std::string const& stack,
                                   std::int64_t frames);

/// Motor or counter by its name alone: epochs, times and numbers of frames are clocks.
ValueRole role_of_name(std::string const& name);

/// How surely a counter measures the incoming beam, by its name: "ic1", "I0", "mon" … 0: it hardly
/// does.
int monitor_likelihood(std::string const& name);

}  // namespace xrdct::io
