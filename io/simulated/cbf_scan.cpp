// A simulated scan as a series of CBF images with the mini-headers of Pilatus detectors, and a
// table of motors and monitor beside them.
#include <fmt/core.h>

#include <algorithm>

#include "core/words/errors.hpp"
#include "io/codec/encode.hpp"
#include "io/files/durable_file.hpp"
#include "io/guard/picture_signature.hpp"
#include "io/images/md5.hpp"
#include "io/simulated/frame_chunks.hpp"
#include "io/simulated/layouts.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t padding = 4095;  // zeros behind the data, as Pilatus writes them
constexpr char const* table_name = "scan.csv";

core::ValueName in_table(std::string const& column) {
  core::ValueName name;
  name.file = table_name;
  name.column = column;
  return name;
}

core::ValueName in_header(std::string const& key) {
  core::ValueName name;
  name.header = key;
  return name;
}

std::string mini_header(ScanContent const& content, std::int64_t frame) {
  auto const& d = content.description;
  auto const n = static_cast<std::size_t>(frame);
  std::string text = fmt::format(
      "# Detector: {}, S/N 00-0000\n"
      "# Pixel_size {:.0f}e-6 m x {:.0f}e-6 m\n"
      "# Silicon sensor, thickness 0.000450 m\n"
      "# Exposure_time 0.0100000 s\n"
      "# Exposure_period 0.0130000 s\n"
      "# Count_cutoff 1048574 counts\n"
      "# Wavelength {:.6f} A\n"
      "# Detector_distance {:.6f} m\n"
      "# Beam_xy ({:.2f}, {:.2f}) pixels\n"
      "# Flux {}\n",
      d.detector, d.pixel2_m * 1e6, d.pixel1_m * 1e6, d.wavelength_m * 1e10, d.distance_m,
      d.beam_column, d.beam_row, content.monitor[n]);
  for (auto const& motor : content.motors)
    if (motor.unit == "deg") text += fmt::format("# Start_angle {:.6f} deg.\n", motor.positions[n]);
  return text;
}

std::string head_of(ScanContent const& content, std::int64_t frame,
                    std::vector<std::byte> const& data) {
  auto const shape = content.description.shape;
  return fmt::format(
      "###CBF: VERSION 1.5\r\n\r\ndata_scan_{:05}\r\n\r\n"
      "_array_data.header_convention \"PILATUS_1.2\"\r\n"
      "_array_data.header_contents\r\n;\r\n{};\r\n\r\n_array_data.data\r\n;\r\n"
      "--CIF-BINARY-FORMAT-SECTION--\r\n"
      "Content-Type: application/octet-stream;\r\n     conversions=\"x-CBF_BYTE_OFFSET\"\r\n"
      "Content-Transfer-Encoding: BINARY\r\n"
      "X-Binary-Size: {}\r\nX-Binary-ID: 1\r\n"
      "X-Binary-Element-Type: \"signed 32-bit integer\"\r\n"
      "X-Binary-Element-Byte-Order: LITTLE_ENDIAN\r\n"
      "Content-MD5: {}\r\n"
      "X-Binary-Number-of-Elements: {}\r\n"
      "X-Binary-Size-Fastest-Dimension: {}\r\nX-Binary-Size-Second-Dimension: {}\r\n"
      "X-Binary-Size-Padding: {}\r\n\r\n\x0c\x1a\x04\xd5",
      frame + 1, mini_header(content, frame), data.size(), base64(md5(data)), shape.pixels(),
      shape.columns, shape.rows, padding);
}

std::vector<std::byte> encoded_image(ScanContent const& content, DrawFrame const& draw,
                                     std::int64_t frame) {
  std::vector<std::int32_t> pixels(content.description.shape.pixels());
  draw(frame, std::as_writable_bytes(std::span(pixels)));
  auto const data = codec::encode_byte_offset(pixels);
  std::string file = head_of(content, frame, data);
  file.append(reinterpret_cast<char const*>(data.data()), data.size());
  file.append(padding, '\0');
  file += "\r\n--CIF-BINARY-FORMAT-SECTION----\r\n;\r\n\r\n";
  file = signed_cbf(file);
  auto const bytes = std::as_bytes(std::span(file));
  return {bytes.begin(), bytes.end()};
}

class CbfScan : public ScanFiles {
 public:
  using ScanFiles::ScanFiles;

  std::vector<core::FrameRange> parts() const override {
    std::vector<core::FrameRange> all;
    auto const& c = content();
    for (std::int64_t first = 0; first < c.frames(); first += c.frames_per_file)
      all.push_back({first, std::min(c.frames(), first + c.frames_per_file)});
    return all;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (std::int64_t frame = 0; frame < content().frames(); ++frame) all.push_back(name_of(frame));
    return all;
  }
  ScanNames job_names() const override {
    ScanNames names{{"cbf/"}, "", in_table("mon"), {}};
    for (auto const& motor : content().motors) {
      if (motor.unit == "deg")
        names.motors.push_back(in_header("Start_angle"));
      else
        names.motors.push_back(in_table(motor.name));
    }
    return names;
  }
  std::size_t frame_bytes(DrawFrame const& draw, std::int64_t frame) const override {
    return encoded_image(content(), draw, frame).size();
  }
  void write_part(std::filesystem::path const& folder, std::size_t part, DrawFrame const& draw,
                  int threads, FramesWritten const& written) const override {
    auto const frames = parts()[part];
    std::size_t const batch = 8 * static_cast<std::size_t>(std::max(threads, 1));
    std::vector<std::vector<std::byte>> images;
    for (auto first = frames.first; first < frames.last;
         first += static_cast<std::int64_t>(batch)) {
      images.resize(std::min(batch, static_cast<std::size_t>(frames.last - first)));
      make_batch(first, threads, images,
                 [&](std::int64_t frame) { return encoded_image(content(), draw, frame); });
      for (std::size_t i = 0; i < images.size(); ++i)
        write_one_of_many(folder / name_of(first + static_cast<std::int64_t>(i)), images[i]);
      if (written) written(first - frames.first + static_cast<std::int64_t>(images.size()));
    }
  }
  std::vector<std::pair<std::string, std::string>> texts() const override {
    std::string text = "frame";
    for (auto const& motor : content().motors) text += "," + motor.name;
    text += ",mon\n";
    for (std::size_t n = 0; n < content().monitor.size(); ++n) {
      text += std::to_string(n);
      for (auto const& motor : content().motors) text += fmt::format(",{}", motor.positions[n]);
      text += fmt::format(",{}\n", content().monitor[n]);
    }
    return {{table_name, text}};
  }

 private:
  static std::string name_of(std::int64_t frame) {
    return fmt::format("cbf/scan_{:05}.cbf", frame + 1);
  }
};

}  // namespace

std::unique_ptr<ScanFiles> cbf_scan(ScanContent content) {
  if (content.description.type != core::PixelType::i32) {
    throw core::InputError({.what = "simulate: --type",
                            .expected = "i32 with --layout cbf, as Pilatus detectors store",
                            .found = std::string(core::name_of(content.description.type)),
                            .attempt = "leave --type out"});
  }
  return std::make_unique<CbfScan>(std::move(content));
}

}  // namespace xrdct::io
