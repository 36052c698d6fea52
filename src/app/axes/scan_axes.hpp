#pragma once
#include <string>
#include <vector>

#include "config/job/job.hpp"
#include "io/output/sinogram_file.hpp"

namespace xrdct::app {

/*!
 * An axis of the scan as written: positions start + step·index with the unit of the job.
 *
 * Where the job does not say where the places are, they are counted from 0 and have neither unit
 * nor rotation; the label says so.
 * \param counted what is counted then: "line"
 */
io::AxisDescription describe_axis(config::ScanAxis const& axis, std::size_t points,
                                  std::string const& counted);

/// One line for each axis of which the job says something that it does not complete: a start or a
/// unit without a step.
std::vector<std::string> incomplete_axes(config::Scan const& scan, core::ScanShape const& shape);

}  // namespace xrdct::app
