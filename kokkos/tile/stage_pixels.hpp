#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/words/frames.hpp"
#include "io/codec/planes/bit_planes.hpp"
#include "io/codec/words/simd.hpp"
#include "kokkos/tile/tile_entries.hpp"

namespace xrdct::kernels {

/// What `PixelStager` made of some pixels of one frame.
struct Staged {
  Storage storage = Storage::u8;
  bool has_invalid = false;  //!< some unmasked pixel is invalid; then storage is f32
  bool small = true;         //!< all unmasked pixels are below 32; storage is u8
};

/// What belongs to some consecutive pixels in every frame.
struct PixelBlock {
  std::size_t pixels = 0;
  /// [word] one bit per pixel, lowest first; bits behind the last pixel are 0
  std::uint64_t const* unmasked = nullptr;
  float const* dark = nullptr;  //!< [pixel]; nullptr: none
};

/// What `PixelStager::stage` is asked for, and what it knows.
struct StageRequest {
  std::byte const* raw;
  PixelBlock const& block;
  core::ValidValues const& valid;
  core::ValueRange const& around_zero;
  std::byte* staged;
  std::uint64_t* invalid;
};

/*!
 * Brings decoded pixels of any type into the narrowest storage that holds them exactly as float32,
 * and finds the invalid ones.
 *
 * A value whose signal is infinite in float32 is invalid, too. With a dark, storage is f32; the
 * dark is not taken off here. One object serves all threads.
 */
class PixelStager {
 public:
  PixelStager(core::PixelType type, core::ValidValues const& valid,
              codec::Simd simd = codec::simd());

  /*!
   * \param raw     decoded values in native byte order
   * \param staged  4·pixels bytes: the values; NaN where invalid; masked pixels hold anything
   * \param invalid [word] unmasked and invalid
   */
  Staged stage(std::byte const* raw, PixelBlock const& block, std::byte* staged,
               std::uint64_t* invalid) const;

  /*!
   * The same for integers from a narrow decoder.
   * \param staged their low bytes, replaced
   * \param scratch 8·pixels bytes
   * \param bright valid pixels of more than 8 bits among those of 8 are added here, replaced by
   * placeholders and left out of the storage; the place is that of the pixel in the block. nullptr:
   * they are not set apart. Without a dark and of unsigned integers alone
   */
  Staged stage_narrow(codec::NarrowPixels const& narrow, PixelBlock const& block, std::byte* staged,
                      std::byte* scratch, std::uint64_t* invalid,
                      std::vector<BrightCount>* bright = nullptr) const;

 private:
  bool find_invalid(codec::NarrowPixels const& narrow, PixelBlock const& block,
                    std::byte const* staged, std::uint64_t* invalid, bool& any,
                    std::vector<BrightCount>* bright) const;

  core::PixelType type_;
  Staged (*stage_)(StageRequest const&);  // for this type and instruction set
  core::ValidValues valid_;
  core::ValueRange around_zero_;  // all valid; low > high where 0 is not
  bool all_u8_valid_;             // 0 … 255
  bool all_u16_valid_;            // 0 … 65535
};

/// Widens staged values in place, to a storage that is at least as wide.
void widen(std::byte* staged, std::size_t pixels, Storage from, Storage to);

}  // namespace xrdct::kernels
