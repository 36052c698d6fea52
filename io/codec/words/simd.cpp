// Chooses the instruction set, by the processor or by XRDCT_SIMD.
#include <cstdlib>
#include <string>

#include "core/words/errors.hpp"
#include "io/codec/words/choose_simd.hpp"

namespace xrdct::codec {

std::string_view name_of(Simd simd) {
  switch (simd) {
    case Simd::portable:
      return "portable";
    case Simd::avx2:
      return "avx2";
    case Simd::avx512:
      return "avx512";
  }
  return "?";
}

Simd best_simd_of_processor() {
#if defined(__x86_64__)
  bool const avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  bool const avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
                      __builtin_cpu_supports("gfni");
  return avx512 ? Simd::avx512 : avx2 ? Simd::avx2 : Simd::portable;
#else
  return Simd::portable;
#endif
}

Simd choose_simd(char const* word, Simd best) {
  if (word == nullptr || *word == '\0') return best;
  std::string const found = word;
  for (Simd const candidate : {Simd::portable, Simd::avx2, Simd::avx512}) {
    if (found != name_of(candidate)) continue;
    if (candidate <= best) return candidate;
    throw core::InputError("cannot use XRDCT_SIMD=" + found +
                           ": expected an instruction set that this processor has, found at most " +
                           std::string(name_of(best)) + "; unset XRDCT_SIMD or set it to " +
                           std::string(name_of(best)));
  }
  std::string const nearest = core::nearest_name(found, {"portable", "avx2", "avx512"});
  throw core::InputError(
      "cannot use XRDCT_SIMD: expected portable, avx2 or avx512, found \"" + found + "\"; " +
      (nearest.empty() ? "unset it to have the best one chosen" : "did you mean " + nearest + "?"));
}

Simd simd() {
  static Simd const chosen = choose_simd(std::getenv("XRDCT_SIMD"), best_simd_of_processor());
  return chosen;
}

}  // namespace xrdct::codec
