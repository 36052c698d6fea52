#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace xrdct::io {

/// A dataset of numbers.
struct FoundNumbers {
  std::string path;  //!< of several to one object the one below `measurement`, else the first
  std::vector<std::int64_t> dims;  //!< empty: a scalar
  std::string unit;                //!< attribute `units`; "": none
  std::optional<double> value;     //!< of a dataset with a single one
  std::string group_class;         //!< NX_class of the group that it lies in; "": none

  std::int64_t size() const;   //!< product of `dims`
  std::string name() const;    //!< last component of the path
  std::string parent() const;  //!< path of the group that it lies in
};

/// A dataset that is one text.
struct FoundText {
  std::string path, text;
};

/// What lies in an HDF5 file beside the frames.
struct Hdf5Objects {
  std::vector<FoundNumbers> numbers;  //!< in the order of their names, group by group
  std::vector<FoundText> texts;
  bool complete = true;  //!< false: there is more than was looked at
};

/*!
 * Lists the datasets of numbers and texts in a file.
 *
 * Soft and external links are followed, but for the `data_000001` … of an Eiger; a link that leads
 * nowhere is passed over. Of groups at the root whose names differ in numbers alone, such as the
 * entries 1.1, 2.1 … of BLISS, one is looked at: `entry`, or the first. Single values are read,
 * lists are not. Time: some 50 µs per object. Main thread.
 * \param entry name of a group at the root
 * \param most_objects that are looked at
 * \throws core::IoError, core::InputError the file cannot be opened
 */
Hdf5Objects list_objects(std::filesystem::path const& file, std::string const& entry = {},
                         std::size_t most_objects = 100000);

}  // namespace xrdct::io
