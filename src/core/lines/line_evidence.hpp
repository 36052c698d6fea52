#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "core/scan/scan_layout.hpp"

namespace xrdct::core {

/// What the frames themselves say about the order that was declared for them.
struct LineEvidence {
  enum class Finding {
    cannot_tell,    //!< too few lines, no structure, or every line is its own mirror image
    as_declared,    //!< the lines fit as they were declared
    zigzag,         //!< neighbouring lines fit mirrored, but no snake was declared
    no_zigzag,      //!< a snake was declared, but neighbouring lines fit the same way
    broken_zigzag,  //!< two neighbours run the same way, the others alternate: all lines from
                    //!< `line` on are mirrored, as where a line is missing
    other_length    //!< the lines have another length than declared: `fast`
  };
  Finding finding = Finding::cannot_tell;
  /// 1 − the chance that lines which do not have this fault look like that; 0: none
  double confidence = 0.0;
  std::size_t fast = 0;  //!< points of a line that fit the data; as declared, but of other_length
  std::size_t line = 0;  //!< of broken_zigzag: the first line after the break, from 0
  bool is_fault() const noexcept {
    return finding != Finding::cannot_tell && finding != Finding::as_declared;
  }
};

/*!
 * Whether frames without positions lie in the order that was declared, by one number per frame:
 * its total intensity, or the bytes that it takes up in the file.
 *
 *     a_l[j] = v_l[j] − v_l[F−1−j], without its linear part in j and the mean of all lines
 *     c_l    = a_l·a_{l+1} / |a_l||a_{l+1}|
 *     z      = Σ (c_l + 1/(K−1)) / √Σ c_l²        K lines
 *
 * What a line and its mirror image have in common falls out of a: lines that fit each other the
 * same way have c > 0, mirrored ones c < 0, and symmetric samples say nothing. If each line could
 * be either way, z would be normal with width 1: a fault is reported beyond 3.3 alone, where the
 * lines after next confirm it. Where that decides nothing, the slowest waves of a are looked at
 * (line_waves.hpp), in which noise, as of stored sizes, has little part. Drift of the beam is
 * linear within a line, what every line begins with is in their mean.
 *
 * The length of lines is that at which the mean line explains most of the values,
 *
 *     S(P) = P-fold mean line squared · lines / Σ v²
 *
 * another one is reported where it explains 30 % or more, and twice as much as the declared length.
 * \param values [frame] from the first place on; NaN: unknown. Fewer than places: the rest is
 * missing
 * \param snake as declared
 * Time O(n + F·10⁵), memory 40 B per frame. Same values, same answer.
 */
LineEvidence look_at_lines(std::span<double const> values, ScanShape declared, bool snake);

/// The finding as a sentence for a warning: what is seen, how surely, and which key says so. "" for
/// no fault.
std::string evidence_text(LineEvidence const& evidence, ScanShape declared);

}  // namespace xrdct::core
