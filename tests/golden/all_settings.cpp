#include "tests/golden/all_settings.hpp"

#include "tests/support/reference_data.hpp"

namespace xrdct::golden {
namespace {

using core::ErrorModel;
using core::Method;

core::Geometry geometry() {
  core::Calibration const calibration{0.1, 0.0032, 0.0041, 0.02, -0.03, 0.1, 1e-10, {}};
  return core::Geometry(calibration, core::Detector{"Detector", 1e-4, 1e-4, {64, 80}, 3, {}});
}

core::ReductionPlan plan_without_reductions(bool dark) {
  auto const image = test::formula_image();
  std::vector<float> variance;
  for (std::size_t pixel = 0; pixel < 64 * 80; ++pixel)
    variance.push_back(1.0f + static_cast<float>(pixel % 13));
  core::ReductionPlan plan;
  plan.shape = {64, 80};
  plan.encoding = {.type = core::PixelType::f32};
  plan.valid = core::ValidValues::of(core::PixelType::f32);
  plan.corrections = core::build_corrections(
      geometry(), {.solid_angle = true, .polarization = std::pair{0.95, 0.1}}, true,
      {.mask = image.mask,
       .flat = image.flat,
       .dark = dark ? std::span<float const>(image.dark) : std::span<float const>(),
       .variance = variance});
  return plan;
}

}  // namespace

std::string Bins::name() const {
  std::string const kinds[] = {"radial", "azimuthal", "cake"},
                    splittings[] = {"none", "bounding_box", "full"};
  return kinds[static_cast<std::size_t>(kind)] + " " +
         splittings[static_cast<std::size_t>(splitting)] + (radial_range ? " radial range" : "") +
         (sector ? " sector" : "");
}

std::vector<Bins> all_bins() {
  std::vector<Bins> all;
  for (auto splitting :
       {core::Splitting::none, core::Splitting::bounding_box, core::Splitting::full}) {
    all.push_back({core::PatternKind::radial, splitting, false, false});
    all.push_back({core::PatternKind::radial, splitting, true, true});
    all.push_back({core::PatternKind::azimuthal, splitting, true, false});
    all.push_back({core::PatternKind::cake, splitting, false, false});
  }
  return all;
}

core::Binning binning_of(Bins const& bins) {
  core::Binning binning{.unit = core::Unit::q_nm, .splitting = bins.splitting, .kind = bins.kind};
  binning.bins = bins.kind == core::PatternKind::radial ? 300
                 : bins.kind == core::PatternKind::cake ? 30
                                                        : 1;
  binning.azimuthal_bins = bins.kind == core::PatternKind::cake ? 12 : 90;
  if (bins.radial_range) binning.radial_range = std::pair{0.5, 2.5};
  if (bins.sector) binning.azimuth_range_deg = std::pair{100.0, 250.0};
  return binning;
}

core::ReductionPlan plan_of_all_methods(Bins const& bins, bool dark) {
  core::ReductionPlan plan = plan_without_reductions(dark);
  core::BinMatrix const matrix =
      core::build_bin_matrix(geometry(), plan.corrections.mask, binning_of(bins));
  for (auto method :
       {Method::mean, Method::sum, Method::sigma_clip, Method::quantile_mean, Method::maximum}) {
    for (auto model : {ErrorModel::none, ErrorModel::variance, ErrorModel::poisson,
                       ErrorModel::azimuthal, ErrorModel::hybrid}) {
      if (method == Method::sigma_clip && model == ErrorModel::none)
        continue;  // there is no such setting
      core::Reduction reduction;
      reduction.matrix = matrix;
      reduction.method = method;
      reduction.error_model = model;
      reduction.clip = {3.0, 5};
      reduction.quantiles = {0.2, 0.7};
      plan.reductions.push_back(reduction);
    }
  }
  return plan;
}

core::ReductionPlan plan_of_one(core::Binning const& binning, core::Method method,
                                core::ErrorModel model, bool dark) {
  core::ReductionPlan plan = plan_without_reductions(dark);
  core::Reduction reduction;
  reduction.matrix = core::build_bin_matrix(geometry(), plan.corrections.mask, binning);
  reduction.method = method;
  reduction.error_model = model;
  plan.reductions.push_back(reduction);
  return plan;
}

std::string name_of(core::Reduction const& reduction) {
  std::string const models[] = {"none", "variance", "poisson", "azimuthal", "hybrid"};
  std::string const methods[] = {"mean", "sigma_clip", "quantile_mean", "maximum", "sum"};
  return methods[static_cast<std::size_t>(reduction.method)] + " " +
         models[static_cast<std::size_t>(reduction.error_model)];
}

}  // namespace xrdct::golden
