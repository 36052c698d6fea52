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
  std::vector<std::string> other_paths;  //!< to the same object
  std::vector<std::int64_t> dims;        //!< the last two are rows and columns; empty: not known
  /// of the stored pixels; of a group and a virtual dataset those of the first source. Nothing: a
  /// type or a filter that is not read, or no source
  std::optional<core::FrameEncoding> encoding;
  bool virtual_dataset = false;
  std::size_t members = 0;  //!< data files of an Eiger's group; 0: a dataset
  std::string problem;      //!< why it cannot be read, such as a missing data file; empty: it can

  std::int64_t frames() const;  //!< the product of `dims` but for the last two; 0: not known
  core::FrameShape shape() const;
  /// A list of images, rather than one that may be a mask or the spectra of a point detector.
  bool is_list() const { return members > 0 || dims.size() > 2; }
};

struct StackSearch {
  std::vector<ImageStack> stacks;  //!< in natural order of their paths
  /// what `*` in a path may stand for: groups at the root that differ in one number, such as the
  /// entries 1.1, 2.1 … of BLISS
  std::vector<std::string> patterns;
  bool complete = true;  //!< false: the file has more objects than were looked at
};

/*!
 * All that looks like images in an HDF5 file: numbers of two dimensions or more, both sides of a
 * frame longer than 1; groups of an Eiger.
 *
 * Soft and external links are followed; nothing is entered twice. Of groups at the root that differ
 * in one number alone, all but the first three are asked only for the paths that were found in
 * these. Pixels are not read. Time: about 10 µs per object, and one open per file behind a link.
 * Main thread.
 * \param most_objects that are looked at
 * \throws core::IoError, core::InputError the file cannot be opened
 */
StackSearch find_stacks(std::filesystem::path const& file, std::size_t most_objects = 100000);

/*!
 * What `scan.dataset` is where the job does not say: /entry/data, where that is frames; else the
 * only list of images in the file; else its only image.
 * \throws core::InputError none or several: lists them, and those that differ in the number of
 * their entry alone as one path with `*`
 */
std::string only_stack(std::filesystem::path const& file);

}  // namespace xrdct::io
