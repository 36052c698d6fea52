#include "tests/golden/reference_case.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/matrix/plan_building.hpp"
#include "tests/golden/pyfai_rules.hpp"

namespace xrdct::golden {
namespace {

using core::BinMatrix;
using core::Splitting;
using test::ReferenceCase;

Splitting splitting_of(std::string const& name) {
  static std::map<std::string, Splitting> const names{
      {"no", Splitting::none}, {"bbox", Splitting::bounding_box}, {"full", Splitting::full}};
  return names.at(name);
}

core::ErrorModel error_model_of(std::string const& name) {
  static std::map<std::string, core::ErrorModel> const names{
      {"", core::ErrorModel::none},
      {"poisson", core::ErrorModel::poisson},
      {"azimuthal", core::ErrorModel::azimuthal},
      {"hybrid", core::ErrorModel::hybrid}};
  return names.at(name);
}

core::Method method_of(std::string const& name) {
  static std::map<std::string, core::Method> const names{{"mean", core::Method::mean},
                                                         {"sigma_clip", core::Method::sigma_clip},
                                                         {"medfilt", core::Method::quantile_mean}};
  return names.at(name);
}

/// Lower and upper end of the axis with these centres.
std::pair<double, double> ends_of(std::vector<double> const& centers) {
  double const half =
      0.5 * (centers.back() - centers.front()) / static_cast<double>(centers.size() - 1);
  return {centers.front() - half, centers.back() + half};
}

/// The histogram engine without splitting takes its radial axis from masked pixels, too.
bool has_axis_of_its_own(ReferenceCase const& c) {
  return c.algorithm == "histogram" && c.splitting == "no" && c.mask;
}

core::Binning binning_of(ReferenceCase const& c) {
  core::Binning binning{.unit = core::unit_of(c.unit),
                        .bins = c.bins,
                        .splitting = splitting_of(c.splitting),
                        .radial_range = c.radial_range};
  if (has_axis_of_its_own(c)) {
    auto const [lower, upper] = ends_of(c.values.at("radial"));
    binning.radial_range = {lower, upper / (1.0 + 0x1p-23)};
  }
  binning.azimuth_range_deg = c.azimuth_range_deg;
  if (c.azimuthal_bins == 0) return binning;
  binning.kind = core::PatternKind::cake;
  binning.azimuthal_bins = c.azimuthal_bins;
  binning.azimuth_range_deg = ends_of(c.values.at("azimuthal"));
  if (c.splitting == "no")
    binning.azimuth_range_deg->first -= 2e-9;  // the lowest centre lies on the border
  return binning;
}

/// First and last radial bins when a radial range is given; first and last azimuthal bins of cakes
/// with splitting.
std::vector<bool> left_out_bins(ReferenceCase const& c) {
  std::size_t const azimuthal = std::max<std::size_t>(c.azimuthal_bins, 1);
  std::vector<bool> out(c.bins * azimuthal, false);
  bool any = false;
  for (std::size_t bin = 0; bin < out.size(); ++bin) {
    std::size_t const radial_bin = bin % c.bins, azimuthal_bin = bin / c.bins;
    bool const radial_end = c.radial_range && (radial_bin == 0 || radial_bin + 1 == c.bins);
    bool const azimuthal_end = c.azimuthal_bins > 0 && c.splitting != "no" &&
                               (azimuthal_bin == 0 || azimuthal_bin + 1 == azimuthal);
    out[bin] = radial_end || azimuthal_end;
    any = any || out[bin];
  }
  return any ? out : std::vector<bool>();
}

/// Moves the pixels across the border of a range out of the plan.
void leave_out_border(ReferenceCase const& c, core::Geometry const& geometry,
                      ReferencePlan& reference) {
  BinMatrix& matrix = reference.plan.reductions[0].matrix;
  core::Binning binning = binning_of(c);
  binning.azimuth_range_deg = {};
  BinMatrix const ring = core::build_bin_matrix(geometry, reference.plan.corrections.mask, binning);
  binning.azimuth_range_deg = c.azimuth_range_deg;
  binning.radial_range = {};
  BinMatrix const sector =
      core::build_bin_matrix(geometry, reference.plan.corrections.mask, binning);
  std::vector<bool> border(matrix.pixels(), false), inside(matrix.pixels(), false);
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel) {
    bool const touches = ring.has_entry(pixel) && sector.has_entry(pixel);
    border[pixel] = touches && std::abs(share_of(matrix, pixel) - 1.0) > 1e-6;
    inside[pixel] = touches && !border[pixel];
    if (border[pixel]) ++reference.pixels_across_border;
  }
  // pyFAI: full splitting divides by what is inside of the radial range; the bounding box folds the
  // rest into the first and last bins, not compared.
  reference.across_border = entries_of(ring, border, c.splitting == "full");
  matrix = entries_of(matrix, inside, false);
}

/// Moves the pixels across the ends of the azimuthal axis out of the plan.
void leave_out_ends(ReferenceCase const& c, core::Geometry const& geometry,
                    ReferencePlan& reference) {
  BinMatrix& matrix = reference.plan.reductions[0].matrix;
  core::Binning binning = binning_of(c);
  binning.kind = core::PatternKind::radial;
  binning.azimuth_range_deg = {};
  auto const pixels = pixels_across_ends(
      geometry, matrix, core::build_bin_matrix(geometry, reference.plan.corrections.mask, binning),
      c.discontinuity_at_pi);
  reference.across_border = pixels.of_pyfai;
  reference.pixels_across_border =
      static_cast<std::size_t>(std::count(pixels.across.begin(), pixels.across.end(), true));
  std::vector<bool> inside = pixels.across;
  inside.flip();
  matrix = entries_of(matrix, inside, false);
}

}  // namespace

