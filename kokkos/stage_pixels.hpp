#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/frames.hpp"
#include "kokkos/multiply.hpp"

namespace xrdct::kernels {

/// What `PixelStager::stage` made of some pixels of one frame.
struct Staged {
  Storage storage = Storage::u8;
  bool has_invalid = false;  //!< some unmasked pixel is invalid; then storage is f32
};

/*!
 * Brings decoded pixels of any type into the narrowest storage that holds them exactly as float32, and finds the invalid ones.
 *
 * A value whose signal is infinite in float32 is invalid, too. One object serves all threads.
 */
class PixelStager {
 public:
  PixelStager(core::PixelType type, core::ValidValues const& valid);

  /*!
   * \param raw      `pixels` decoded values in native byte order
   * \param dark     [pixel]; nullptr: none. Not taken off here; with it storage is f32
   * \param unmasked [word] one bit per pixel, lowest first; bits behind the last pixel are 0
   * \param staged   4·pixels bytes: the values; NaN where invalid; masked pixels hold anything
   * \param invalid  [word] unmasked and invalid
   */
  Staged stage(std::byte const* raw, std::size_t pixels, float const* dark, std::uint64_t const* unmasked, std::byte* staged,
               std::uint64_t* invalid) const;

 private:
  core::PixelType type_;
  core::ValidValues valid_;
};

/// Widens staged values in place, to a storage that is at least as wide.
void widen(std::byte* staged, std::size_t pixels, Storage from, Storage to);

}  // namespace xrdct::kernels
