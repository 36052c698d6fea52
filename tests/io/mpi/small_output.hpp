#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "io/output/sinogram_file.hpp"

namespace small_output {

inline std::vector<double> steps(std::size_t number, double first, double step) {
  std::vector<double> positions(number);
  for (std::size_t i = 0; i < number; ++i) positions[i] = first + static_cast<double>(i) * step;
  return positions;
}

/// Four reductions: one with errors and `bins` bins, one without and a third of the bins, a cake
/// with standard deviations, an azimuthal profile.
inline xrdct::io::OutputDescription description_of(xrdct::core::ScanShape shape, std::size_t bins) {
  xrdct::io::OutputDescription description;
  description.title = "small output";
  description.height = {"height", "mm", steps(shape.height, 0.0, 0.5), false};
  description.slow = {"rotation", "deg", steps(shape.slow, 0.0, 1.875), true};
  description.fast = {"translation", "mm", steps(shape.fast, -3.0, 0.1), false};
  description.reductions.push_back({"mean", "q_nm^-1", "q", "nm^-1", steps(bins, 0.5, 0.05), true});
  description.reductions.push_back(
      {"coarse", "2th_deg", "2theta", "deg", steps(bins / 3 + 1, 0.1, 0.01), false});
  description.reductions.push_back(
      {.name = "cake",
       .unit_name = "q_nm^-1",
       .label = "q",
       .symbol = "nm^-1",
       .radial_axis = steps(std::min<std::size_t>(bins, 70), 0.5, 0.05),
       .errors = true,
       .deviation = true,
       .kind = xrdct::core::PatternKind::cake,
       .azimuthal_axis = steps(17, -160.0, 20.0),
       .making = {.method = xrdct::core::Method::sigma_clip,
                  .error_model = xrdct::core::ErrorModel::azimuthal,
                  .splitting = xrdct::core::Splitting::full,
                  .clip = {.threshold = 4.5, .cycles = 3},
                  .azimuth_range_deg = std::pair(-170.0, 170.0),
                  .lost = 12.5}});
  description.reductions.push_back({.name = "around",
                                    .unit_name = "2th_deg",
                                    .label = "2theta",
                                    .symbol = "deg",
                                    .radial_axis = {20.0},
                                    .errors = false,
                                    .kind = xrdct::core::PatternKind::azimuthal,
                                    .azimuthal_axis = steps(90, -178.0, 4.0),
                                    .making = {.method = xrdct::core::Method::quantile_mean,
                                               .error_model = xrdct::core::ErrorModel::none,
                                               .quantiles = {.lower = 0.1, .upper = 0.9},
                                               .radial_range = std::pair(19.5, 20.5),
                                               .empty = 0.0}});
  description.has_monitor = true;
  description.version = "0.1.0";
  description.canonical_job = R"({"scan":{}})";
  description.engine = "fused";
  description.inputs = {{"scan_0001.h5", 1234}, {"scan_0002_long_name.h5", 5}};
  description.masked_by = {{"masks", 17}, {"flat", 3}};
  return description;
}

/// The same, of a scan with positions of two motors.
inline xrdct::io::OutputDescription with_positions(xrdct::io::OutputDescription description) {
  description.slow.measured = true;
  description.fast.measured = true;
  return description;
}

inline double position(std::size_t motor, std::size_t place) {
  return static_cast<double>(motor) - 3.0 + static_cast<double>(place) / 256.0;
}

/// The value of a field (0: I, 1: I_errors, 2: count, 3: std) of a reduction. One place in seven is
/// empty; so are some bins.
inline float value(std::size_t reduction, std::size_t field, std::size_t place, std::size_t bin) {
  bool const empty = place % 7 == 3 || (place + bin) % 11 == 5;
  if (empty) return field == 2 ? 0.0F : std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(reduction * 1000 + field * 100) + static_cast<float>(place) * 1.5F +
         static_cast<float>(bin) / 64.0F;
}

inline xrdct::core::PixelTally tally(std::size_t reduction, std::size_t place) {
  auto const n = static_cast<std::int64_t>(place * 10 + reduction);
  return {n, n + 1, n + 2, n + 3, n + 4};
}

inline std::vector<float> field_of(std::size_t reduction, std::size_t field, std::size_t first,
                                   std::size_t places, std::size_t bins) {
  std::vector<float> values;
  for (std::size_t place = first; place < first + places; ++place)
    for (std::size_t bin = 0; bin < bins; ++bin)
      values.push_back(value(reduction, field, place, bin));
  return values;
}

inline xrdct::core::BlockResult block_of(xrdct::io::OutputDescription const& description,
                                         std::size_t block) {
  auto const [first, places] = description.blocks().places_of(block);
  xrdct::core::BlockResult result;
  result.block = block;
  for (std::size_t r = 0; r < description.reductions.size(); ++r) {
    std::size_t const bins = description.reductions[r].shape().bins();
    xrdct::core::BlockPatterns patterns;
    patterns.intensity = field_of(r, 0, first, places, bins);
    if (description.reductions[r].errors) patterns.error = field_of(r, 1, first, places, bins);
    patterns.count = field_of(r, 2, first, places, bins);
    if (description.reductions[r].deviation)
      patterns.deviation = field_of(r, 3, first, places, bins);
    for (std::size_t place = first; place < first + places; ++place)
      patterns.tally.push_back(tally(r, place));
    result.reductions.push_back(std::move(patterns));
  }
  for (std::size_t place = first; place < first + places; ++place) {
    bool const empty = place % 7 == 3;
    result.status.push_back(empty ? xrdct::core::FrameStatus::missing
                                  : xrdct::core::FrameStatus::good);
    result.index.push_back(empty ? -1 : static_cast<std::int64_t>(place) + 100);
    result.monitor.push_back(1.0 + static_cast<double>(place) / 1024.0);
  }
  if (!description.slow.measured) return result;
  result.positions.resize(2);
  for (std::size_t place = first; place < first + places; ++place) {
    result.number.push_back(static_cast<std::int64_t>(place % 7));
    for (std::size_t motor = 0; motor < 2; ++motor)
      result.positions[motor].push_back(position(motor, place));
  }
  return result;
}

inline xrdct::io::Preview preview_of(xrdct::io::OutputDescription const& description) {
  xrdct::io::Preview preview;
  for (auto const& reduction : description.reductions) {
    preview.mean.push_back(steps(reduction.shape().bins(), 1.0, 0.25));
    preview.maximum.push_back(steps(reduction.shape().bins(), 2.0, 0.5));
  }
  return preview;
}

inline xrdct::io::OutputRun run_of(xrdct::core::Writer writer, bool overwrite) {
  return {.writer = writer, .overwrite = overwrite};
}

/// Writes all blocks; collective.
inline void fill(xrdct::io::SinogramFile& file, xrdct::io::OutputDescription const& description,
                 xrdct::core::Peers const& peers) {
  std::size_t const blocks = description.blocks().blocks();
  auto const [first, last] = xrdct::core::blocks_of_rank(blocks, peers.rank(), peers.size());
  for (std::size_t round = 0; round < xrdct::core::rounds(blocks, peers.size()); ++round) {
    if (first + round >= last) {
      file.write(nullptr);
      continue;
    }
    auto const result = block_of(description, first + round);
    file.write(&result);
  }
}

/// Writes a whole file; collective.
inline void write(xrdct::io::Communicator& communicator, std::filesystem::path const& path,
                  xrdct::io::OutputDescription const& description, xrdct::core::Writer writer) {
  xrdct::io::SinogramFile file(communicator, path, description, run_of(writer, true));
  fill(file, description, communicator);
  file.close(preview_of(description));
}

}  // namespace small_output
