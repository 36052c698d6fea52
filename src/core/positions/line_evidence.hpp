#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "core/scan/scan_layout.hpp"

namespace xrdct::core {

/// What the frames themselves say about the order that was declared for them.
struct LineEvidence {
  enum class Finding {
    cannot_tell,   //!< too few lines, no structure, or every line is its own mirror image
    as_declared,   //!< the lines fit as they were declared
    zigzag,        //!< neighbouring lines fit mirrored, but no snake was declared
    no_zigzag,     //!< a snake was declared, but neighbouring lines fit the same way
    other_length,  //!< the lines have another length than declared: `fast`
    shifted        //!< from line `line` on, everything is shifted by `shift` frames
  };
  Finding finding = Finding::cannot_tell;
  double confidence = 0.0;   //!< 1 − chance that data without this fault look like that; 0: none
  std::size_t fast = 0;      //!< points of a line that fit the data; as declared where they do
  std::size_t line = 0;      //!< of `shifted`: the first shifted line, from 0
  std::ptrdiff_t shift = 0;  //!< of `shifted`: frames too many (> 0) or missing (< 0)
  bool is_fault() const noexcept {
    return finding != Finding::cannot_tell && finding != Finding::as_declared;
  }
};

/*!
 * Whether frames without positions lie in the order that was declared, by one number per frame:
 * its total intensity, or the bytes that it takes up in the file.
 *
 *     e_l = r(line l, line l+1 as it is) − r(line l, line l+1 mirrored)
 *
 * with r the correlation after the trend of the line is taken away. Lines that are their own
 * mirror images (a centred round sample) say nothing and are weighted so. The sum of e over the
 * pairs is compared with that for the same pairs with signs drawn at random; a fault is reported
 * at a chance of ≤ 0.1 % alone. The length of lines is the period at which the values repeat, as
 * they are or mirrored.
 *
 * \param values [frame] from the first place on; NaN: unknown. Fewer than places: the rest is
 * missing
 * \param snake as declared
 * Time O(n log n), memory some 50 B per frame. Same values, same answer.
 */
LineEvidence look_at_lines(std::span<double const> values, ScanShape declared, bool snake);

/// The finding as a sentence for a warning or a table: what is seen, how surely, and which key
/// would say so. "" for `cannot_tell` and `as_declared`.
std::string text(LineEvidence const& evidence, ScanShape declared);

}  // namespace xrdct::core
