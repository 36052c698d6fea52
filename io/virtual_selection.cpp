#include "io/virtual_selection.hpp"

#include <algorithm>

#include "core/errors.hpp"

namespace xrdct::io {

FrameSelection::FrameSelection(hid_t space, std::string name) : name_(std::move(name)) {
  auto const type = H5Sget_select_type(space);
  all_ = type == H5S_SEL_ALL;
  if (all_ || type == H5S_SEL_NONE) return;
  if (type != H5S_SEL_HYPERSLABS) {
    throw core::InputError("cannot resolve virtual dataset " + name_ +
                           ": expected mappings of whole frames, found single points; name the source files");
  }
  auto const rank = static_cast<std::size_t>(hdf5_checked(H5Sget_simple_extent_ndims(space), "read a mapping of " + name_));
  if (H5Sis_regular_hyperslab(space) > 0) {
    std::vector<hsize_t> start(rank), stride(rank), count(rank), block(rank);
    hdf5_checked(H5Sget_regular_hyperslab(space, start.data(), stride.data(), count.data(), block.data()), "read a mapping of " + name_);
    Slabs slabs;
    for (std::size_t d = 0; d < rank; ++d) slabs.push_back({start[d], stride[d], count[d], block[d]});
    parts_.push_back(std::move(slabs));
    return;
  }
  auto const blocks = static_cast<std::size_t>(hdf5_checked(H5Sget_select_hyper_nblocks(space), "read a mapping of " + name_));
  std::vector<hsize_t> corners(2 * rank * blocks);
  hdf5_checked(H5Sget_select_hyper_blocklist(space, 0, blocks, corners.data()), "read a mapping of " + name_);
  for (std::size_t b = 0; b < blocks; ++b) {
    Slabs slabs;
    hsize_t const* const first = corners.data() + 2 * rank * b;
    for (std::size_t d = 0; d < rank; ++d) slabs.push_back({first[d], 1, 1, first[rank + d] - first[d] + 1});
    parts_.push_back(std::move(slabs));
  }
}

bool FrameSelection::unlimited() const { return parts_.size() == 1 && (parts_[0][0].count == H5S_UNLIMITED || parts_[0][0].block == H5S_UNLIMITED); }

void FrameSelection::check_whole_frames(Slabs const& slabs, std::vector<std::int64_t> const& dims) const {
  bool whole = slabs.size() == dims.size();
  for (std::size_t d = dims.size() - 2; whole && d < dims.size(); ++d) {
    auto const& slab = slabs[d];
    auto const length = static_cast<hsize_t>(dims[d]);
    bool const contiguous = slab.count == 1 || slab.stride == slab.block;
    whole = slab.start == 0 && contiguous && slab.block <= length && slab.count * slab.block == length;
  }
  if (whole) return;
  throw core::InputError("cannot resolve virtual dataset " + name_ +
                         ": expected mappings of whole frames of one shape, found one of parts of frames, or of another shape; "
                         "name the source files, or copy the frames to an ordinary dataset");
}

void FrameSelection::append(Slabs const& slabs, std::vector<std::int64_t> const& dims, std::vector<std::int64_t>& frames) const {
  check_whole_frames(slabs, dims);
  std::vector<std::int64_t> found{0};
  for (std::size_t d = 0; d + 2 < dims.size(); ++d) {
    auto const& slab = slabs[d];
    bool const open = slab.count == H5S_UNLIMITED || slab.block == H5S_UNLIMITED;
    auto const length = static_cast<hsize_t>(dims[d]);
    std::vector<std::int64_t> longer;
    for (auto const base : found) {
      for (hsize_t c = 0; c < slab.count && (!open || slab.start + c * slab.stride < length); ++c) {
        for (hsize_t b = 0; b < slab.block; ++b) {
          hsize_t const position = slab.start + c * slab.stride + b;
          if (position >= length && open) break;
          if (position >= length) {
            throw core::IoError("cannot resolve virtual dataset " + name_ + ": expected a source with at least " + std::to_string(position + 1) +
                                " frames, found " + std::to_string(length) + "; wait until it is written, or copy it again");
          }
          longer.push_back(base * dims[d] + static_cast<std::int64_t>(position));
        }
      }
    }
    found = std::move(longer);
  }
  frames.insert(frames.end(), found.begin(), found.end());
}

std::vector<std::int64_t> FrameSelection::frames(std::vector<std::int64_t> const& dims) const {
  std::vector<std::int64_t> selected;
  if (all_) {
    std::int64_t count = 1;
    for (std::size_t d = 0; d + 2 < dims.size(); ++d) count *= dims[d];
    for (std::int64_t f = 0; f < count; ++f) selected.push_back(f);
    return selected;
  }
  for (auto const& slabs : parts_) append(slabs, dims, selected);
  std::sort(selected.begin(), selected.end());
  return selected;
}

std::vector<std::int64_t> FrameSelection::first_frames(std::size_t count, std::vector<std::int64_t> dims) const {
  auto const& slab = parts_[0][0];
  hsize_t const blocks = slab.block == H5S_UNLIMITED ? 0 : count / slab.block + 1;
  dims[0] = static_cast<std::int64_t>(slab.start + blocks * slab.stride + count);
  auto selected = frames(dims);
  selected.resize(std::min(selected.size(), count));
  return selected;
}

std::vector<std::int64_t> FrameSelection::block_frames(std::int64_t block, std::vector<std::int64_t> dims) const {
  FrameSelection one = *this;
  auto& slab = one.parts_[0][0];
  slab.start += static_cast<hsize_t>(block) * slab.stride;
  slab.count = 1;
  dims[0] = static_cast<std::int64_t>(slab.start + slab.block);
  return one.frames(dims);
}

}  // namespace xrdct::io
