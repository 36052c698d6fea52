#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <sstream>

#include "io/stored/sinogram_reader.hpp"
#include "tests/app/command.hpp"

/// Dark, flat, variances and absorption with values that are no measurement by their type, or have
/// no meaning: such pixels are masked, counted and reported.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t rows = 64, columns = 80, pixels = rows * columns;

template <class T>
void write_npy(std::filesystem::path const& file, std::string const& descr,
               std::vector<T> const& values) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" +
                       std::to_string(rows) + ", " + std::to_string(values.size() / rows) + "), }";
  header.resize(118, ' ');
  std::string const length{'\x76', '\0'};
  write_text(file, "\x93NUMPY\x01" + std::string(1, '\0') + length + header +
                       std::string(reinterpret_cast<char const*>(values.data()),
                                   values.size() * sizeof(T)));
}

/// An image of `good` with `bad` in so many pixels from `first` on.
template <class T>
std::vector<T> image(T good, T bad, std::size_t count = 3, std::size_t first = 1000) {
  std::vector<T> values(pixels, good);
  for (std::size_t k = 0; k < count; ++k) values[first + k] = bad;
  return values;
}

/// The word of a result before `name`: "3" of "3 masked, ".
std::string number_before(std::string const& text, std::string const& name) {
  auto const end = text.find(" " + name);
  if (end == std::string::npos) return "";
  auto const begin = text.find_last_of(" ", end - 1);
  return text.substr(begin + 1, end - begin - 1);
}

class CalibrationImages : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    write_npy(folder_ / "frame.npy", "<u4", image<std::uint32_t>(50, 50));
    write_text(folder_ / "c.poni",
               "poni_version: 2.1\nDetector: Detector\nDetector_config: {\"pixel1\": 1e-4, "
               "\"pixel2\": 1e-4, \"max_shape\": [64, 80]}\nDistance: 0.1\n"
               "Poni1: 0.003\nPoni2: 0.004\nRot1: 0\nRot2: 0\nRot3: 0\nWavelength: 1e-10\n");
  }
  Outcome integrate(std::string const& more) {
    return xrdct(folder_,
                 "integrate frame.npy --poni c.poni --unit r_mm --bins 20 -o o.xy " + more);
  }
  /// Exactly so many pixels are masked, and reported with this reason.
  template <class T>
  void expect_masked(std::string const& option, std::string const& descr,
                     std::vector<T> const& values, std::size_t masked, std::string const& reason,
                     std::string const& more = "") {
    SCOPED_TRACE(option + " " + descr + " " + reason);
    write_npy(folder_ / "image.npy", descr, values);
    auto const run = integrate(option + " image.npy " + more);
    ASSERT_EQ(run.status, 0) << run.errors;
    EXPECT_EQ(number_before(run.out, "masked"), std::to_string(masked));
    if (masked == 0) {
      EXPECT_EQ(run.errors, "");
    } else {
      EXPECT_THAT(run.errors,
                  AllOf(HasSubstr("image.npy: " + std::to_string(masked) + " of 5120 pixels"),
                        HasSubstr(reason)));
    }
  }
  std::filesystem::path folder_;
};

TEST_F(CalibrationImages, SentinelsOfEveryTypeAreMaskedInEveryImage) {
  for (std::string const option :
       {"--dark", "--flat", "--absorption", "--variance", "--dark-variance"}) {
    std::string const model = option == "--variance" ? "--error-model variance" : "";
    auto const expect = [&]<class T>(std::string const& descr, T bad, std::string const& reason) {
      expect_masked(option, descr, image<T>(1, bad), 3, reason, model);
    };
    expect("|u1", std::uint8_t{255}, "(3 are 255 or 254, sentinels of u8)");
    expect("<u2", std::uint16_t{65534}, "(3 are 65535 or 65534, sentinels of u16)");
    expect("<u4", std::uint32_t{4294967295u}, "(3 are 4294967295 or 4294967294, sentinels of u32)");
    expect("|i1", std::int8_t{-1}, "(3 are below 0, sentinels of i8)");
    expect("<i4", std::int32_t{-2}, "(3 are below 0, sentinels of i32)");
    expect("<f4", std::numeric_limits<float>::quiet_NaN(), "(3 are NaN or infinite)");
    expect("<f8", 1e300, "(3 are NaN or infinite)");
  }
}

