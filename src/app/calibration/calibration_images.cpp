// Reads masks, dark, flat and variances, and says which of their pixels are no use.
#include "app/calibration/calibration_images.hpp"

#include <fmt/core.h>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/words/frames.hpp"

namespace xrdct::app {
namespace {

/// Which stored values are measurements, by the type alone.
core::ValidValues measurements(io::Image const& image) {
  return io::valid_by_type(image.type, image.wide);
}

/// The integers that an image was stored as; 0 bits: it was not.
struct StoredIntegers {
  bool is_signed = false;
  std::size_t bits = 0;
};

StoredIntegers integers_of(io::Image const& image) {
  if (image.wide != io::WideInteger::none) return {image.wide == io::WideInteger::i64, 64};
  return core::is_integer(image.type)
             ? StoredIntegers{core::is_signed(image.type), 8 * core::size_of(image.type)}
             : StoredIntegers{};
}

/// "4294967295 or 4294967294, sentinels of u32", "below 0, sentinels of i32".
std::string sentinels_text(StoredIntegers const& integers) {
  if (integers.is_signed) return fmt::format("below 0, sentinels of i{}", integers.bits);
  std::uint64_t const largest = ~std::uint64_t{0} >> (64 - integers.bits);
  return fmt::format("{} or {}, sentinels of u{}", largest, largest - 1, integers.bits);
}

std::string bound_text(core::CalibrationImage kind) {
  return kind == core::CalibrationImage::flat || kind == core::CalibrationImage::absorption
             ? "0 or below"
             : "below 0";
}

/// Numbers of values that cannot be used, by the first reason that holds.
struct Unusable {
  std::size_t sentinels = 0, not_finite = 0, meaningless = 0;
  std::size_t newly = 0;  // of all: not masked anyway
  std::size_t total() const { return sentinels + not_finite + meaningless; }
};

std::string reasons_text(Unusable const& found, core::CalibrationImage kind,
                         StoredIntegers const& integers) {
  std::string text;
  auto const add = [&text](std::size_t count, std::string const& what) {
    if (count > 0)
      text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", count,
                          count == 1 ? " is " : " are ", what);
  };
  if (found.sentinels > 0) add(found.sentinels, sentinels_text(integers));
  add(found.not_finite, "NaN or infinite");
  add(found.meaningless, bound_text(kind));
  return text;
}

std::string warning_text(Unusable const& found, core::CalibrationImage kind,
                         std::string const& location, io::Image const& image) {
  std::size_t const pixels = image.pixels.size(), anyway = found.total() - found.newly;
  std::string text =
      fmt::format("{} {}: {} of {} pixels cannot be used and are masked ({})", core::name_of(kind),
                  location, found.total(), pixels, reasons_text(found, kind, integers_of(image)));
  if (anyway > 0) text += fmt::format(", {} of them anyway", anyway);
  if (2 * found.total() <= pixels) return text;
  text += "; that is more than half of the image: is it the right one?";
  if (2 * found.sentinels > pixels)
    text +=
        " Where these values of its type are measurements, store it as floating point, or set "
        "\"invalid\" to \"none\"";
  return text;
}

/// Whether a value of a floating-point image is what marks a pixel in unsigned integers of 16 or 32
/// bits, also rounded to float32.
bool looks_like_sentinel(double value) {
  return value == 65534.0 || value == 65535.0 || (value >= 4294967294.0 && value <= 4294967296.0);
}

/// An image of integers that was stored as floating point keeps what marked its pixels, as numbers
/// like any other.
std::string doubtful_text(core::CalibrationImage kind, std::string const& location,
                          std::size_t count, double value) {
  return fmt::format(
      "{} {}: {}{}{}, which marks a pixel in images of integers, but not in one of floating point: "
      "used as it is; mask such pixels if they are dead, or store NaN there",
      core::name_of(kind), location, count, count == 1 ? " pixel holds " : " pixels hold ",
      static_cast<std::uint64_t>(value));
}

}  // namespace

CalibrationImages::CalibrationImages(config::InvalidValues const& rule,
                                     std::span<std::uint8_t const> masked)
    : sentinels_(rule.rule != core::InvalidRule::none), masked_(masked) {}

std::vector<double> CalibrationImages::take(core::CalibrationImage kind,
                                            std::string const& location, io::Image image) {
  auto const valid = sentinels_ ? measurements(image) : core::ValidValues::all();
  Unusable found;
  std::size_t doubtful = 0;
  double doubted = 0.0;
  for (std::size_t pixel = 0; pixel < image.pixels.size(); ++pixel) {
    double& value = image.pixels[pixel];
    auto const narrow = static_cast<float>(value);  // beyond the largest float32: infinite
    bool const finite = std::isfinite(narrow), sentinel = finite && !valid.contains(value);
    if (finite && !sentinel && core::is_usable(kind, narrow)) {
      if (integers_of(image).bits == 0 && looks_like_sentinel(value) && !is_masked(pixel)) {
        ++doubtful;
        doubted = value;
      }
      continue;
    }
    value = std::numeric_limits<double>::quiet_NaN();
    ++(sentinel ? found.sentinels : finite ? found.meaningless : found.not_finite);
    found.newly += !is_masked(pixel);
  }
  if (found.newly > 0 || 2 * found.total() > image.pixels.size())
    warnings_.push_back(warning_text(found, kind, location, image));
  if (doubtful > 0) warnings_.push_back(doubtful_text(kind, location, doubtful, doubted));
  return std::move(image.pixels);
}

std::vector<std::uint8_t> union_of_masks(core::Geometry const& geometry, bool detector_mask,
                                         std::span<std::uint8_t const> mask) {
  std::vector<std::uint8_t> all(geometry.shape().pixels(), 0);
  auto const& own = geometry.detector().mask;
  for (std::size_t pixel = 0; pixel < all.size(); ++pixel)
    all[pixel] =
        (!mask.empty() && mask[pixel] != 0) || (detector_mask && !own.empty() && own[pixel] != 0);
  return all;
}

std::string causes_text(core::MaskedPixels const& masked) {
  std::string text;
  for (auto const& [name, count] : core::causes(masked)) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  }
  return text;
}

std::vector<std::pair<std::string, std::int64_t>> causes_for_output(
    core::MaskedPixels const& masked) {
  auto const all = core::causes(masked);
  return {all.begin(), all.end()};
}

}  // namespace xrdct::app
