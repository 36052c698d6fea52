// Describes files of slices, and the results of conditioning that they hold.
#include "app/slices/slice_description.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <limits>

#include "app/session/version.hpp"

namespace xrdct::app {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

io::SliceMaking making_of(config::Reconstruction const& how, bool additive) {
  io::SliceMaking making;
  making.algorithm = core::name_of(how.algorithm);
  making.additive = additive;
  if (how.algorithm == core::SliceAlgorithm::fbp) {
    making.window = core::name_of(how.window);
    return making;
  }
  making.footprint = core::name_of(how.footprint);
  making.iterations = how.iterations;
  if (how.algorithm == core::SliceAlgorithm::sirt) {
    making.relaxation = how.relaxation;
    making.non_negative = how.non_negative;
  }
  return making;
}

/// Of a height, then of each bin.
std::vector<io::SliceResult> results_of(SliceInputs const& inputs) {
  std::vector<io::SliceResult> results;
  auto const of_height = [&](char const* name, char const* label, char const* unit,
                             std::vector<std::size_t> extent) {
    results.push_back({name, label, unit, io::StoredType::f8, false, std::move(extent)});
  };
  auto const of_bin = [&](char const* name, char const* label) {
    results.push_back({name, label, "", io::StoredType::f8, true, {}});
  };
  of_height("centre", "centre of rotation by centre of mass, sweep, half turn, double wedge",
            "translations", {HeightFindings::no_centres.size()});
  of_height("air", "level of air in the sum over channels", "", {inputs.projections});
  of_height("air_errors", "standard error of air", "", {inputs.projections});
  of_height("gain", "factor that makes the total scattering of projections equal", "",
            {inputs.projections});
  of_height("total", "total scattering of projections", "", {inputs.projections});
  of_height("angle", "angles of the projections, as they were summed", "rad", {inputs.projections});
  of_height("angle_weight", "weights of the angles", "rad", {inputs.projections});
  of_height("zingers", "samples that stuck out and were left out", "", {});
  of_height("missing", "samples without a good frame", "", {});
  of_bin("filled",
         "samples that were missing: filled for a filtered back projection, of weight 0 "
         "in iterations");
  if (inputs.job.reconstruction.algorithm != core::SliceAlgorithm::fbp) {
    of_bin("iterations", "iterations that were done");
    of_bin("misfit", "root of sum W (b - A x)^2 over sum W b^2");
  }
  return results;
}

/// As many numbers as the dataset has, NaN where there are none.
std::vector<double> filled(std::vector<double> values, std::size_t size) {
  values.resize(size, none);
  return values;
}

}  // namespace

io::SlicesDescription describe_slices(SliceInputs const& inputs, double centre,
                                      std::string_view backend) {
  auto const& job = inputs.job;
  auto const& reader = inputs.sinograms->reader();
  io::SlicesDescription out;
  out.title = "XRD-CT slices of " + job.sinograms.file;
  auto const height = reader.height();
  out.height = {height.name, height.unit, height.positions, false, height.label};
  out.axes = {.step = inputs.step,
              .unit = inputs.unit,
              .centre = centre,
              .sense = job.grid.sense,
              .side = inputs.side};
  for (auto const& reduction : inputs.reductions) {
    auto& slices = out.reductions.emplace_back();
    slices.reduction = reader.description(reduction.name);
    auto& axis = slices.reduction.kind == core::PatternKind::azimuthal
                     ? slices.reduction.azimuthal_axis
                     : slices.reduction.radial_axis;
    axis = std::vector<double>(
        axis.begin() + static_cast<std::ptrdiff_t>(reduction.first_column),
        axis.begin() + static_cast<std::ptrdiff_t>(reduction.first_column + reduction.columns));
    slices.bins_per_unit = bins_per_unit(job.reconstruction);
    slices.first_bin = reduction.first_column;
    slices.errors = reduction.errors;
    slices.making = making_of(job.reconstruction, reduction.additive);
    slices.results = results_of(inputs);
  }
  out.version = version;
  out.revision = revision;
  out.canonical_job = config::canonical_slices_job(job, backend);
  out.engine = core::name_of(job.reconstruction.algorithm);
  out.backend = backend;
  out.poni_text = reader.poni_text();
  out.sinogram_file = job.sinograms.file;
  out.sinogram_identity = inputs.sinograms->identity();
  out.inputs = listed_inputs(inputs);
  return out;
}

std::vector<std::vector<double>> results_of(SliceInputs const& inputs, HeightFindings const& found,
                                            HeightWork const& work, core::SliceUnit const& unit,
                                            SolvedBins const& solved) {
  std::vector<std::vector<double>> results;
  bool const is_first = unit.row == 0 && unit.first == 0;
  auto const of_height = [&](auto const& values) {
    results.push_back(is_first ? values() : std::vector<double>{});
  };
  std::size_t const p = inputs.projections;
  auto const& wanted = inputs.job.conditioning;
  of_height([&] { return std::vector<double>(found.centres.begin(), found.centres.end()); });
  of_height(
      [&] { return filled(found.air.usable() ? found.air.level : std::vector<double>{}, p); });
  of_height([&] {
    std::vector<double> errors;
    if (found.air.usable())
      for (double const variance : found.air.variance) errors.push_back(std::sqrt(variance));
    return filled(std::move(errors), p);
  });
  of_height([&] {
    bool const used = wanted.intensity == core::IntensityRule::total && found.drift.usable();
    return used ? filled(found.drift.factor, p) : std::vector<double>(p, 1.0);
  });
  of_height([&] { return filled(found.drift.total, p); });
  of_height([&] { return found.geometry.angles; });
  of_height([&] { return filled(work.angles.weight, p); });
  of_height([&] { return std::vector<double>{static_cast<double>(found.zingers)}; });
  of_height([&] {
    return std::vector<double>{
        static_cast<double>(inputs.projections * inputs.translations - found.measured)};
  });
  results.push_back(solved.imputed);
  if (inputs.job.reconstruction.algorithm != core::SliceAlgorithm::fbp) {
    results.push_back(solved.iterations);
    results.push_back(solved.misfit);
  }
  return results;
}

std::vector<io::InputFile> listed_inputs(SliceInputs const& inputs) {
  auto const& name = inputs.job.sinograms.file;
  return {{name, static_cast<std::int64_t>(std::filesystem::file_size(inputs.job.resolve(name)))}};
}

io::InputFiles input_files(SliceInputs const& inputs) {
  io::InputFiles files;
  if (!inputs.job.file.empty()) files.add(inputs.job.file, "the job");
  files.add(inputs.job.resolve(inputs.job.sinograms.file), "the sinograms");
  return files;
}

}  // namespace xrdct::app