TEST_F(CalibrationImages, ValuesWithoutAMeaningAreMasked) {
  for (std::string const option : {"--flat", "--absorption"}) {
    expect_masked(option, "<f4", image(1.0f, -2.0f), 3, "(3 are 0 or below)");
    expect_masked(option, "<f8", image(1.0, 0.0), 3, "(3 are 0 or below)");
    expect_masked(option, "<u2", image<std::uint16_t>(1, 0), 3, "(3 are 0 or below)");
  }
  expect_masked("--dark-variance", "<f4", image(1.0f, -1.0f), 3, "(3 are below 0)");
  expect_masked("--dark-variance", "<f4", image(1.0f, 0.0f), 0, "");
  expect_masked("--dark", "<f4", image(0.0f, -2.5f), 0, "a mean dark may be below 0");
  expect_masked("--dark", "<u4", image<std::uint32_t>(0, 4294967293u), 0, "not a sentinel");
}

TEST_F(CalibrationImages, NoTypeHasSentinelsWhereTheJobSaysSo) {
  expect_masked("--dark", "<i2", image<std::int16_t>(0, -3), 0, "", "--invalid none");
  expect_masked("--flat", "|u1", image<std::uint8_t>(250, 255), 0, "", "--invalid none");
  expect_masked("--flat", "<i4", image<std::int32_t>(1, -1), 3, "(3 are 0 or below)",
                "--invalid none");
}

TEST_F(CalibrationImages, WhatIsMaskedAnywayIsCountedOnceAndToldOnlyWithOthers) {
  write_npy(folder_ / "mask.npy", "<f4",
            image(0.0f, std::numeric_limits<float>::quiet_NaN(), 3, 1000));
  write_npy(folder_ / "dark.npy", "<u2", image<std::uint16_t>(0, 65535, 3, 1000));
  auto const same = integrate("--mask mask.npy --dark dark.npy");
  EXPECT_EQ(number_before(same.out, "masked"), "3") << "NaN in a mask is not 0";
  EXPECT_EQ(same.errors, "");
  write_npy(folder_ / "flat.npy", "<f4", image(1.0f, 0.0f, 3, 1002));
  auto const more = integrate("--mask mask.npy --dark dark.npy --flat flat.npy");
  EXPECT_EQ(number_before(more.out, "masked"), "5");
  EXPECT_THAT(more.errors, AllOf(HasSubstr("flat.npy: 3 of 5120"), HasSubstr("1 of them anyway"),
                                 Not(HasSubstr("dark.npy"))));
}

TEST_F(CalibrationImages, OnePixelOfSeveralDarksOrFlatsIsEnough) {
  write_npy(folder_ / "a.npy", "<f4", image(1.0f, -2.0f, 1, 10));
  write_npy(folder_ / "b.npy", "<f4", image(1.0f, 4.0f, 1, 10));
  auto const run = integrate("--flat a.npy --flat b.npy");
  EXPECT_EQ(number_before(run.out, "masked"), "1") << "the mean of both is 1";
  EXPECT_THAT(run.errors, AllOf(HasSubstr("a.npy: 1 of 5120"), Not(HasSubstr("b.npy"))));
}

TEST_F(CalibrationImages, AnImageThatMasksMoreThanHalfIsDoubted) {
  write_npy(folder_ / "flat.npy", "|u1", image<std::uint8_t>(255, 200, 60));
  EXPECT_THAT(
      integrate("--flat flat.npy").errors,
      AllOf(HasSubstr("5060 of 5120"), HasSubstr("more than half"), HasSubstr("floating point")));
}

TEST_F(CalibrationImages, SentinelsThatBecameFloatingPointAreToldAndUsed) {
  write_npy(folder_ / "flat.npy", "<f4", image(1.0f, 4294967296.0f));
  auto const run = integrate("--flat flat.npy");
  EXPECT_EQ(number_before(run.out, "masked"), "0");
  EXPECT_THAT(run.errors,
              AllOf(HasSubstr("flat.npy: 3 pixels hold 4294967296"), HasSubstr("used as it is")));
}

