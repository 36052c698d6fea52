#pragma once
#include <string>
#include <vector>

#include "app/view/view_options.hpp"
#include "io/stored/pattern_reader.hpp"

namespace xrdct::app {

/// A map of means over windows of the radial axis, with its name for people.
struct WindowMap {
  std::vector<double> values;  //!< [slow][fast]; NaN where a window has no value
  std::string name;            //!< "q = 19.8 to 20.4 nm^-1, less 18 to 19"
};

/*!
 * The mean of I over the bins of --roi, minus the mean of those of --background:
 *
 *     map[s][f] = mean_{b in roi} I[s][f][b] − mean_w (mean_{b in window w} I[s][f][b])
 *
 * A bin is in a window when its centre is; bins without a value are left out. Two windows of the
 * background count alike, however wide. Of a cake the bins are those of the azimuth that --azimuth
 * chooses. Memory: one line of places.
 * \throws core::InputError a window without a bin, patterns without a radial axis, another field
 * than I
 */
WindowMap window_map(io::PatternReader const& reader, ViewOptions const& options,
                     std::string const& reduction);

}  // namespace xrdct::app
