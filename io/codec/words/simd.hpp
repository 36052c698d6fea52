#pragma once
#include "core/words/names.hpp"

namespace xrdct::codec {

/// Instruction set, the widest last. avx512: with VBMI, VBMI2, VNNI and GFNI, that is Ice Lake,
/// Zen 4 and later; older processors with AVX-512 run avx2.
enum class Simd { portable, avx2, avx512 };
/// The one in use: chosen once from the processor, or by XRDCT_SIMD=portable|avx2|avx512.
/// \throws core::InputError unknown word, or not of this processor.
Simd simd();

using core::name_of;

}  // namespace xrdct::codec

namespace xrdct::core {

template <>
inline constexpr auto words_of<codec::Simd> =
    std::to_array<Word<codec::Simd>>({{"portable", codec::Simd::portable},
                                      {"avx2", codec::Simd::avx2},
                                      {"avx512", codec::Simd::avx512}});

}  // namespace xrdct::core
