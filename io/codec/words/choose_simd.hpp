#pragma once
#include "io/codec/words/simd.hpp"

namespace xrdct::codec {

/// The widest instruction set that this processor and its operating system offer.
Simd best_simd_of_processor();

/// What `word`, the value of XRDCT_SIMD, asks for; `best` when it is null or empty.
/// \throws core::InputError unknown word; more than `best`.
Simd choose_simd(char const* word, Simd best);

}  // namespace xrdct::codec
