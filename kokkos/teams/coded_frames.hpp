#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdint>

#include "core/words/words.hpp"
#include "kokkos/teams/count_codes.hpp"

// How kernels look at the pixels of decoded frames: device code for every back end.
namespace xrdct::kernels {

/// Frames that the kernels work on together.
constexpr int frames_of_group = 4;

/// The images as stored. [column][pixel]
struct StoredImages {
  core::PixelType type = core::PixelType::u8;
  std::byte const* bytes = nullptr;
  std::int64_t image_bytes = 0;

  /// Calls `read(pixels)` with those of the first column in their type.
  template <class Read>
  KOKKOS_FUNCTION void visit(Read const& read) const {
    switch (type) {
      case core::PixelType::u8:
        return read(reinterpret_cast<std::uint8_t const*>(bytes));
      case core::PixelType::i8:
        return read(reinterpret_cast<std::int8_t const*>(bytes));
      case core::PixelType::u16:
        return read(reinterpret_cast<std::uint16_t const*>(bytes));
      case core::PixelType::i16:
        return read(reinterpret_cast<std::int16_t const*>(bytes));
      case core::PixelType::u32:
        return read(reinterpret_cast<std::uint32_t const*>(bytes));
      case core::PixelType::i32:
        return read(reinterpret_cast<std::int32_t const*>(bytes));
      case core::PixelType::f32:
        return read(reinterpret_cast<float const*>(bytes));
      case core::PixelType::f64:
        return read(reinterpret_cast<double const*>(bytes));
    }
  }
  KOKKOS_FUNCTION double value(std::int64_t pixel) const {
    double result = 0.0;
    visit([&](auto const* pixels) { result = static_cast<double>(pixels[pixel]); });
    return result;
  }
  /// From a column on.
  KOKKOS_FUNCTION StoredImages from(int column) const {
    return {type, bytes + column * image_bytes, image_bytes};
  }
};

/// A group of decoded frames whose pixels are judged: counts below 254 and invalid pixels by their
/// codes, the others in the image.
struct CodedGroup {
  StoredImages images;
  std::uint32_t const* codes;  //!< [pixel] byte f: of frame f; 255: invalid

  /// The values of a pixel, float(raw), NaN: invalid. All are loaded before one is used.
  KOKKOS_FUNCTION void values(std::int64_t pixel, float (&raw)[frames_of_group]) const {
    std::uint32_t const all = codes[pixel];
    for (int f = 0; f < frames_of_group; ++f) {
      unsigned const code = all >> (8 * f) & 255u;
      raw[f] = code == code_invalid ? NAN : static_cast<float>(code);
    }
    if (any_in_image(all)) look_up(pixel, all, raw);
  }
  /// That of one frame.
  KOKKOS_FUNCTION float value(std::int64_t pixel, int frame) const {
    unsigned const code = codes[pixel] >> (8 * frame) & 255u;
    if (code == code_invalid) return NAN;
    return code != code_in_image ? static_cast<float>(code)
                                 : static_cast<float>(images.from(frame).value(pixel));
  }

 private:
  KOKKOS_FUNCTION void look_up(std::int64_t pixel, std::uint32_t all,
                               float (&raw)[frames_of_group]) const {
    images.visit([&](auto const* pixels) {
      std::int64_t const stride = images.image_bytes / static_cast<int>(sizeof(*pixels));
      for (int f = 0; f < frames_of_group; ++f)
        if ((all >> (8 * f) & 255u) == code_in_image)
          raw[f] = static_cast<float>(pixels[f * stride + pixel]);
    });
  }
};

/// All groups.
struct CodedFrames {
  StoredImages images;
  std::int64_t stride = 0;               //!< of a group [pixels]
  std::uint32_t const* codes = nullptr;  //!< [group][pixel]

  KOKKOS_FUNCTION CodedGroup group(int number) const {
    return {images.from(number * frames_of_group), codes + number * stride};
  }
};

}  // namespace xrdct::kernels
