#pragma once
#include <cstdint>
#include <span>

#include "core/positions/placed_scan.hpp"
#include "core/positions/scan_lines.hpp"

namespace xrdct::core {

/*!
 * Counts what happened at the places of a scan: all of its course but the direction offset.
 *
 * \param lines with the places of the outer axis
 *
 * \param turns_on lines were brought back by whole turns
 */
void describe_course(PlacedScan& scan, std::span<ScanLine const> lines, bool turns_on);

}  // namespace xrdct::core
