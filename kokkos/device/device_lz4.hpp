#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

// How a team decodes one LZ4 block: device code for every back end. All members of the team call
// each function together.
namespace xrdct::kernels {

/// The stored bytes of a block. Offsets are ints: frames of 2 GiB and more are decoded by the host.
struct StoredBytes {
  unsigned char const* bytes;
  int size;
  int at = 0;

  KOKKOS_FUNCTION int left() const { return size - at; }
  KOKKOS_FUNCTION int ahead(int k) const { return bytes[at + k]; }
};

/// Adds the bytes that continue an LZ4 length.
/// \return false: the input ends, or the length passes `most`.
KOKKOS_FORCEINLINE_FUNCTION bool read_length(StoredBytes& in, int most, int& length) {
  constexpr int at_once = 8;  // loads that do not wait for each other
  while (in.left() >= at_once && length <= most) {
    int all = 255;
    for (int k = 0; k < at_once; ++k) all &= in.ahead(k);
    if (all != 255) break;
    length += at_once * 255;
    in.at += at_once;
  }
  int byte = 255;
  while (byte == 255) {
    if (in.left() == 0) return false;
    byte = in.ahead(0);
    ++in.at;
    length += byte;
    if (length > most) return false;
  }
  return true;
}

/// A match: `length` bytes from `start` on repeat those `distance` before.
struct Match {
  int start, distance, length;

  KOKKOS_FUNCTION bool power_of_two() const { return (distance & (distance - 1)) == 0; }
  /// Whether `near_source` is right for all of it.
  KOKKOS_FUNCTION bool without_division() const { return power_of_two() || distance >= length; }
  /// Where byte k of it was before the match.
  KOKKOS_FUNCTION int source(int k) const { return start - distance + k % distance; }
  KOKKOS_FUNCTION int near_source(int k) const {
    return start - distance + (k & (power_of_two() ? distance - 1 : ~0));
  }
};

/// Copies literals and the match behind them, byte by byte: each from what was written before the
/// sequence, or from its literals.
template <class Team>
KOKKOS_FORCEINLINE_FUNCTION void copy_bytes(Team const& team, unsigned char const* from, int first,
                                            Match const& match, unsigned char* out) {
  int const literals = match.start - first;
  auto const copy = [&](auto const& source_of) {
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, literals + match.length), [&](int i) {
      int const source = i < literals ? first + i : source_of(i - literals);
      unsigned char const* const byte = source < first ? out + source : from + (source - first);
      out[first + i] = *byte;
    });
  };
  if (match.without_division())
    copy([&](int k) { return match.near_source(k); });
  else
    copy([&](int k) { return match.source(k); });
  team.team_barrier();
}

/// Copies a match that needs no division by words of 4 bytes,
/// and by bytes where a word would reach over an end or into what the match writes.
/// \param out begins at a multiple of 4
template <class Team>
KOKKOS_FORCEINLINE_FUNCTION void copy_words(Team const& team, Match const& match,
                                            unsigned char* out) {
  int const start = match.start, end = start + match.length, distance = match.distance;
  auto* const words = reinterpret_cast<std::uint32_t*>(out);
  std::uint32_t pattern = 0;  // of all words, where 4 bytes hold the distance
  int const phase = (4 - start % 4) % 4;
  if (distance <= 4)
    for (int k = 0; k < 4; ++k)
      pattern |= static_cast<std::uint32_t>(out[match.near_source(phase + k)]) << (8 * k);
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, start / 4, (end + 3) / 4), [&](int word) {
    int const at = 4 * word, source = match.near_source(at - start);
    if (at >= start && at + 4 <= end && distance <= 4) {
      words[word] = pattern;
    } else if (at >= start && at + 4 <= end && source % 4 == 0 && source + 4 <= start) {
      words[word] = words[source / 4];
    } else {
      for (int x = at < start ? start : at; x < at + 4 && x < end; ++x)
        out[x] = out[match.near_source(x - start)];
    }
  });
  team.team_barrier();
}

