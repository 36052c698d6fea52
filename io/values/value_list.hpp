#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/values/open_values.hpp"

/// How a list of values is matched to the frames that it is for. Internal to io/.
namespace xrdct::io {

/// Consecutive frames that take their values from one list.
struct ListedFrames {
  std::int64_t first = 0;
  std::vector<std::int64_t> parts;  //!< number of the first frame of each part, and the end of all

  std::int64_t end() const { return parts.back(); }
  std::int64_t frames() const { return end() - first; }
};

/// Which value of a list is that of which frame.
class ListMatch {
 public:
  /*!
   * \param size of the list
   * \param first number of the value of the first frame; nothing: the list fits
   * \returns nothing: it does not
   */
  static std::optional<ListMatch> find(ListedFrames const& frames, std::int64_t size,
                                       std::optional<std::int64_t> first, ScanLines const& lines);

  /// −1: the frame has none.
  std::int64_t index_of(std::int64_t frame) const;
  std::int64_t without_value() const;  //!< frames
  ListedFrames const& frames() const { return frames_; }

 private:
  enum class Kind { one_by_one, constant, by_part, by_line };
  ListMatch(Kind kind, ListedFrames const& frames, std::int64_t size, std::int64_t shift,
            ScanLines const& lines)
      : kind_(kind), frames_(frames), size_(size), shift_(shift), lines_(lines) {}

  Kind kind_;
  ListedFrames frames_;
  std::int64_t size_, shift_;
  ScanLines lines_;
};

}  // namespace xrdct::io
