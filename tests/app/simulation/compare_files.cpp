#include "compare_files.hpp"

#include <cmath>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "io/stored/sinogram_reader.hpp"
#include "io/values/value_reader.hpp"

namespace xrdct::test {
namespace {

// The bins of both have to be the same; the axis of a calibration that is off may be so by a part
// of a bin.
void require_same_bins(std::vector<double> const& truth, std::vector<double> const& output) {
  if (truth.size() != output.size()) {
    throw std::runtime_error("cannot compare: expected " + std::to_string(truth.size()) +
                             " bins, found " + std::to_string(output.size()));
  }
  double const width = truth.size() > 1 ? truth[1] - truth[0] : 1.0;
  for (std::size_t b = 0; b < truth.size(); ++b) {
    if (std::abs(truth[b] - output[b]) > 5.0 * width)
      throw std::runtime_error("cannot compare: the radial axes differ; expected q in nm^-1");
  }
}

// A place without a frame.
void require_nothing(std::vector<float> const& pattern, std::size_t place) {
  for (float const value : pattern)
    if (!std::isnan(value))
      throw std::runtime_error("cannot compare: expected no pattern at place " +
                               std::to_string(place) + ", where there is no frame");
}

}  // namespace

TruthComparison compare_files(std::filesystem::path const& truth,
                              std::filesystem::path const& output) {
  io::SinogramReader const reader(output);
  std::string const reduction = reader.reductions().at(0);
  auto const shape = reader.shape();
  auto const axis = io::read_values(truth, "/entry/expected/radial_axis");
  require_same_bins(axis, reader.radial(reduction).positions);
  std::size_t const bins = axis.size();
  auto const patterns = io::read_values(truth, "/entry/expected/I");
  auto const bin_norm = io::read_values(truth, "/entry/expected/normalization");
  auto const index = io::read_values(truth, "/entry/frames/index");
  auto const monitor = io::read_values(truth, "/entry/frames/monitor");
  if (index.size() != shape.places())
    throw std::runtime_error("cannot compare: the scans have different shapes");

  TruthComparison comparison(bins);
  std::vector<double> norm(bins);
  for (std::size_t place = 0; place < shape.places(); ++place) {
    std::size_t const line = place / shape.fast;
    auto const found =
        reader.pattern(reduction, "I", line / shape.slow, line % shape.slow, place % shape.fast);
    if (index[place] < 0.0) {
      require_nothing(found, place);
      continue;
    }
    double const m = monitor.at(static_cast<std::size_t>(index[place]));
    for (std::size_t b = 0; b < bins; ++b) norm[b] = m * bin_norm[b];
    comparison.add(found, std::span(patterns).subspan(place * bins, bins), norm);
  }
  return comparison;
}

}  // namespace xrdct::test
