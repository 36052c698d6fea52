// Opens frames by what they lie in: the one place that knows every kind of source.
#include "io/frames/frame_source.hpp"

#include <utility>

#include "io/frames/hdf5_frames.hpp"
#include "io/frames/image_frames.hpp"

namespace xrdct::io {

std::unique_ptr<FrameSource> open_frames(FileNames files, std::string const& dataset,
                                         Checksums checksums) {
  if (dataset.empty()) return std::make_unique<ImageFrames>(std::move(files), checksums);
  return std::make_unique<Hdf5Frames>(files.paths(), dataset);
}

std::string encoding_text(core::FrameEncoding const& encoding) {
  std::string text(core::name_of(encoding.type));
  if (encoding.big_endian) text += " big-endian";
  if (encoding.filter == core::Filter::none) return text + " uncompressed";
  return text + " " + (encoding.byte_shuffle ? "shuffle + " : "") +
         std::string(core::name_of(encoding.filter));
}

}  // namespace xrdct::io
