#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/words/frames.hpp"
#include "core/words/words.hpp"

namespace xrdct::io {

/// Images of one shape in an HDF5 file: a dataset, or the group of an Eiger with `data_000001` ….
struct ImageStack {
  /// What `scan.dataset` may name; of several paths to one object the one under `measurement`, else
  /// the one of fewest components.
  std::string path;
  std::vector<std::string> other_paths = {};  //!< to the same object
  std::vector<std::int64_t> dims = {};  //!< the last two are rows and columns; empty: not known
  /// of the stored pixels; of a group and a virtual dataset those of the first source. Nothing: a
  /// type or a filter that is not read, or no source
  std::optional<core::FrameEncoding> encoding = {};
  bool virtual_dataset = false;
  std::size_t members = 0;   //!< data files of an Eiger's group; 0: a dataset
  std::string problem = {};  //!< why it cannot be read, such as a missing data file; empty: it can

  std::int64_t frames() const;  //!< the product of `dims` but for the last two; 0: not known
  core::FrameShape shape() const;
  /// A list of images, rather than one that may be a mask or the spectra of a point detector.
  bool is_list() const { return members > 0 || dims.size() > 2; }
};

struct StackSearch {
  std::vector<ImageStack> stacks;  //!< in natural order of their paths
  bool complete = true;            //!< false: the file has more objects than were looked at
};

/// Stacks of one shape that differ in one number in the name of their entry at the root alone: 1.1,
/// 2.1 … of BLISS, entry_0001, scan12.
struct StackFamily {
  std::string path;                 //!< with `*` for the number, where they are several
  std::vector<std::size_t> stacks;  //!< in StackSearch::stacks, in order
};
std::vector<StackFamily> families(std::vector<ImageStack> const& stacks);

/*!
 * All that looks like images in an HDF5 file: numbers of two dimensions or more, both sides of a
 * frame longer than 1; groups of an Eiger.
 *
 * Soft and external links are followed; nothing is entered twice. When so many objects were looked
 * at, groups at the root are asked only for the paths that were found before. What is behind a
 * virtual dataset is looked up for the first of a family alone. Pixels are not read. Time: about 20
 * µs per object, and one open per file behind a link. Main thread.
 * \throws core::IoError, core::InputError the file cannot be opened
 */
StackSearch find_stacks(std::filesystem::path const& file, std::size_t most_objects = 50000);

/*!
 * What `scan.dataset` is where the job does not say: /entry/data, where that is frames; else the
 * only list of images in the file; else its only image.
 * \throws core::InputError none or several: lists them, and those that differ in the number of
 * their entry alone as one path with `*`
 */
std::string only_stack(std::filesystem::path const& file);

}  // namespace xrdct::io
