#pragma once
/*!
 * AVX-512 for the source files that hold code of this instruction set alone.
 *
 * Tests compile these files once more with XRDCT_EMULATE_AVX512 (`xrdct_emulate_avx512` of CMake):
 * then the same names are SIMDe's portable code, which runs on every processor. XRDCT_AVX512 stands
 * before each function that names an intrinsic, lambdas included.
 */
#if defined(XRDCT_EMULATE_AVX512)
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/gfni.h>
#define XRDCT_AVX512
#elif defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 warns of its own header (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#define XRDCT_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]]
#endif
