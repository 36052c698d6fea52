// Opens frames by what they lie in: the one place that knows every kind of source.
#include "io/frames/frame_source.hpp"

#include <utility>

#include "io/files/file_kind.hpp"
#include "io/files/name_matching.hpp"
#include "io/frames/find_stacks.hpp"
#include "io/frames/hdf5_frames.hpp"
#include "io/frames/image_frames.hpp"

namespace xrdct::io {

std::unique_ptr<FrameSource> open_frames(FileNames files, std::string const& dataset,
                                         Checksums checksums, WithoutFrames const& without_frames) {
  if (dataset.empty()) return std::make_unique<ImageFrames>(std::move(files), checksums);
  return std::make_unique<Hdf5Frames>(files, dataset, without_frames);
}

std::unique_ptr<FrameSource> open_found(std::string const& found) {
  return std::make_unique<Hdf5Frames>(found);
}

// By the bytes of a frame, as far as a source knows them.
std::vector<double> FrameSource::brightness(std::span<std::int64_t const> frames) {
  std::vector<double> values;
  for (auto const frame : frames)
    values.push_back(static_cast<double>(stored_bytes(std::span(&frame, 1))));
  return values;
}

std::string dataset_of_frames(std::filesystem::path const& first_file) {
  // of what is not known, or is called HDF5 and is none, HDF5 says what is wrong
  auto const kind = file_kind_of(first_file);
  bool const called_hdf5 =
      belongs_to_series(ending_of(first_file.filename().string()), SeriesOf::hdf5);
  return kind.empty() || kind == "HDF5" || called_hdf5 ? only_stack(first_file) : "";
}

std::string encoding_text(core::FrameEncoding const& encoding) {
  std::string text(core::name_of(encoding.type));
  if (encoding.big_endian) text += " big-endian";
  if (encoding.filter == core::Filter::none) return text + " uncompressed";
  return text + " " + (encoding.byte_shuffle ? "shuffle + " : "") +
         std::string(core::name_of(encoding.filter));
}

}  // namespace xrdct::io