bool is_offered(ReferenceCase const& c) { return c.splitting != "pseudo"; }

ReferencePlan plan_of(ReferenceCase const& c, test::FormulaImage const& image) {
  auto const& vectors = test::reference_vectors();
  auto const& p = vectors.poni;
  core::Calibration const calibration{p.at("dist"), p.at("poni1"), p.at("poni2"),      p.at("rot1"),
                                      p.at("rot2"), p.at("rot3"),  p.at("wavelength"), {}};
  core::Detector const detector{
      "Detector", vectors.pixel, vectors.pixel, {vectors.rows, vectors.columns}, c.orientation, {}};
  core::Geometry const geometry(calibration, detector);
  core::CorrectionChoice choice{.solid_angle = c.solid_angle, .polarization = {}};
  if (c.polarization) choice.polarization = std::pair{*c.polarization, 0.0};

  ReferencePlan reference;
  core::ReductionPlan& plan = reference.plan;
  plan.shape = detector.shape;
  plan.encoding = {.type = core::PixelType::i32};
  plan.valid = core::ValidValues::all();
  if (c.dummy) plan.valid.invalid.push_back({*c.dummy, *c.dummy});
  plan.corrections = core::build_corrections(
      geometry, choice, true,
      {.mask = c.mask ? std::span<std::uint8_t const>(image.mask) : std::span<std::uint8_t const>(),
       .flat = c.flat ? std::span<float const>(image.flat) : std::span<float const>(),
       .dark = c.dark ? std::span<float const>(image.dark) : std::span<float const>()});
  core::Reduction reduction;
  reduction.matrix = core::build_bin_matrix(geometry, plan.corrections.mask, binning_of(c));
  reduction.error_model = error_model_of(c.error_model);
  reduction.method = method_of(c.method);
  reduction.clip = {c.threshold, c.cycles};
  reduction.quantiles = {c.percentiles.first / 100.0, c.percentiles.second / 100.0};
  plan.reductions.push_back(reduction);

  reference.left_out = left_out_bins(c);
  if (c.splitting != "no" && (c.azimuth_range_deg || c.radial_range))
    leave_out_border(c, geometry, reference);
  if (c.splitting == "bbox" && c.azimuthal_bins > 0) leave_out_ends(c, geometry, reference);
  if (c.error_model == "azimuthal") reference.intensity_tolerance = 1e-5;
  if (c.azimuthal_bins > 0 && c.splitting == "full") {
    reference.sums = false;
    reference.intensity_tolerance = 1e-2;
  }
  return reference;
}

}  // namespace xrdct::golden
