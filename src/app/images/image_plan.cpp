// Builds the plan of `integrate` from its calibration and its images.
#include "app/images/image_plan.hpp"

#include <fmt/core.h>

#include "app/calibration/calibration_images.hpp"
#include "app/scan/inputs.hpp"
#include "app/scan/plausibility.hpp"
#include "app/session/warnings.hpp"
#include "core/detector/cropped_detector.hpp"
#include "core/words/errors.hpp"
#include "core/words/units.hpp"
#include "io/frames/read_image.hpp"

namespace xrdct::app {
namespace {

/// The only fault of an image of the detector that does not hold for images of every shape.
struct OtherShape : core::InputError {
  using core::InputError::InputError;
};

io::Image read_for(core::FrameShape frame, std::string const& location, std::string const& what) {
  io::Image image = io::read_image(location);
  auto const text = [](core::FrameShape shape) {
    return fmt::format("{} x {}", shape.rows, shape.columns);
  };
  if (image.shape != frame) {
    throw OtherShape({.what = fmt::format("use {} as {}", location, what),
                      .expected = text(frame) + " pixels like the image",
                      .found = text(image.shape),
                      .attempt = fmt::format("give the {} of this detector", what)});
  }
  return image;
}

/// The mean of some images; empty: none. A pixel that one of them cannot use is NaN.
std::vector<float> mean_image(CalibrationImages& images, core::CalibrationImage kind,
                              core::FrameShape frame, std::vector<std::string> const& locations,
                              std::string const& what) {
  std::vector<double> sum;
  for (auto const& location : locations) {
    auto const values = images.take(kind, location, read_for(frame, location, what));
    sum.resize(frame.pixels(), 0.0);
    for (std::size_t p = 0; p < sum.size(); ++p) sum[p] += values[p];
  }
  std::vector<float> mean(sum.size());
  for (std::size_t p = 0; p < sum.size(); ++p)
    mean[p] = static_cast<float>(sum[p] / static_cast<double>(locations.size()));
  return mean;
}

/// The images as they are given; what cannot be used of them is reported.
DetectorImages read_images(config::ImageJob const& image, core::Geometry const& geometry) {
  auto const& calibration = image.job.calibration;
  auto const frame = geometry.shape();
  DetectorImages images;
  for (auto const& location : calibration.mask) {
    auto const mask = read_for(frame, location, "mask");
    images.mask.resize(frame.pixels(), 0);
    for (std::size_t p = 0; p < frame.pixels(); ++p) images.mask[p] |= mask.pixels[p] != 0.0;
  }
  auto const masked = union_of_masks(geometry, calibration.detector_mask, images.mask);
  CalibrationImages taken(image.job.scan.invalid, masked);
  using Kind = core::CalibrationImage;
  auto const mean = [&](Kind kind, std::vector<std::string> const& locations,
                        std::string const& what) {
    return mean_image(taken, kind, frame, locations, what);
  };
  auto const single = [&](Kind kind, std::optional<std::string> const& location,
                          std::string const& what) {
    return location ? mean(kind, {*location}, what) : std::vector<float>();
  };
  images.dark = mean(Kind::dark, image.dark, "dark");
  images.flat = mean(Kind::flat, image.flat, "flat");
  images.variance = single(Kind::variance, calibration.variance, "variance");
  images.dark_variance =
      single(Kind::dark_variance, calibration.dark_variance, "variance of the dark");
  images.absorption = single(Kind::absorption, calibration.absorption, "absorption");
  warn(taken.warnings());
  return images;
}

core::ValidValues valid_values(config::Scan const& scan, StoredFrame const& frame) {
  return config::valid_values(scan, io::valid_by_type(frame.encoding.type, frame.wide));
}

}  // namespace

ImagePlans::ImagePlans(config::ImageJob const& image) : image_(image) {
  auto const& calibration = image.job.calibration;
  poni_ = image.poni ? *image.poni : config::read_poni(calibration.poni);
  warn(poni_.warnings);
  if (poni_.orientation_given && !calibration.orientation_convention) {
    warn((image.poni ? "the configuration" : calibration.poni) +
         ": detector orientation other than 3: read as pyFAI 2026.9 and later do; see "
         "--orientation-convention");
  }
  core::Unit const unit = image.reduction().binning.unit;
  if (core::needs_wavelength(unit) && !poni_.calibration.wavelength_m) {
    throw core::InputError({.what = fmt::format("use the unit {}", core::name_of(unit)),
                            .expected = "a wavelength in the calibration",
                            .found = "none",
                            .attempt = "add `Wavelength:` [m], or use 2th_deg or r_mm"});
  }
}

void ImagePlans::build(StoredFrame const& frame, Prepared& prepared) {
  auto const& job = image_.job;
  auto const calibration = job.calibration.mask.empty()
                               ? poni_.calibration
                               : core::cropped_to(poni_.calibration, frame.shape);
  if (auto const note = core::crop_note(poni_.calibration, calibration); !note.empty()) warn(note);
  auto const geometry =
      make_geometry(calibration, frame.shape, job.calibration.orientation_convention,
                    config::sample_orientation(job.calibration));
  expect_sensible_bins(image_.reduction(), frame.shape, 1);
  DetectorImages images;
  try {
    images = read_images(image_, geometry);
  } catch (OtherShape const&) {
    throw;
  } catch (...) {
    is_hopeless_ = true;
    throw;
  }
  core::ReductionPlan& plan = prepared.plan;
  plan.shape = frame.shape;
  plan.encoding = frame.encoding;
  plan.valid = valid_values(job.scan, frame);
  plan.corrections = core::build_corrections(geometry, config::correction_choice(job.corrections),
                                             job.calibration.detector_mask, images.views());
  plan.reductions.push_back(build_reduction(geometry, plan.corrections.mask, image_.reduction()));
  prepared.masked =
      core::count_masked(geometry, job.calibration.detector_mask, images.views(), plan.corrections);
  std::string const name = image_.poni ? "the configuration" : job.calibration.poni;
  warn(calibration_warnings(poni_.calibration, geometry.detector(), name));
  warn(pixel_warnings(plan, pixel_uses(plan), job.reductions, images.mask, "the masks"));
}

ImagePlans::Prepared& ImagePlans::of(StoredFrame const& frame) {
  Prepared const* like = nullptr;
  for (auto const& prepared : prepared_) {
    if (prepared->plan.shape != frame.shape) continue;
    if (prepared->plan.encoding == frame.encoding && prepared->wide == frame.wide) return *prepared;
    like = prepared.get();
  }
  auto prepared = std::make_unique<Prepared>();
  prepared->wide = frame.wide;
  if (like != nullptr) {
    prepared->plan = like->plan;
    prepared->masked = like->masked;
    prepared->plan.encoding = frame.encoding;
    prepared->plan.valid = valid_values(image_.job.scan, frame);
  } else {
    build(frame, *prepared);
  }
  prepared->reducer =
      std::make_unique<kernels::FrameReducer>(prepared->plan, image_.job.run.engine);
  prepared_.push_back(std::move(prepared));
  return *prepared_.back();
}

}  // namespace xrdct::app
