#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/words/words.hpp"
#include "io/hdf5/hdf5_path.hpp"

namespace xrdct::io {

/*!
 * A dataset of frames as it lies in its file: all that is needed to find and decode its bytes
 * without HDF5. Internal to io/.
 *
 * The last two dimensions are the rows and columns of a frame; the dimensions before them, if any,
 * count frames in C order.
 */
struct StoredDataset {
  Hdf5Location where;
  std::int64_t file_bytes = 0;
  std::vector<std::int64_t> dims;   //!< at least two
  std::vector<std::int64_t> chunk;  //!< same length; empty: contiguous or compact
  core::FrameEncoding stored;       //!< of one chunk, or of the whole when not chunked
  std::int64_t address = -1;  //!< contiguous: first byte in the file; −1: nothing was ever written
  std::vector<std::byte> compact;  //!< compact: the values themselves
  std::size_t filters = 0;         //!< number of filters in the pipeline
  /// chunks that reach beyond the end of the dataset are stored without filters, whatever their
  /// mask
  bool cut_off_unfiltered = false;
  bool user_block = false;  //!< addresses are then not those of the file

  core::FrameShape shape() const;
  std::int64_t frames() const;
  std::int64_t frame_bytes() const;  //!< decoded
  std::int64_t chunk_bytes() const;  //!< decoded
  std::int64_t chunks() const;       //!< places for chunks
  bool frame_per_chunk() const;      //!< each chunk is exactly one frame
  bool must_decode() const { return !chunk.empty() && !frame_per_chunk(); }
  core::FrameEncoding delivered() const;  //!< of the bytes that a reader gets
  std::string name() const { return where.name(); }
};

/*!
 * Describes an open dataset that is not virtual. It may have no frame yet.
 * \throws core::InputError fewer than two dimensions, a pixel type or a filter that cannot be read:
 * names file, dataset and filter
 */
StoredDataset describe_dataset(hid_t dataset, Hdf5Location const& where);

/// Lengths of the dimensions.
/// \throws core::InputError fewer than two, absurdly many values, or one is zero (the first of more
/// than two may be where `may_be_empty`)
std::vector<std::int64_t> image_dims(hid_t space, std::string const& name,
                                     bool may_be_empty = false);

}  // namespace xrdct::io
