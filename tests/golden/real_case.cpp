#include "tests/golden/real_case.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <tuple>

#include "config/calibration/poni.hpp"
#include "io/frames/hdf5_frames.hpp"
#include "io/frames/read_image.hpp"
#include "io/values/value_reader.hpp"
#include "tests/golden/integrators.hpp"

namespace xrdct::golden {
namespace {

using core::ErrorModel;
using core::Method;
using core::Splitting;
using core::Unit;

constexpr std::pair<char const*, Splitting> splittings[] = {
    {"no", Splitting::none}, {"bbox", Splitting::bounding_box}, {"full", Splitting::full}};

void add_chess(std::vector<RealCase>& all) {
  for (std::string const detector : {"PIL9", "PIL11", "PIL5"}) {
    for (auto const& [name, splitting] : splittings) {
      RealCase c;
      c.group = "chess-raster/" + detector + "/" + name;
      c.source = "chess-raster/saxswaxs_test_2d_repacked_bslz4.h5";
      c.dataset = detector + "/data";
      c.poni = "chess-raster/" + detector + ".poni";
      c.mask = "chess-raster/" + detector + ".tif";
      c.binning = {.unit = Unit::q_A, .bins = 500, .splitting = splitting};
      all.push_back(c);
    }
  }
}

RealCase hexrd(std::string const& name, Splitting splitting) {
  RealCase c;
  c.group = "ceo2-pilatus2m-hexrd/" + name;
  c.source = "ceo2-pilatus2m-hexrd/ceria_50x30_740mm_000005_Pilatus2M.hdf5";
  c.dataset = "imageseries/images";
  c.poni = "ceo2-pilatus2m-hexrd/derived_Pilatus2M.poni";
  c.binning = {.unit = Unit::two_theta_deg, .bins = 3000, .splitting = splitting};
  return c;
}

void add_hexrd(std::vector<RealCase>& all) {
  all.push_back(hexrd("none", Splitting::none));
  all.push_back(hexrd("bbox", Splitting::bounding_box));
  all.push_back(hexrd("full", Splitting::full));

  RealCase polarized = hexrd("polarized", Splitting::bounding_box);
  polarized.binning.unit = Unit::q_nm;
  polarized.choice.polarization = std::pair{0.99, 0.0};
  polarized.error_model = ErrorModel::azimuthal;
  all.push_back(polarized);

  RealCase sector = hexrd("sector", Splitting::none);
  sector.binning.bins = 1000;
  sector.binning.azimuth_range_deg = std::pair{20.0, 70.0};
  sector.error_model = ErrorModel::none;
  all.push_back(sector);

  for (auto const& [name, splitting] :
       {std::pair{"cake", Splitting::none}, std::pair{"cake_bbox", Splitting::bounding_box}}) {
    RealCase cake = hexrd(name, splitting);
    cake.binning.bins = 400;
    cake.binning.kind = core::PatternKind::cake;
    cake.binning.azimuthal_bins = 72;
    all.push_back(cake);
  }
}

void add_cbf(std::vector<RealCase>& all) {
  for (auto const& [name, splitting] : splittings) {
    RealCase c;
    c.group = std::string("ceo2-pilatus2m-cbf/") + name;
    c.source = "ceo2-pilatus2m-cbf/CeO2.cbf";
    c.poni = "ceo2-pilatus2m-cbf/CeO2.poni";
    c.mask = "ceo2-pilatus2m-cbf/mask.edf";
    c.binning = {.unit = Unit::two_theta_deg, .bins = 3000, .splitting = splitting};
    c.choice.polarization = std::pair{0.95, 0.0};
    all.push_back(c);
  }
}

void add_thaumatin(std::vector<RealCase>& all) {
  std::string const frames[] = {"thau_3_2_0001", "thau_3_2_0008", "thau_3_2_0019"};
  std::tuple<char const*, double, ErrorModel> const clips[] = {
      {"clip_azimuthal", 5.0, ErrorModel::azimuthal},
      {"clip_poisson", 3.0, ErrorModel::poisson},
      {"clip_hybrid", 4.0, ErrorModel::hybrid}};
  for (std::size_t frame = 0; frame < 3; ++frame) {
    RealCase plain;
    std::string const group = "thaumatin/" + std::to_string(frame) + "/";
    plain.source = "thaumatin-pilatus6m-cbf/" + frames[frame] + ".cbf.bz2";
    plain.binning = {.unit = Unit::q_nm, .bins = 1000, .splitting = Splitting::none};
    for (auto const& [name, threshold, model] : clips) {
      RealCase clipped = plain;
      clipped.group = group + name;
      clipped.method = Method::sigma_clip;
      clipped.clip = {threshold, 5};
      clipped.error_model = model;
      all.push_back(clipped);
    }
    for (auto const& [name, quantiles] : {std::pair{"median", core::Quantiles{0.5, 0.5}},
                                          std::pair{"trimmed", core::Quantiles{0.1, 0.9}}}) {
      RealCase median = plain;
      median.group = group + name;
      median.method = Method::quantile_mean;
      median.quantiles = quantiles;
      all.push_back(median);
    }
    plain.group = group + "mean";
    plain.binning.splitting = Splitting::bounding_box;
    all.push_back(plain);
  }
}

/// The header of the frames: MX style, detector normal to the beam.
core::Calibration thaumatin_calibration() {
  core::Calibration calibration;
  calibration.distance_m = 0.351;
  calibration.poni1_m = 1306.96 * 172e-6;
  calibration.poni2_m = 1261.61 * 172e-6;
  calibration.wavelength_m = 0.96859e-10;
  calibration.detector.name = "Pilatus6M";
  return calibration;
}

std::vector<std::vector<double>> frames_of(std::filesystem::path const& file,
                                           std::string const& dataset, core::FrameShape& shape) {
  if (dataset.empty()) {
    io::Image image = io::read_image(file.string());
    shape = image.shape;
    return {std::move(image.pixels)};
  }
  io::Hdf5Frames const source({file}, dataset);
  shape = source.shape();
  auto const filter = source.encoding().filter;
  if (filter != core::Filter::none && filter != core::Filter::deflate)
    return {};  // HDF5 alone cannot decode the others
  auto const values = io::read_values(file, dataset);
  std::vector<std::vector<double>> frames;
  for (auto begin = values.begin(); begin != values.end();
       begin += static_cast<std::ptrdiff_t>(shape.pixels()))
    frames.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(shape.pixels()));
  return frames;
}

}  // namespace

