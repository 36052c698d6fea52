#include "config/pyfai/pyfai_worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "tests/config/job_text.hpp"

/// The files in pyfai_worker/ were written by pyFAI 2026.9: by Worker and WorkerConfig.save, those
/// of version 3 and 4 by its `normalize`.
namespace xrdct::config {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ImageJob read(std::string const& name) {
  return read_pyfai_worker(source_file("tests/config/pyfai_worker/" + name));
}

std::string beside(std::string const& name) {
  return source_file("tests/config/pyfai_worker/" + name).string();
}

constexpr char const* poni =
    R"("poni": {"dist": 0.5, "poni1": 0.1, "poni2": 0.2, "rot1": 0, "rot2": 0, "rot3": 0, "detector": "Pilatus2M", "wavelength": 1e-10})";

ImageJob parse(std::string const& keys) {
  return parse_pyfai_worker("{\"version\": 5, \"nbpt_rad\": 100, " + std::string(poni) + keys + "}",
                            "worker.json", "");
}

std::string refusal(std::string const& text) {
  try {
    parse_pyfai_worker(text, "worker.json", "");
  } catch (core::InputError const& error) {
    return error.what();
  }
  return "no error";
}

std::string refusal_of(std::string const& keys) {
  return refusal("{\"version\": 5, \"nbpt_rad\": 100, " + std::string(poni) + keys + "}");
}

TEST(PyfaiWorker, Version5WithSigmaClipping) {
  auto const image = read("version_5_sigma_clip.json");
  auto const& reduction = image.reduction();
  EXPECT_EQ(reduction.method, core::Method::sigma_clip);
  EXPECT_EQ(reduction.clip.threshold, 3.0);
  EXPECT_EQ(reduction.clip.cycles, 4);
  EXPECT_EQ(reduction.error_model, core::ErrorModel::azimuthal);
  EXPECT_EQ(reduction.binning.kind, core::PatternKind::radial);
  EXPECT_EQ(reduction.binning.bins, 1500u);
  EXPECT_EQ(reduction.binning.unit, core::Unit::q_nm);
  EXPECT_EQ(reduction.binning.splitting, core::Splitting::full);
  EXPECT_EQ(reduction.binning.radial_range, std::pair(5.0, 100.0));
  EXPECT_FALSE(reduction.binning.azimuth_range_deg);
  EXPECT_EQ(reduction.empty, -1.0);
  EXPECT_EQ(image.job.scan.invalid.rule, core::InvalidRule::values);
  ASSERT_EQ(image.job.scan.invalid.values.size(), 1u);
  EXPECT_EQ(image.job.scan.invalid.values[0].low, -2.5);
  EXPECT_EQ(image.job.scan.invalid.values[0].high, 0.5);
  ASSERT_TRUE(image.job.corrections.polarization);
  EXPECT_EQ(image.job.corrections.polarization->factor, 0.99);
  EXPECT_EQ(image.job.corrections.polarization->offset_deg, 0.0);
  EXPECT_TRUE(image.job.corrections.solid_angle);
  EXPECT_EQ(image.normalization_factor, 2.5);
  EXPECT_THAT(image.job.calibration.mask, ElementsAre(beside("mask.edf")));
  EXPECT_FALSE(image.job.calibration.detector_mask);
  ASSERT_TRUE(image.poni);
  auto const& calibration = image.poni->calibration;
  EXPECT_EQ(calibration.distance_m, 0.543892076611);
  EXPECT_EQ(calibration.poni1_m, 0.144719659691);
  EXPECT_EQ(calibration.rot3_rad, 3.66161450116e-09);
  EXPECT_EQ(calibration.wavelength_m, 1.74625623831e-11);
  EXPECT_EQ(calibration.detector.name, "Pilatus2M");
  EXPECT_EQ(calibration.detector.pixel1_m, 0.000172);
  EXPECT_EQ(calibration.detector.orientation, 3);
  EXPECT_THAT(image.configuration, HasSubstr("\"sigma_clip\""));
}

TEST(PyfaiWorker, Version5WithAMedianAndNumbersThatAreNoJson) {
  auto const image = read("version_5_median.json");
  auto const& reduction = image.reduction();
  EXPECT_EQ(reduction.method, core::Method::quantile_mean);
  EXPECT_EQ(reduction.quantiles.lower, 0.4);
  EXPECT_EQ(reduction.quantiles.upper, 0.6);
  EXPECT_EQ(reduction.error_model, core::ErrorModel::none);
  EXPECT_EQ(reduction.binning.splitting, core::Splitting::none);
  EXPECT_EQ(reduction.binning.unit, core::Unit::q_A);
  EXPECT_FALSE(reduction.binning.radial_range);  // -Infinity, Infinity
  EXPECT_FALSE(reduction.empty);                 // NaN
  EXPECT_EQ(image.job.scan.invalid.rule, core::InvalidRule::type_default);
  EXPECT_NEAR(image.job.corrections.polarization->offset_deg, 5.729577951308232, 1e-12);  // 0.1 rad
  EXPECT_TRUE(image.job.calibration.detector_mask);
  EXPECT_THAT(image.notes, Contains(HasSubstr("opencl_device")));
  EXPECT_THAT(image.notes, Contains(HasSubstr("give --monitor")));
  EXPECT_THAT(image.notes, Contains(HasSubstr("the offset is applied")));
}

TEST(PyfaiWorker, Version4WithSwitches) {
  auto const image = read("version_4.json");
  auto const& binning = image.reduction().binning;
  EXPECT_EQ(binning.kind, core::PatternKind::cake);
  EXPECT_EQ(binning.bins, 1000u);
  EXPECT_EQ(binning.azimuthal_bins, 360u);
  EXPECT_EQ(binning.azimuth_range_deg,
            std::pair(0.0, 360.0));  // do_azimuthal_range is false, chi_discontinuity_at_0 is true
  EXPECT_FALSE(binning.radial_range);
  EXPECT_EQ(binning.splitting, core::Splitting::bounding_box);
  EXPECT_EQ(image.reduction().error_model, core::ErrorModel::poisson);
  EXPECT_FALSE(image.job.corrections.polarization);
  EXPECT_THAT(image.flat, ElementsAre(beside("a.edf"), beside("b.edf")));
  EXPECT_THAT(image.dark, IsEmpty());
  EXPECT_THAT(image.job.calibration.mask, ElementsAre(beside("mask.edf")));
  EXPECT_EQ(image.job.scan.invalid.values[0].low, -3.5);
  EXPECT_EQ(image.poni->calibration.detector.name, "Pilatus2M");
}

TEST(PyfaiWorker, Version3HasItsCalibrationAtTheTop) {
  auto const image = read("version_3.json");
  ASSERT_TRUE(image.poni);
  EXPECT_EQ(image.poni->calibration.distance_m, 0.543892076611);
  EXPECT_EQ(image.poni->calibration.wavelength_m, 1.74625623831e-11);
  auto const& binning = image.reduction().binning;
  EXPECT_EQ(binning.kind, core::PatternKind::radial);  // do_2D is false
  EXPECT_EQ(binning.azimuth_range_deg, std::pair(-30.0, 45.0));
  EXPECT_EQ(binning.unit, core::Unit::two_theta_deg);
  EXPECT_FALSE(image.job.corrections.solid_angle);
  EXPECT_EQ(image.job.corrections.polarization->factor, 0.95);
  EXPECT_THAT(image.job.calibration.mask, IsEmpty());  // do_mask is false
  EXPECT_TRUE(image.job.calibration.detector_mask);
}

TEST(PyfaiWorker, DefaultsAreThoseOfPyFai) {
  auto const image = parse("");
  auto const& reduction = image.reduction();
  EXPECT_EQ(reduction.method, core::Method::mean);
  EXPECT_EQ(reduction.error_model, core::ErrorModel::none);
  EXPECT_EQ(reduction.binning.unit, core::Unit::two_theta_deg);
  EXPECT_EQ(reduction.binning.splitting, core::Splitting::bounding_box);
  EXPECT_EQ(image.normalization_factor, 1.0);
  EXPECT_THAT(image.notes, IsEmpty());
}

TEST(PyfaiWorker, OtherSpellings) {
  EXPECT_EQ(parse(R"(, "error_model": 3)").reduction().error_model, core::ErrorModel::azimuthal);
  EXPECT_EQ(parse(R"(, "do_poisson": true)").reduction().error_model, core::ErrorModel::poisson);
  EXPECT_EQ(parse(R"(, "polarization_factor": [0.9, 0])").job.corrections.polarization->factor,
            0.9);
  EXPECT_EQ(parse(R"(, "polarization_description": {"factor": 0.8, "offset": 0})")
                .job.corrections.polarization->factor,
            0.8);
  EXPECT_FALSE(parse(R"(, "polarization_description": [null, 0])").job.corrections.polarization);
  EXPECT_EQ(parse(R"(, "unit": ["q_A^-1", "chi_deg"])").reduction().binning.unit, core::Unit::q_A);
  EXPECT_EQ(parse(R"(, "integrator_method": "medfilt1d_ng", "extra_options": {"percentile": 30})")
                .reduction()
                .quantiles.upper,
            0.3);
  auto const clipped = parse(R"(, "integrator_method": "sigma_clip_ng")");
  EXPECT_EQ(clipped.reduction().error_model, core::ErrorModel::azimuthal);
  EXPECT_THAT(clipped.notes, Contains(HasSubstr("sigma clipping needs one")));
  auto const path = parse_pyfai_worker(R"({"version": 4, "nbpt_rad": 10, "poni": "a.poni"})",
                                       "worker.json", "/data");
  EXPECT_EQ(path.job.calibration.poni, "/data/a.poni");
  auto const diffmap = parse_pyfai_worker(
      R"({"diffmap_config_version": 1, "ai": {"version": 5, "nbpt_rad": 7, "poni": "/a.poni"}})",
      "map.json", "");
  EXPECT_EQ(diffmap.reduction().binning.bins, 7u);
}

TEST(PyfaiWorker, MistakesAreTold) {
  EXPECT_THAT(refusal(R"({"version": 2})"),
              HasSubstr("worker.json: $.version: expected 3, 4 or 5, found 2; let a current pyFAI "
                        "write it again"));
  EXPECT_THAT(refusal(R"({"poni": "a.poni"})"), HasSubstr("found none, so 1"));
  EXPECT_THAT(refusal(R"({"version": 6})"), HasSubstr("found 6"));
  EXPECT_THAT(refusal("[1]"), HasSubstr("worker.json: $: expected"));
  EXPECT_THAT(refusal("{"), HasSubstr("line 1"));
  EXPECT_THAT(refusal(R"({"version": 5, "nbpt_rad": null})"),
              HasSubstr("$.nbpt_rad: expected the number of radial bins"));
  EXPECT_THAT(refusal(R"({"version": 5, "nbpt_rod": 1})"),
              AllOf(HasSubstr(", nbpt_rad, "), Not(HasSubstr(", nbpt_rad, nbpt_rad"))))
      << "a key that is missing is listed once";
  EXPECT_THAT(refusal_of(R"(, "nbpt_azimut": 4)"), HasSubstr("nbpt_azim"));
  EXPECT_THAT(refusal_of(R"(, "extra_options": {"threshold": 4})"),
              HasSubstr("$.extra_options.threshold"));
  EXPECT_THAT(refusal_of(R"(, "method": ["pseudo", "csr", "cython"])"),
              HasSubstr("pseudo splitting is not offered"));
  EXPECT_THAT(refusal_of(R"(, "method": ["bbx", "csr", "cython"])"), HasSubstr("\"bbox\""));
  EXPECT_THAT(refusal_of(R"(, "integrator_class": "FiberIntegrator")"),
              HasSubstr("fibre integration is not offered"));
  EXPECT_THAT(refusal_of(R"(, "integrator_method": "separate")"), HasSubstr("$.integrator_method"));
  EXPECT_THAT(refusal_of(R"(, "radial_range": [5, 1])"),
              HasSubstr("$.radial_range: expected two numbers, lower < upper"));
  EXPECT_THAT(refusal_of(R"(, "azimuth_range": [0, 400])"), HasSubstr("at most 360 degrees"));
  EXPECT_THAT(refusal_of(R"(, "normalization_factor": 0)"),
              HasSubstr("$.normalization_factor: expected a number above 0"));
  EXPECT_THAT(refusal_of(R"(, "unit": "q_nm-1")"), HasSubstr("q_nm^-1"));
  EXPECT_THAT(refusal(R"({"version": 5, "nbpt_rad": 1, "poni": {"dist": -1}})"),
              HasSubstr("worker.json: $.poni"));
  EXPECT_THAT(refusal(R"({"version": 5, "nbpt_rad": 1, "poni": {"dist": 1, "pony1": 0}})"),
              HasSubstr("poni1"));
  EXPECT_THAT(refusal(R"({"version": 5, "version": 5, "nbpt_rad": 1})"),
              HasSubstr("a second time"));
}

/// Whatever bytes are changed or missing, only errors for users come out.
TEST(PyfaiWorker, SurvivesDamage) {
  std::string const good = text_of(source_file("tests/config/pyfai_worker/version_5_median.json"));
  std::uint32_t state = 99;
  auto const random = [&] { return (state = state * 1664525U + 1013904223U) >> 8; };
  int read_anyway = 0, refused = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    std::string text = good;
    for (std::uint32_t i = 0; i <= random() % 3; ++i)
      text[random() % text.size()] = static_cast<char>(random() % 128);
    if (trial % 8 == 0) text.resize(random() % text.size());
    try {
      parse_pyfai_worker(text, "worker.json", "");
      ++read_anyway;
    } catch (core::InputError const&) {
      ++refused;
    }
  }
  EXPECT_GT(read_anyway, 10);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace xrdct::config
