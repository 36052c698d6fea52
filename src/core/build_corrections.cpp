#include <cmath>

#include "core/errors.hpp"
#include "core/plan_building.hpp"

namespace xrdct::core {
namespace {

void multiply(std::vector<float>& norm, std::vector<double> const& factor) {
  for (std::size_t pixel = 0; pixel < norm.size(); ++pixel) norm[pixel] *= static_cast<float>(factor[pixel]);
}

}  // namespace

PixelCorrections build_corrections(Geometry const& geometry, CorrectionChoice const& choice, bool detector_mask, std::span<std::uint8_t const> mask,
                                   std::span<float const> flat, std::span<float const> dark) {
  std::size_t const pixels = geometry.shape().pixels();
  for (std::size_t size : {mask.size(), flat.size(), dark.size()}) XRDCT_ASSERT(size == 0 || size == pixels);
  PixelCorrections corrections;
  corrections.normalization.assign(pixels, 1.0f);
  if (!flat.empty()) corrections.normalization.assign(flat.begin(), flat.end());
  corrections.dark.assign(dark.begin(), dark.end());
  corrections.mask.assign(pixels, 0);
  if (choice.polarization) multiply(corrections.normalization, geometry.polarization(choice.polarization->first, choice.polarization->second));
  if (choice.solid_angle) multiply(corrections.normalization, geometry.solid_angle());

  std::span<std::uint8_t const> const own = detector_mask ? std::span<std::uint8_t const>(geometry.detector().mask) : std::span<std::uint8_t const>();
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    float& norm = corrections.normalization[pixel];
    bool const no_norm = norm == 0.0f || !std::isfinite(norm);
    bool const no_dark = !dark.empty() && !std::isfinite(dark[pixel]);
    // A kernel may multiply by the values of a masked pixel, with a coefficient of 0: they have to be finite.
    if (no_norm) norm = 0.0f;
    if (no_dark) corrections.dark[pixel] = 0.0f;
    bool const masked = (!mask.empty() && mask[pixel] != 0) || (!own.empty() && own[pixel] != 0);
    corrections.mask[pixel] = masked || no_norm || no_dark ? 1 : 0;
  }
  return corrections;
}

}  // namespace xrdct::core
