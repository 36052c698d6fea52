// Which frames of which source a virtual dataset maps to which of its own.
#include "io/hdf5/virtual_selection.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

// The frames at positions `inner` of a dimension of `length`, for each of `outer` before it, in C
// order. Selections along one dimension, and whole rows of the inner one, stay one piece.
FrameSequence nested(FrameSequence const& outer, FrameSequence const& inner, std::int64_t length) {
  FrameSequence found;
  if (inner.size() == 0) return found;
  FrameBlocks const& first = inner.pieces()[0].frames;
  bool const one_run = inner.pieces().size() == 1 && first.count == 1;
  bool const whole = one_run && first.size() == length;
  for (auto const& [frames, position] : outer.pieces()) {
    if (whole) {
      found.append(
          {frames.first * length, frames.stride * length, frames.count, frames.block * length});
      continue;
    }
    for (std::int64_t c = 0; c < frames.count; ++c) {
      std::int64_t const block = frames.first + c * frames.stride;
      if (one_run) {
        found.append({block * length + first.first, length, frames.block, first.size()});
        continue;
      }
      for (std::int64_t b = 0; b < frames.block; ++b)
        for (auto const& [within, offset] : inner.pieces())
          found.append(
              {(block + b) * length + within.first, within.stride, within.count, within.block});
    }
  }
  return found;
}

}  // namespace

FrameSelection::FrameSelection(hid_t space, std::string name) : name_(std::move(name)) {
  auto const type = H5Sget_select_type(space);
  all_ = type == H5S_SEL_ALL;
  if (all_ || type == H5S_SEL_NONE) return;
  if (type != H5S_SEL_HYPERSLABS) {
    throw core::InputError({.what = "resolve virtual dataset " + name_,
                            .expected = "mappings of whole frames",
                            .found = "single points",
                            .attempt = "name the source files"});
  }
  auto const rank = static_cast<std::size_t>(
      hdf5_checked(H5Sget_simple_extent_ndims(space), "read a mapping of " + name_));
  if (H5Sis_regular_hyperslab(space) > 0) {
    std::vector<hsize_t> start(rank), stride(rank), count(rank), block(rank);
    hdf5_checked(
        H5Sget_regular_hyperslab(space, start.data(), stride.data(), count.data(), block.data()),
        "read a mapping of " + name_);
    Slabs slabs;
    for (std::size_t d = 0; d < rank; ++d)
      slabs.push_back({start[d], stride[d], count[d], block[d]});
    add_part(std::move(slabs));
    return;
  }
  auto const blocks = static_cast<std::size_t>(
      hdf5_checked(H5Sget_select_hyper_nblocks(space), "read a mapping of " + name_));
  std::vector<hsize_t> corners(2 * rank * blocks);
  hdf5_checked(H5Sget_select_hyper_blocklist(space, 0, blocks, corners.data()),
               "read a mapping of " + name_);
  for (std::size_t b = 0; b < blocks; ++b) {
    Slabs slabs;
    hsize_t const* const first = corners.data() + 2 * rank * b;
    for (std::size_t d = 0; d < rank; ++d)
      slabs.push_back({first[d], 1, 1, first[rank + d] - first[d] + 1});
    add_part(std::move(slabs));
  }
}

// So much less than 2^63 that sums and products of frames hold, too. HDF5 looks at none of it.
void FrameSelection::add_part(Slabs slabs) {
  constexpr double most = 1e12;
  auto const amount = [](hsize_t n) { return n == H5S_UNLIMITED ? 1.0 : static_cast<double>(n); };
  for (auto const& slab : slabs) {
    double const end = static_cast<double>(slab.start) +
                       amount(slab.count) * static_cast<double>(slab.stride) + amount(slab.block);
    if (slab.stride > 0 && slab.block > 0 && end < most) continue;
    throw core::InputError(
        {.what = "resolve virtual dataset " + name_,
         .expected = fmt::format("mappings of positions below {}", most),
         .found = fmt::format("one from {} in steps of {}", slab.start, slab.stride),
         .attempt = "name the source files"});
  }
  parts_.push_back(std::move(slabs));
}

bool FrameSelection::unlimited() const {
  return parts_.size() == 1 &&
         (parts_[0][0].count == H5S_UNLIMITED || parts_[0][0].block == H5S_UNLIMITED);
}

