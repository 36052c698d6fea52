// Chooses the instruction set, by the processor or by XRDCT_SIMD.
#include <cstdlib>
#include <string>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/codec/words/choose_simd.hpp"

namespace xrdct::codec {

Simd best_simd_of_processor() {
#if defined(__x86_64__)
  bool const avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  bool const avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
                      __builtin_cpu_supports("avx512vbmi2") &&
                      __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("gfni");
  return avx512 ? Simd::avx512 : avx2 ? Simd::avx2 : Simd::portable;
#else
  return Simd::portable;
#endif
}

Simd choose_simd(char const* word, Simd best) {
  if (word == nullptr || *word == '\0') return best;
  std::string const found = word;
  if (auto const named = core::named<Simd>(found)) {
    if (*named <= best) return *named;
    throw core::InputError(
        {.what = "use XRDCT_SIMD=" + found,
         .expected = "an instruction set that this processor has",
         .found = "at most " + std::string(core::name_of(best)),
         .attempt = "unset XRDCT_SIMD or set it to " + std::string(core::name_of(best))});
  }
  auto const names = core::names_of<Simd>();
  std::string const nearest = core::nearest_name(found, names);
  throw core::InputError({.what = "use XRDCT_SIMD",
                          .expected = core::listed(names),
                          .found = "\"" + found + "\"",
                          .attempt = nearest.empty() ? "unset it to have the best one chosen"
                                                     : "did you mean " + nearest + "?"});
}

Simd simd() {
  static Simd const chosen = choose_simd(std::getenv("XRDCT_SIMD"), best_simd_of_processor());
  return chosen;
}

}  // namespace xrdct::codec