std::string RealCase::name() const {
  std::string name = group;
  for (char& letter : name) {
    if (letter == '/' || letter == '-') letter = '_';
  }
  return name;
}

std::vector<RealCase> const& real_cases() {
  static std::vector<RealCase> const cases = [] {
    std::vector<RealCase> all;
    add_chess(all);
    add_hexrd(all);
    add_cbf(all);
    add_thaumatin(all);
    return all;
  }();
  return cases;
}

RealCase const& real_case(std::string const& group) {
  for (auto const& c : real_cases()) {
    if (c.group == group) return c;
  }
  throw std::invalid_argument("no case " + group);
}

RealRun load(RealCase const& c, std::filesystem::path const& data,
             std::filesystem::path const& reference) {
  RealRun run;
  run.frames = frames_of(data / c.source, c.dataset, run.plan.shape);
  core::Calibration const calibration =
      c.poni.empty() ? thaumatin_calibration() : config::read_poni(data / c.poni).calibration;
  core::Geometry const geometry(calibration,
                                core::make_detector(calibration.detector, run.plan.shape));
  std::vector<std::uint8_t> mask;
  if (!c.mask.empty()) {
    for (double value : io::read_image((data / c.mask).string()).pixels)
      mask.push_back(value != 0.0 ? 1 : 0);
  }
  core::Binning binning = c.binning;
  if (binning.kind == core::PatternKind::cake) {
    auto const centers = io::read_values(reference, c.group + "/azimuthal");
    double const half =
        0.5 * (centers.back() - centers.front()) / static_cast<double>(centers.size() - 1);
    // the lowest centre lies on the border
    double const rounding = binning.splitting == Splitting::none ? 2e-9 : 0.0;
    binning.azimuth_range_deg = std::pair{centers.front() - half - rounding, centers.back() + half};
  }
  run.plan.encoding = {.type = core::PixelType::i32};
  run.plan.valid = core::ValidValues::of(core::PixelType::i32);
  run.plan.corrections = core::build_corrections(geometry, c.choice, true, {.mask = mask});
  core::Reduction reduction;
  reduction.matrix = core::build_bin_matrix(geometry, run.plan.corrections.mask, binning);
  reduction.error_model = c.error_model;
  reduction.method = c.method;
  reduction.clip = c.clip;
  reduction.quantiles = c.quantiles;
  if (binning.kind == core::PatternKind::cake &&
      binning.splitting == core::Splitting::bounding_box) {
    binning.kind = core::PatternKind::radial;
    binning.azimuth_range_deg = {};
    run.border = pixels_across_ends(
        geometry, reduction.matrix,
        core::build_bin_matrix(geometry, run.plan.corrections.mask, binning), true);
    std::vector<bool> inside = run.border.across;
    inside.flip();
    reduction.matrix = entries_of(reduction.matrix, inside, false);
  }
  run.plan.reductions.push_back(std::move(reduction));
  return run;
}

core::ReducedBatch reduce_stored(RealCase const& c, core::ReductionPlan plan,
                                 kernels::Engine engine, std::filesystem::path const& data) {
  io::Hdf5Frames source({data / c.source}, c.dataset);
  plan.encoding = source.encoding();
  kernels::FrameReducer reducer(plan, engine);
  std::vector<std::int64_t> frames(static_cast<std::size_t>(source.frames()));
  std::iota(frames.begin(), frames.end(), std::int64_t{0});
  core::ReducedBatch all, reduced;
  all.sums.emplace_back(frames.size(), plan.reductions[0].matrix.bins);
  all.tally.emplace_back();
  core::FrameBuffer buffer;
  constexpr std::size_t batch = 20;  // the last batch of 48 frames is a partial one
  for (std::size_t first = 0; first < frames.size(); first += batch) {
    auto const some = std::span(frames).subspan(first, std::min(batch, frames.size() - first));
    source.locate(some);
    source.read(some, buffer);
    reducer.reduce(buffer.batch, reduced);
    copy_sums(reduced.sums.at(0), first, all.sums[0]);
    all.tally[0].insert(all.tally[0].end(), reduced.tally.at(0).begin(), reduced.tally.at(0).end());
    all.status.insert(all.status.end(), reduced.status.begin(), reduced.status.end());
  }
  return all;
}

}  // namespace xrdct::golden