/// Copies literals and a long match, by words where it needs no division.
template <class Team>
KOKKOS_FORCEINLINE_FUNCTION void copy_long(Team const& team, unsigned char const* from, int first,
                                           Match const& match, unsigned char* out) {
  bool const by_words = match.without_division();
  copy_bytes(team, from, first, {match.start, match.distance, by_words ? 0 : match.length}, out);
  if (by_words) copy_words(team, match, out);
}

/*!
 * How many bytes of a block have to be written where a match and the literals behind it, the last
 * ones, fill all of it: those up to the first period that the match repeats as a whole.
 *
 * \param in behind the match
 * \return a multiple of `period`, at least the start of the match; or `size`: all
 */
KOKKOS_FORCEINLINE_FUNCTION int bytes_to_write(Match const& match, StoredBytes const& in, int size,
                                               int period) {
  int const literals = size - match.start - match.length;
  bool const last = in.left() == 1 + literals && literals < 15 && in.ahead(0) >> 4 == literals;
  if (!last || match.distance > period || period % match.distance != 0) return size;
  int const before = match.start - match.distance;
  int const bytes = (before + period - 1) / period * period + period;
  return bytes < match.start + match.length ? bytes : size;
}

/*!
 * Decodes one LZ4 block that has to fill `out` exactly; accepts what `codec::decode_lz4_block`
 * accepts.
 *
 * Every member reads the lengths (the same addresses: one access of a warp), so that nothing has to
 * be handed around; the members then copy the literals and the match of a sequence together, and
 * meet before the next sequence. A match looks behind what the sequence has written so far: the
 * bytes of its own literals come from the input, those that it repeats from before the repetition.
 * Where a long last match repeats the planes of a block to its end, as it does for planes that are
 * equal, they are not written. Source: LZ4 block format description,
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
 *
 * \param out [size] memory that the members share, from a multiple of 4 on
 * \param period a part of `size`: bytes of a plane
 * \return how many bytes were written: `size`, or a multiple of `period` whose last one the rest
 *         repeats; 0: broken
 */
template <class Team>
KOKKOS_FORCEINLINE_FUNCTION int decode_lz4(Team const& team, StoredBytes in, unsigned char* out,
                                           int size, int period) {
  // A match starts at least 12 bytes before the end and leaves the last 5 to literals; literals
  // leave a match's distance, a token and these 5.
  constexpr int match_limit = 12, last_literals = 5, least_after_literals = 8, least_long = 128;
  int to = 0;
  while (in.left() > 0) {
    int const token = in.ahead(0), first = to;
    ++in.at;
    int literals = token >> 4;
    if (literals == 15 && !read_length(in, size - to, literals)) return 0;
    unsigned char const* const from = in.bytes + in.at;
    int const start = to + literals, rest = in.left() - literals;
    if (size - start < match_limit || rest < least_after_literals) {
      if (start != size || rest != 0) return 0;
      copy_bytes(team, from, first, {start, 1, 0}, out);
      return size;
    }
    in.at += literals;
    Match match{start, in.ahead(0) | in.ahead(1) << 8, (token & 15) + 4};
    in.at += 2;
    int const most = size - start - last_literals;
    if (match.length == 19 && !read_length(in, most, match.length)) return 0;
    if (match.distance == 0 || match.distance > start || match.length > most) return 0;
    to = start + match.length;
    if (match.length < least_long) {
      copy_bytes(team, from, first, match, out);
      continue;
    }
    int const bytes = bytes_to_write(match, in, size, period);
    if (bytes < size) match.length = bytes - start;
    copy_long(team, from, first, match, out);
    if (bytes == size) continue;
    bool repeated = true;
    for (int x = to, of_period = to % period; x < size; ++x, ++of_period) {
      if (of_period == period) of_period = 0;
      repeated = repeated && in.ahead(1 + x - to) == out[bytes - period + of_period];
    }
    if (repeated) return bytes;
    copy_bytes(team, in.bytes + in.at, bytes, {bytes, match.distance, to - bytes}, out);
  }
  return 0;
}

}  // namespace xrdct::kernels
