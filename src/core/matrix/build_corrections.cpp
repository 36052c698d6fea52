// Builds the mask and the normalization of every pixel.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/matrix/plan_building.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

void multiply(std::vector<float>& norm, std::vector<double> const& factor) {
  for (std::size_t pixel = 0; pixel < norm.size(); ++pixel)
    norm[pixel] *= static_cast<float>(factor[pixel]);
}

/// (1 − exp(ln t₀/cos α))/(1 − t₀)
std::vector<double> sensor_efficiency(Geometry const& geometry, double transmission) {
  XRDCT_ASSERT(transmission > 0.0 && transmission < 1.0);
  std::vector<double> efficiency = geometry.cos_incidence();
  for (double& value : efficiency)
    value = (1.0 - std::exp(std::log(transmission) / value)) / (1.0 - transmission);
  return efficiency;
}

/// Whether the image has a value there that cannot be used.
bool is_unusable(CalibrationImage image, std::span<float const> values, std::size_t pixel) {
  return !values.empty() && !is_usable(image, values[pixel]);
}

std::span<std::uint8_t const> own_mask(Geometry const& geometry, bool detector_mask) {
  return detector_mask ? std::span<std::uint8_t const>(geometry.detector().mask)
                       : std::span<std::uint8_t const>();
}

bool is_masked(std::span<std::uint8_t const> mask, std::size_t pixel) {
  return !mask.empty() && mask[pixel] != 0;
}

}  // namespace

bool is_usable(CalibrationImage image, double value) {
  if (!std::isfinite(value)) return false;
  switch (image) {
    case CalibrationImage::dark:
      return true;
    case CalibrationImage::flat:
    case CalibrationImage::absorption:
      return value > 0.0;
    case CalibrationImage::variance:
    case CalibrationImage::dark_variance:
      return value >= 0.0;
  }
  return false;
}

PixelCorrections build_corrections(Geometry const& geometry, CorrectionChoice const& choice,
                                   bool detector_mask, CorrectionImages const& images) {
  std::size_t const pixels = geometry.shape().pixels();
  auto const& [mask, flat, dark, absorption, variance, dark_variance] = images;
  for (std::size_t size : {mask.size(), flat.size(), dark.size(), absorption.size(),
                           variance.size(), dark_variance.size()})
    XRDCT_ASSERT(size == 0 || size == pixels);
  PixelCorrections corrections;
  corrections.normalization.assign(pixels, 1.0f);
  if (!flat.empty()) corrections.normalization.assign(flat.begin(), flat.end());
  corrections.dark.assign(dark.begin(), dark.end());
  corrections.mask.assign(pixels, 0);
  if (choice.polarization)
    multiply(corrections.normalization,
             geometry.polarization(choice.polarization->first, choice.polarization->second));
  if (choice.solid_angle) multiply(corrections.normalization, geometry.solid_angle());
  if (!absorption.empty())
    multiply(corrections.normalization, {absorption.begin(), absorption.end()});
  if (choice.sensor_transmission)
    multiply(corrections.normalization, sensor_efficiency(geometry, *choice.sensor_transmission));
  corrections.variance.assign(variance.begin(), variance.end());
  corrections.dark_variance.assign(dark_variance.begin(), dark_variance.end());

  auto const own = own_mask(geometry, detector_mask);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    float& norm = corrections.normalization[pixel];
    bool const no_factor = is_unusable(CalibrationImage::flat, flat, pixel) ||
                           is_unusable(CalibrationImage::absorption, absorption, pixel);
    bool const no_norm = no_factor || norm == 0.0f || !std::isfinite(norm);
    bool const no_dark = is_unusable(CalibrationImage::dark, dark, pixel);
    bool const no_variance = is_unusable(CalibrationImage::variance, variance, pixel);
    bool const no_dark_variance =
        is_unusable(CalibrationImage::dark_variance, dark_variance, pixel);
    // A kernel may multiply by the values of a masked pixel, with a coefficient of 0: they have to
    // be finite.
    if (no_norm) norm = 0.0f;
    if (no_dark) corrections.dark[pixel] = 0.0f;
    if (no_variance) corrections.variance[pixel] = 0.0f;
    if (no_dark_variance) corrections.dark_variance[pixel] = 0.0f;
    bool const masked = is_masked(mask, pixel) || is_masked(own, pixel);
    corrections.mask[pixel] =
        masked || no_norm || no_dark || no_variance || no_dark_variance ? 1 : 0;
  }
  return corrections;
}

std::array<std::pair<std::string_view, std::int64_t>, 7> causes(MaskedPixels const& masked) {
  return {{{"masks", masked.masks},
           {name_of(CalibrationImage::dark), masked.dark},
           {name_of(CalibrationImage::flat), masked.flat},
           {name_of(CalibrationImage::variance), masked.variance},
           {name_of(CalibrationImage::dark_variance), masked.dark_variance},
           {name_of(CalibrationImage::absorption), masked.absorption},
           {"normalization", masked.normalization}}};
}

MaskedPixels count_masked(Geometry const& geometry, bool detector_mask,
                          CorrectionImages const& images, PixelCorrections const& corrections) {
  auto const own = own_mask(geometry, detector_mask);
  struct Cause {
    CalibrationImage image;
    std::span<float const> values;
    std::int64_t MaskedPixels::*count;
  };
  std::array<Cause, 5> const causes{
      {{CalibrationImage::dark, images.dark, &MaskedPixels::dark},
       {CalibrationImage::flat, images.flat, &MaskedPixels::flat},
       {CalibrationImage::variance, images.variance, &MaskedPixels::variance},
       {CalibrationImage::dark_variance, images.dark_variance, &MaskedPixels::dark_variance},
       {CalibrationImage::absorption, images.absorption, &MaskedPixels::absorption}}};
  MaskedPixels masked;
  for (std::size_t pixel = 0; pixel < corrections.mask.size(); ++pixel) {
    if (corrections.mask[pixel] == 0) continue;
    if (is_masked(images.mask, pixel) || is_masked(own, pixel)) {
      ++masked.masks;
      continue;
    }
    auto const cause = std::find_if(causes.begin(), causes.end(), [&](Cause const& c) {
      return is_unusable(c.image, c.values, pixel);
    });
    ++(cause == causes.end() ? masked.normalization : masked.*cause->count);
  }
  return masked;
}

}  // namespace xrdct::core
