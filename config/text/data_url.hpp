#pragma once
#include <optional>
#include <string>

namespace xrdct::config {

/// An image as pyFAI and silx name it, in parts that make a location of this program: `file` +
/// `rest`.
struct DataUrl {
  std::string file;
  std::string rest;     //!< "", ":/path", ":/path[3]"
  std::string problem;  //!< what of it cannot be read here; empty: nothing
};

/*!
 * Reads `fabio:///abs/mask.edf`, `silx:///abs/mask.h5?path=/entry/mask&slice=0`,
 * `silx:mask.h5?/entry/mask`, `mask.h5::/entry/mask`.
 * \returns nothing where the text is an
 * ordinary file name
 */
std::optional<DataUrl> parse_data_url(std::string const& text);

}  // namespace xrdct::config
