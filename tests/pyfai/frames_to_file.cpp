// Writes the pixels of all frames as the program reads them, for scripts that compare them with
// those of other libraries: frames_to_file <out> <dataset or ""> <file>…
#include <cstdio>
#include <exception>
#include <fstream>
#include <numeric>
#include <vector>

#include "core/words/errors.hpp"
#include "io/codec/decode.hpp"
#include "io/files/file_patterns.hpp"
#include "io/frames/frame_source.hpp"

namespace {

using namespace xrdct;

// One line "u16 <frames> <rows> <columns>", then the pixels in native byte order.
void write(char const* out_file, std::string const& dataset,
           std::vector<std::string> const& names) {
  auto found =
      io::find_files(names, ".", dataset.empty() ? io::SeriesOf::images : io::SeriesOf::hdf5);
  auto const source = io::open_frames(std::move(found.names), dataset);
  std::ofstream out(out_file, std::ios::binary);
  auto const type = source->encoding().type;
  out << core::name_of(type) << " " << source->frames() << " " << source->shape().rows << " "
      << source->shape().columns << "\n";
  codec::FrameDecoder decoder(source->shape(), source->encoding());
  std::vector<std::byte> pixels(source->shape().pixels() * core::size_of(type));
  for (std::int64_t n = 0; n < source->frames(); ++n) {
    std::vector<std::int64_t> const one{n};
    source->locate(one);
    core::FrameBuffer buffer;
    source->read(one, buffer);
    auto const& frame = buffer.batch.frames.front();
    if (frame.status != core::FrameStatus::good ||
        decoder.decode(frame, pixels) != codec::DecodeStatus::ok)
      throw core::IoError("frame " + std::to_string(n) + " cannot be read");
    out.write(reinterpret_cast<char const*>(pixels.data()),
              static_cast<std::streamsize>(pixels.size()));
  }
}

}  // namespace

int main(int count, char** words) {
  try {
    write(words[1], words[2], {words + 3, words + count});
  } catch (std::exception const& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return 0;
}
