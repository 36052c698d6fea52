#pragma once
#include "core/words/names.hpp"

/// What a job or an option chooses by a word, beside the choices of a reduction in words.hpp.
namespace xrdct::core {

/// Which of the independent implementations reduces the frames.
enum class Engine {
  fused,  //!< block by block: decode into cache, turn, multiply; images exist only where a
          //!< reduction looks at all pixels of a bin together
  spmm,   //!< decode whole frames, multiply by the sparse-matrix × dense product of Kokkos Kernels
  device  //!< compressed bytes to the device, decode and sum up there: what `fused` is where the
          //!< kernels run on a GPU. It has no name: nobody can choose it
};
template <>
inline constexpr auto words_of<Engine> = std::to_array<Word<Engine>>({{"fused", Engine::fused},
                                                                      {"spmm", Engine::spmm}});

/// Who writes the output, and how; the bytes are the same.
enum class Writer {
  collective,   //!< all ranks in one call of MPI-IO
  independent,  //!< each rank alone by MPI-IO
  direct        //!< each rank alone by POSIX
};
template <>
inline constexpr auto words_of<Writer> =
    std::to_array<Word<Writer>>({{"collective", Writer::collective},
                                 {"independent", Writer::independent},
                                 {"direct", Writer::direct}});

/// What is done about a scan with fewer frames than places.
enum class Incomplete {
  error,  //!< an error
  nan     //!< places without a frame have no value
};
template <>
inline constexpr auto words_of<Incomplete> =
    std::to_array<Word<Incomplete>>({{"error", Incomplete::error}, {"nan", Incomplete::nan}});

/// What is done about several frames at one place.
enum class Repeated {
  error,  //!< an error
  last,   //!< the last of them counts
  sum     //!< their sums are added
};
template <>
inline constexpr auto words_of<Repeated> = std::to_array<Word<Repeated>>(
    {{"error", Repeated::error}, {"last", Repeated::last}, {"sum", Repeated::sum}});

/// What is done about a frame that cannot be read or decoded.
enum class BadFrames {
  mark,  //!< its place has no value, its status says why, and the run goes on
  error  //!< an error
};
template <>
inline constexpr auto words_of<BadFrames> =
    std::to_array<Word<BadFrames>>({{"mark", BadFrames::mark}, {"error", BadFrames::error}});

/// Which values of a pixel are no measurements. Explicit values have no name: they stand there
/// themselves.
enum class InvalidRule {
  type_default,  //!< the sentinels of the type
  none,          //!< all are measurements
  values         //!< explicit values and ranges
};
template <>
inline constexpr auto words_of<InvalidRule> = std::to_array<Word<InvalidRule>>(
    {{"default", InvalidRule::type_default}, {"none", InvalidRule::none}});

}  // namespace xrdct::core
