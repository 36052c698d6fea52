#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xrdct::io {

/*!
 * What the text header of an image says, in the order of the file.
 *
 * CBF: the lines `# Key value`, `# Key: value`, `# Key = value` before the pixels (a time alone has
 * the key `timestamp`), then those of the binary section. EDF: the entries of the image and of a
 * general block; and each motor and counter that `motor_mne`, `motor_pos`, `counter_mne`,
 * `counter_pos` tell of, under its own name.
 */
struct ImageHeader {
  std::vector<std::pair<std::string, std::string>> entries;  //!< key, value with its unit

  /// The value of a key; where there is none in this spelling, in any case of its letters.
  std::optional<std::string> value(std::string_view key) const;
};

/*!
 * Reads the header of an image and no pixels; but a compressed file is expanded.
 * \param image number in a file of several
 * \throws core::IoError unreadable or broken file; core::InputError a format without such a header
 */
ImageHeader image_header(std::filesystem::path const& file, std::size_t image = 0);

}  // namespace xrdct::io
