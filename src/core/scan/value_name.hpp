#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace xrdct::core {

/*!
 * Where one number per frame is found: a counter, the position of a motor.
 *
 * Exactly one of `dataset`, `column` and `header` is given.
 */
struct ValueName {
  std::string file;                        //!< as the job has it; "": the files of the frames
  std::string dataset;                     //!< of HDF5; '*' in it as in that of the frames
  std::string column;                      //!< of a table of text, or of a SPEC file
  std::string header;                      //!< key in the header of each image
  std::optional<std::int64_t> first = {};  //!< number of the value of frame 0; nothing: 0, and
                                           //!< there are as many values as frames

  bool operator==(ValueName const&) const = default;
};

}  // namespace xrdct::core
