#include "compare_files.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/phantom/phantom_sample.hpp"
#include "io/values/value_reader.hpp"
#include "io/stored/sinogram_reader.hpp"

namespace xrdct::test {
namespace {

std::vector<std::vector<double>> read_weights(std::filesystem::path const& truth) {
  auto names = core::phantom_sample(1.0).phases;
  names.push_back("air");
  std::vector<std::vector<double>> weights;
  for (auto const& name : names)
    weights.push_back(io::read_values(truth, "/entry/sinograms/" + name));
  return weights;
}

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

}  // namespace

TruthComparison compare_files(std::filesystem::path const& truth,
                              std::filesystem::path const& output) {
  io::SinogramReader const reader(output);
  std::string const reduction = reader.reductions().at(0);
  auto const shape = reader.shape();
  auto const axis = io::read_values(truth, "/entry/expected/radial_axis");
  require_same_bins(axis, reader.radial(reduction).positions);
  std::size_t const bins = axis.size();
  auto const patterns = io::read_values(truth, "/entry/expected/pattern_of_component");
  auto const bin_norm = io::read_values(truth, "/entry/expected/normalization");
  auto const index = io::read_values(truth, "/entry/frames/index");
  auto const monitor = io::read_values(truth, "/entry/frames/monitor");
  auto const weights = read_weights(truth);
  if (index.size() != shape.places())
    throw std::runtime_error("cannot compare: the scans have different shapes");

  TruthComparison comparison(bins);
  std::vector<double> expected(bins), norm(bins);
  for (std::size_t place = 0; place < shape.places(); ++place) {
    double const m = monitor.at(static_cast<std::size_t>(index[place]));
    for (std::size_t b = 0; b < bins; ++b) {
      expected[b] = 0.0;
      for (std::size_t c = 0; c < weights.size(); ++c)
        expected[b] += weights[c][place] * patterns[c * bins + b];
      norm[b] = m * bin_norm[b];
    }
    std::size_t const line = place / shape.fast;
    comparison.add(
        reader.pattern(reduction, "I", line / shape.slow, line % shape.slow, place % shape.fast),
        expected, norm);
  }
  return comparison;
}

}  // namespace xrdct::test
