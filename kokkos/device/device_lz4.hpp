#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

// How a team decodes one LZ4 block: device code for every back end. All members of the team call
// each function together.
namespace xrdct::kernels {

/// Adds the bytes that continue an LZ4 length.
/// \return false: the input ends, or the length passes `most`.
KOKKOS_INLINE_FUNCTION bool read_length(unsigned char const*& in, unsigned char const* in_end,
                                        int most, int& length) {
  constexpr int at_once = 8;  // loads that do not wait for each other
  while (in_end - in >= at_once && length <= most) {
    int all = 255;
    for (int k = 0; k < at_once; ++k) all &= in[k];
    if (all != 255) break;
    length += at_once * 255;
    in += at_once;
  }
  int byte = 255;
  while (byte == 255) {
    if (in == in_end) return false;
    byte = *in++;
    length += byte;
    if (length > most) return false;
  }
  return true;
}

/// A match: `length` bytes from `start` on repeat those `distance` before.
struct Match {
  int start, distance, length;

  KOKKOS_FUNCTION bool power_of_two() const { return (distance & (distance - 1)) == 0; }
  /// Where byte k of it was before the match.
  KOKKOS_FUNCTION int source(int k) const {
    unsigned const d = static_cast<unsigned>(distance), at = static_cast<unsigned>(k);
    return start - distance +
           static_cast<int>(at < d           ? at
                            : power_of_two() ? at & (d - 1)
                                             : at % d);
  }
};

/// Copies literals and the match behind them, byte by byte.
template <class Team>
KOKKOS_FUNCTION void copy_bytes(Team const& team, unsigned char const* from, int first,
                                Match const& match, unsigned char* out) {
  int const literals = match.start - first;
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, literals + match.length), [&](int i) {
    if (i < literals) {
      out[first + i] = from[i];
      return;
    }
    int const source = match.source(i - literals);
    out[first + i] = source < first ? out[source] : from[source - first];
  });
  team.team_barrier();
}

/// Copies a match whose distance is a power of two, or not shorter than it, by words of 4 bytes,
/// and by bytes where a word would reach over an end or into what the match writes.
/// \param out begins at a multiple of 4
template <class Team>
KOKKOS_FUNCTION void copy_words(Team const& team, Match const& match, unsigned char* out) {
  int const start = match.start, end = start + match.length, distance = match.distance;
  auto* const words = reinterpret_cast<std::uint32_t*>(out);
  std::uint32_t pattern = 0;  // of all words, where 4 bytes hold the distance
  int const phase = (4 - start % 4) % 4;
  if (distance <= 4)
    for (int k = 0; k < 4; ++k)
      pattern |= static_cast<std::uint32_t>(out[match.source(phase + k)]) << (8 * k);
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, start / 4, (end + 3) / 4), [&](int word) {
    int const at = 4 * word, source = match.source(at - start);
    if (at >= start && at + 4 <= end && distance <= 4) {
      words[word] = pattern;
    } else if (at >= start && at + 4 <= end && source % 4 == 0 && source + 4 <= start) {
      words[word] = words[source / 4];
    } else {
      for (int x = at < start ? start : at; x < at + 4 && x < end; ++x)
        out[x] = out[match.source(x - start)];
    }
  });
  team.team_barrier();
}

/// Copies a sequence; a long match by words.
template <class Team>
KOKKOS_FUNCTION void copy_sequence(Team const& team, unsigned char const* from, int first,
                                   Match const& match, unsigned char* out) {
  constexpr int least_by_words = 128;
  bool const by_words =
      match.length >= least_by_words && (match.power_of_two() || match.distance >= match.length);
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
KOKKOS_INLINE_FUNCTION int bytes_to_write(Match const& match, unsigned char const* in,
                                          unsigned char const* in_end, int size, int period) {
  int const literals = size - match.start - match.length;
  bool const last = in_end - in == 1 + literals && literals < 15 && in[0] >> 4 == literals;
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
 * Where the last match repeats the planes of a block to its end, as it does for planes that are
 * equal, they are not written. Source: LZ4 block format description,
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
 *
 * \param out [size] memory that the members share, from a multiple of 4 on
 * \param period a part of `size`: bytes of a plane
 * \return how many bytes were written: `size`, or a multiple of `period` whose last one the rest
 *         repeats; 0: broken
 */
template <class Team>
KOKKOS_FUNCTION int decode_lz4(Team const& team, unsigned char const* in,
                               unsigned char const* in_end, unsigned char* out, int size,
                               int period) {
  // A match starts at least 12 bytes before the end and leaves the last 5 to literals; literals
  // leave a match's distance, a token and these 5.
  constexpr int match_limit = 12, last_literals = 5, least_after_literals = 8;
  int to = 0;
  while (in != in_end) {
    int const token = *in++;
    int literals = token >> 4;
    if (literals == 15 && !read_length(in, in_end, size - to, literals)) return 0;
    if (literals > size - to || literals > in_end - in) return 0;
    unsigned char const* const from = in;
    int const first = to;
    Match match{to + literals, 1, 0};
    in += literals;
    bool const last = in == in_end;
    if (!last) {
      if (size - match.start < match_limit || in_end - in < least_after_literals) return 0;
      match.distance = in[0] | in[1] << 8;
      in += 2;
      if (match.distance == 0 || match.distance > match.start) return 0;
      int const most = size - match.start - last_literals;
      match.length = (token & 15) + 4;
      if (match.length == 19 && !read_length(in, in_end, most, match.length)) return 0;
      if (match.length > most) return 0;
    }
    to = match.start + match.length;
    int const bytes = last ? size : bytes_to_write(match, in, in_end, size, period);
    if (bytes < size) match.length = bytes - match.start;
    copy_sequence(team, from, first, match, out);
    if (last) return to == size ? size : 0;
    if (bytes == size) continue;
    bool repeated = true;
    for (int x = to; x < size; ++x)
      repeated = repeated && in[1 + x - to] == out[bytes - period + x % period];
    if (repeated) return bytes;
    copy_bytes(team, in, bytes, {bytes, match.distance, to - bytes}, out);
  }
  return 0;
}

}  // namespace xrdct::kernels