/// The same numbers as with a mask of the same pixels, by both engines and every method and error
/// model.
TEST(CalibrationImagesOfAScan, EqualAMaskOfTheirPixels) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  write_npy(folder / "scan" / "dark.npy", "<u2", image<std::uint16_t>(1, 65535, 4, 900));
  write_npy(folder / "scan" / "flat.npy", "<u4", image<std::uint32_t>(2, 4294967295u, 4, 1500));
  write_npy(folder / "scan" / "variance.npy", "<f4", image(3.0f, -1.0f, 4, 2100));
  write_npy(folder / "scan" / "dark_variance.npy", "<i4", image<std::int32_t>(1, -2, 4, 2700));
  write_npy(folder / "scan" / "absorption.npy", "<f8",
            image(0.5, std::numeric_limits<double>::infinity(), 4, 3300));
  std::vector<std::uint8_t> mask(pixels, 0);
  for (std::size_t const first : {900u, 1500u, 2100u, 2700u, 3300u})
    for (std::size_t k = 0; k < 4; ++k) mask[first + k] = 1;
  write_npy(folder / "scan" / "mask.npy", "|u1", mask);
  for (std::string const name : {"dark", "flat", "variance", "dark_variance", "absorption"}) {
    auto const text = read_text(folder / "scan" / (name + ".npy"));
    std::size_t const size = (text.size() - 128) / pixels;
    std::string clean = text;
    for (std::size_t p = 0; p < pixels; ++p)
      if (mask[p] != 0) clean.replace(128 + p * size, size, text.substr(128, size));
    write_text(folder / "scan" / ("clean_" + name + ".npy"), clean);
  }

  std::string const text = read_text(job),
                    scan = text.substr(0, text.find("\"calibration\""));  // with its monitor
  auto const job_with = [&](std::string const& prefix, std::string const& masks) {
    std::string images;
    for (std::string const name : {"dark", "flat", "variance", "dark_variance", "absorption"})
      images += ", \"" + name + "\": \"" + prefix + name + ".npy\"";
    return scan + "\"calibration\": {\"poni\": \"calib.poni\", \"mask\": [" + masks + "]" + images +
           R"(},
      "reductions": [{"name": "poisson", "bins": 50}, {"name": "full", "splitting": "full", "error_model": "variance", "bins": 50},
        {"name": "clip", "method": "sigma_clip", "splitting": "none", "bins": 30},
        {"name": "hybrid", "method": "sigma_clip", "error_model": "hybrid", "bins": 30},
        {"name": "middle", "method": "median", "bins": 30}, {"name": "total", "method": "sum", "bins": 30},
        {"name": "most", "method": "maximum", "bins": 30},
        {"name": "cake", "pattern": "cake", "bins": 20, "azimuthal_bins": 8, "splitting": "full"}],
      "output": {"file": "out.h5"}})";
  };
  write_text(folder / "scan" / "bad.json", job_with("", ""));
  write_text(folder / "scan" / "masked.json", job_with("clean_", "\"mask.npy\""));
  auto const check = xrdct(folder, "check scan/bad.json --output bad.h5");
  EXPECT_EQ(check.status, 0) << check.errors;
  EXPECT_THAT(check.out, HasSubstr("dark 4, flat 4, variance 4, dark_variance 4, absorption 4"));
  for (std::string const engine : {"fused", "spmm"}) {
    auto const bad =
        xrdct(folder, "reduce scan/bad.json --overwrite --output bad.h5 --engine " + engine);
    auto const masked =
        xrdct(folder, "reduce scan/masked.json --overwrite --output masked.h5 --engine " + engine);
    ASSERT_EQ(bad.status, 0) << bad.errors;
    ASSERT_EQ(masked.status, 0) << masked.errors;
    for (std::string const name : {"dark", "flat", "variance", "dark_variance", "absorption"}) {
      EXPECT_THAT(check.errors, HasSubstr("warning: " + name + " " + name +
                                          ".npy: 4 of 5120 pixels cannot be used and are masked"));
      EXPECT_THAT(bad.errors, HasSubstr("warning: " + name + " " + name +
                                        ".npy: 4 of 5120 pixels cannot be used and are masked"));
    }
    EXPECT_THAT(masked.errors, Not(HasSubstr("cannot be used")));
    io::SinogramReader const one(folder / "bad.h5"), other(folder / "masked.h5");
    for (std::string const name :
         {"poisson", "full", "clip", "hybrid", "middle", "total", "most", "cake"}) {
      for (std::string const dataset : {"I", "I_errors"}) {
        auto const found = one.pattern(name, dataset, 0, 3, 2),
                   expected = other.pattern(name, dataset, 0, 3, 2);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t b = 0; b < found.size(); ++b)
          EXPECT_TRUE(found[b] == expected[b] || (std::isnan(found[b]) && std::isnan(expected[b])))
              << engine << " " << name << " " << dataset << " " << b;
      }
    }
  }
}

}  // namespace
}  // namespace xrdct::test
