#include <cmath>

#include "core/errors.hpp"
#include "core/plan_building.hpp"

namespace xrdct::core {
namespace {

void multiply(std::vector<float>& norm, std::vector<double> const& factor) {
  for (std::size_t pixel = 0; pixel < norm.size(); ++pixel) norm[pixel] *= static_cast<float>(factor[pixel]);
}

/// (1 − exp(ln t₀/cos α))/(1 − t₀)
std::vector<double> sensor_efficiency(Geometry const& geometry, double transmission) {
  XRDCT_ASSERT(transmission > 0.0 && transmission < 1.0);
  std::vector<double> efficiency = geometry.cos_incidence();
  for (double& value : efficiency) value = (1.0 - std::exp(std::log(transmission) / value)) / (1.0 - transmission);
  return efficiency;
}

/// Whether a variance is none; it becomes 0.
bool erase_unusable(std::vector<float>& variance, std::size_t pixel) {
  if (variance.empty() || (std::isfinite(variance[pixel]) && variance[pixel] >= 0.0f)) return false;
  variance[pixel] = 0.0f;
  return true;
}

}  // namespace

PixelCorrections build_corrections(Geometry const& geometry, CorrectionChoice const& choice, bool detector_mask, CorrectionImages const& images) {
  std::size_t const pixels = geometry.shape().pixels();
  auto const& [mask, flat, dark, absorption, variance, dark_variance] = images;
  for (std::size_t size : {mask.size(), flat.size(), dark.size(), absorption.size(), variance.size(), dark_variance.size()})
    XRDCT_ASSERT(size == 0 || size == pixels);
  PixelCorrections corrections;
  corrections.normalization.assign(pixels, 1.0f);
  if (!flat.empty()) corrections.normalization.assign(flat.begin(), flat.end());
  corrections.dark.assign(dark.begin(), dark.end());
  corrections.mask.assign(pixels, 0);
  if (choice.polarization) multiply(corrections.normalization, geometry.polarization(choice.polarization->first, choice.polarization->second));
  if (choice.solid_angle) multiply(corrections.normalization, geometry.solid_angle());
  if (!absorption.empty()) multiply(corrections.normalization, {absorption.begin(), absorption.end()});
  if (choice.sensor_transmission) multiply(corrections.normalization, sensor_efficiency(geometry, *choice.sensor_transmission));
  corrections.variance.assign(variance.begin(), variance.end());
  corrections.dark_variance.assign(dark_variance.begin(), dark_variance.end());

  std::span<std::uint8_t const> const own = detector_mask ? std::span<std::uint8_t const>(geometry.detector().mask) : std::span<std::uint8_t const>();
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    float& norm = corrections.normalization[pixel];
    bool const no_norm = norm == 0.0f || !std::isfinite(norm);
    bool const no_dark = !dark.empty() && !std::isfinite(dark[pixel]);
    // A kernel may multiply by the values of a masked pixel, with a coefficient of 0: they have to be finite.
    if (no_norm) norm = 0.0f;
    if (no_dark) corrections.dark[pixel] = 0.0f;
    bool const no_variance = erase_unusable(corrections.variance, pixel) | erase_unusable(corrections.dark_variance, pixel);
    bool const masked = (!mask.empty() && mask[pixel] != 0) || (!own.empty() && own[pixel] != 0);
    corrections.mask[pixel] = masked || no_norm || no_dark || no_variance ? 1 : 0;
  }
  return corrections;
}

}  // namespace xrdct::core