void FrameSelection::check_whole_frames(Slabs const& slabs,
                                        std::vector<std::int64_t> const& dims) const {
  bool whole = slabs.size() == dims.size();
  for (std::size_t d = dims.size() - 2; whole && d < dims.size(); ++d) {
    auto const& slab = slabs[d];
    auto const length = static_cast<hsize_t>(dims[d]);
    bool const contiguous = slab.count == 1 || slab.stride == slab.block;
    whole =
        slab.start == 0 && contiguous && slab.block <= length && slab.count * slab.block == length;
  }
  if (whole) return;
  throw core::InputError(
      {.what = "resolve virtual dataset " + name_,
       .expected = "mappings of whole frames of one shape",
       .found = "one of parts of frames, or of another shape",
       .attempt = "name the source files, or copy the frames to an ordinary dataset"});
}

FrameSequence FrameSelection::positions(Slab const& slab, std::int64_t length) const {
  auto const start = static_cast<std::int64_t>(slab.start),
             stride = static_cast<std::int64_t>(slab.stride);
  FrameSequence found;
  if (slab.block == H5S_UNLIMITED) {
    found.append(FrameBlocks::run(start, std::max<std::int64_t>(0, length - start)));
    return found;
  }
  auto const block = static_cast<std::int64_t>(slab.block);
  if (slab.count == H5S_UNLIMITED) {
    std::int64_t const whole = start + block > length ? 0 : (length - start - block) / stride + 1,
                       rest = start + whole * stride;
    found.append({start, stride, whole, block});
    found.append(FrameBlocks::run(rest, std::clamp<std::int64_t>(length - rest, 0, block)));
    return found;
  }
  found.append({start, stride, static_cast<std::int64_t>(slab.count), block});
  if (found.size() > 0 && found.pieces().back().frames.end() > length) {
    throw core::IoError({.what = "resolve virtual dataset " + name_,
                         .expected = fmt::format("a source with at least {} frames",
                                                 found.pieces().back().frames.end()),
                         .found = fmt::format("{}", length),
                         .attempt = "wait until it is written, or copy it again"});
  }
  return found;
}

FrameSequence FrameSelection::frames_of(Slabs const& slabs,
                                        std::vector<std::int64_t> const& dims) const {
  check_whole_frames(slabs, dims);
  FrameSequence found;
  found.append(FrameBlocks::run(0, 1));
  for (std::size_t d = 0; d + 2 < dims.size(); ++d)
    found = nested(found, positions(slabs[d], dims[d]), dims[d]);
  return found;
}

FrameSequence FrameSelection::frames(std::vector<std::int64_t> const& dims) const {
  FrameSequence selected;
  if (all_) {
    std::int64_t count = 1;
    for (std::size_t d = 0; d + 2 < dims.size(); ++d) count *= dims[d];
    selected.append(FrameBlocks::run(0, count));
    return selected;
  }
  if (parts_.size() == 1) return frames_of(parts_[0], dims);
  std::vector<FrameBlocks> runs;  // the parts of an irregular selection may lie one within the
                                  // other: run by run, in order
  for (auto const& slabs : parts_) {
    auto const part = frames_of(slabs, dims);
    for (auto const& [frames, position] : part.pieces())
      for (std::int64_t c = 0; c < frames.count; ++c)
        runs.push_back(FrameBlocks::run(frames.first + c * frames.stride, frames.block));
  }
  std::sort(runs.begin(), runs.end(),
            [](FrameBlocks const& a, FrameBlocks const& b) { return a.first < b.first; });
  for (auto const& run : runs) selected.append(run);
  return selected;
}

FrameSequence FrameSelection::first_frames(std::int64_t count,
                                           std::vector<std::int64_t> dims) const {
  auto const& slab = parts_[0][0];
  auto const blocks =
      slab.block == H5S_UNLIMITED ? 0 : count / static_cast<std::int64_t>(slab.block) + 1;
  dims[0] = static_cast<std::int64_t>(slab.start) +
            blocks * static_cast<std::int64_t>(slab.stride) + count;
  auto selected = frames(dims);
  selected.cut(count);
  return selected;
}

FrameSequence FrameSelection::block_frames(std::int64_t block,
                                           std::vector<std::int64_t> dims) const {
  FrameSelection one = *this;
  auto& slab = one.parts_[0][0];
  slab.start += static_cast<hsize_t>(block) * slab.stride;
  slab.count = 1;
  dims[0] = static_cast<std::int64_t>(slab.start + slab.block);
  return one.frames(dims);
}

}  // namespace xrdct::io
