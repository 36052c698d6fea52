#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "io/hdf5/frame_sequence.hpp"
#include "io/hdf5/hdf5_handle.hpp"

namespace xrdct::io {

/*!
 * The frames that one side of a virtual dataset's mapping selects. Internal to io/.
 *
 * Only whole frames: the last two dimensions are selected in full. Frames are counted in C order
 * over the dimensions before them. Memory: that of `FrameSequence`; one piece for a regular
 * selection along one dimension.
 */
class FrameSelection {
 public:
  /// \param name of the dataset, for messages.
  /// \throws core::InputError a selection by points, or of more than 64 bits can count
  FrameSelection(hid_t space, std::string name);

  bool unlimited() const;
  /// The frames in order, for a dataset of these dimensions; an unlimited selection ends with them.
  /// \throws core::InputError parts of frames; core::IoError frames outside of `dims`
  FrameSequence frames(std::vector<std::int64_t> const& dims) const;
  /// The first `count` frames of an unlimited selection of a dataset whose first dimension is still
  /// open.
  FrameSequence first_frames(std::int64_t count, std::vector<std::int64_t> dims) const;
  /// The frames of block number `block` of an unlimited selection.
  FrameSequence block_frames(std::int64_t block, std::vector<std::int64_t> dims) const;

 private:
  /// start, stride, count, block of one dimension, as HDF5 counts them.
  struct Slab {
    hsize_t start = 0, stride = 1, count = 1, block = 1;
  };
  using Slabs = std::vector<Slab>;  //!< one per dimension

  void add_part(Slabs slabs);
  void check_whole_frames(Slabs const& slabs, std::vector<std::int64_t> const& dims) const;
  /// The selected positions along one dimension of this length.
  FrameSequence positions(Slab const& slab, std::int64_t length) const;
  FrameSequence frames_of(Slabs const& slabs, std::vector<std::int64_t> const& dims) const;

  std::string name_;
  bool all_ = false;
  std::vector<Slabs> parts_;  //!< one, or the blocks of an irregular selection
};

}  // namespace xrdct::io
