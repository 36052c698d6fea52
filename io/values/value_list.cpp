// Matches lists of values to frames: one by one, one for all, for each part or for each line.
#include "io/values/value_list.hpp"

#include <algorithm>

namespace xrdct::io {

std::optional<ListMatch> ListMatch::find(ListedFrames const& frames, std::int64_t size,
                                         std::optional<std::int64_t> first,
                                         ScanLines const& lines) {
  auto const match = [&](Kind kind, std::int64_t shift = 0) {
    return ListMatch(kind, frames, size, shift, lines);
  };
  if (first) return *first < size ? std::optional(match(Kind::one_by_one, *first)) : std::nullopt;
  if (size == frames.frames()) return match(Kind::one_by_one);
  if (size == 1) return match(Kind::constant);
  if (size == static_cast<std::int64_t>(frames.parts.size()) - 1) return match(Kind::by_part);
  if (lines.frames_per_line > 0 && size == lines.lines) return match(Kind::by_line);
  return {};
}

std::int64_t ListMatch::index_of(std::int64_t frame) const {
  std::int64_t index = 0;
  switch (kind_) {
    case Kind::one_by_one:
      index = frame - frames_.first + shift_;
      break;
    case Kind::constant:
      break;
    case Kind::by_part:
      index = std::upper_bound(frames_.parts.begin(), frames_.parts.end(), frame) -
              frames_.parts.begin() - 1;
      break;
    case Kind::by_line:
      if (frame < lines_.first_frame) return -1;
      index = (frame - lines_.first_frame) / lines_.frames_per_line;
      break;
  }
  return index < size_ ? index : -1;
}

std::int64_t ListMatch::without_value() const {
  if (kind_ != Kind::one_by_one) return 0;
  return std::max<std::int64_t>(0, frames_.frames() - (size_ - shift_));
}

}  // namespace xrdct::io
