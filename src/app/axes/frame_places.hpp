#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/job/job.hpp"
#include "core/positions/placed_scan.hpp"
#include "core/scan/place_map.hpp"
#include "core/scan/stages.hpp"
#include "io/frames/frame_source.hpp"
#include "io/output/sinogram_file.hpp"

namespace xrdct::app {

/// Frames of a scan on the places of the grid that their positions make.
struct MotorPlaces {
  core::PlacedScan scan;  //!< its `place` and what was measured are moved into what follows
  core::PlaceMap map;     //!< may be moved away
  std::vector<std::unique_ptr<core::FrameValues>> measured;  //!< height (if named), slow, fast
  io::AxisDescription height, slow, fast;                    //!< as written
  std::vector<std::string> remarks;                          //!< of the values
  std::set<std::filesystem::path> opened_files;
  std::string checksum;  //!< of places and axes

  std::size_t without_place() const { return scan.course.unknown + scan.course.outside; }
};

/*!
 * Reads `scan.positions` of the job, and lays every frame from `scan.first_frame` on at a place.
 *
 * Axes get their units from the job; positions in deg are those of a turn that goes on. Memory: 8 B
 * per frame and motor, and the map; while it works some 100 B per frame.
 * \throws core::InputError, core::IoError the positions cannot be read; two readings of them are
 * possible; no frame has a place; with `repeated` "error" several frames at a place, with
 * `incomplete` "error" a place without
 */
MotorPlaces place_by_motors(config::Job const& job, io::FrameSource const& source);

/// The grid and how the scan went, for people: name and text, a line each.
std::vector<std::pair<std::string, std::string>> lines_of(MotorPlaces const& places);

/// What a user should look at: frames without a place, places without one, motors that moved in
/// another way than their axes say.
std::vector<std::string> warnings_of(MotorPlaces const& places, core::Repeated repeated);

}  // namespace xrdct::app
