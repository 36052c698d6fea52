// Writes simulated frames as an Eiger, Lambda or plain HDF5 scan.
#include "io/simulated/scan_writer.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <exception>
#include <mutex>
#include <thread>

#include "core/words/errors.hpp"
#include "io/codec/encode.hpp"
#include "io/guard/output_guard.hpp"
#include "io/nexus/nexus.hpp"

namespace xrdct::io {
namespace {

constexpr H5Z_filter_t bitshuffle_filter = 32008;

std::size_t never_called(unsigned int, std::size_t, unsigned int const*, std::size_t, std::size_t*,
                         void**) {
  return 0;
}

// Tells HDF5 of filter 32008 from now on, until `forget`. Were it to find a plug-in of the machine
// instead, that would change the stored parameters.
class KnownFilter {
 public:
  KnownFilter() {
    H5Z_class2_t filter{};
    filter.version = H5Z_CLASS_T_VERS;
    filter.id = bitshuffle_filter;
    filter.encoder_present = filter.decoder_present = 1;
    filter.name = "bitshuffle; see https://github.com/kiyo-masui/bitshuffle";
    filter.filter = &never_called;
    hdf5_checked(H5Zregister(&filter), "register filter 32008");
  }
  /// After the file is closed; not after a failure: HDF5 writes all open files first.
  void forget() { hdf5_checked(H5Zunregister(bitshuffle_filter), "forget filter 32008"); }
  KnownFilter(KnownFilter const&) = delete;
  KnownFilter& operator=(KnownFilter const&) = delete;
};

hid_t stored_type(core::PixelType type) {
  switch (type) {
    case core::PixelType::u16:
      return H5T_STD_U16LE;
    case core::PixelType::u32:
      return H5T_STD_U32LE;
    case core::PixelType::i32:
      return H5T_STD_I32LE;
    case core::PixelType::u8:
    case core::PixelType::i8:
    case core::PixelType::i16:
    case core::PixelType::f32:
    case core::PixelType::f64:
      break;
  }
  XRDCT_ASSERT(false);
  return H5I_INVALID_HID;
}

std::filesystem::path part_of(std::filesystem::path file) { return file += ".part"; }

void finish_file(WrittenFile& file, std::filesystem::path const& name) {
  file.close();
  finish_part(name, OutputRole::scan,
              true);  // whether it may be replaced was asked at the beginning
}

void write_number(hid_t parent, std::string const& name, double value, std::string const& unit) {
  auto const dataset = write_dataset(parent, name, std::span<double const>(&value, 1));
  write_attribute(dataset.get(), "units", unit);
}

void write_instrument(hid_t entry, ScanDescription const& d) {
  auto const instrument = make_group(entry, "instrument", "NXinstrument");
  auto const beam = make_group(instrument.get(), "beam", "NXbeam");
  write_number(beam.get(), "incident_wavelength", d.wavelength_m * 1e10, "angstrom");
  auto const detector = make_group(instrument.get(), "detector", "NXdetector");
  write_dataset(detector.get(), "description", d.detector);
  write_number(detector.get(), "x_pixel_size", d.pixel2_m, "m");
  write_number(detector.get(), "y_pixel_size", d.pixel1_m, "m");
  write_number(detector.get(), "detector_distance", d.distance_m, "m");
  write_number(detector.get(), "beam_center_x", d.beam_column, "pixel");
  write_number(detector.get(), "beam_center_y", d.beam_row, "pixel");
}

void write_monitor(hid_t entry, std::span<double const> monitor) {
  if (monitor.empty()) return;
  auto const group = make_group(entry, "monitor", "NXmonitor");
  write_attribute(write_dataset(group.get(), "data", monitor).get(), "units", "counts");
}

WrittenDataset create_frames(hid_t group, ScanDescription const& d, core::FrameRange frames) {
  std::array<hsize_t, 3> const extent{static_cast<hsize_t>(frames.size()), d.shape.rows,
                                      d.shape.columns};
  std::array<hsize_t, 3> const chunk{1, d.shape.rows, d.shape.columns};
  std::array<unsigned int, 5> const parameters{0, 3,
                                               static_cast<unsigned int>(core::size_of(d.type)), 0,
                                               2};  // version 0.3, default blocks, LZ4
  Hdf5Space const space(H5Screate_simple(3, extent.data(), nullptr),
                        "make the shape of the frames");
  auto const creation = timeless_datasets();
  hdf5_checked(H5Pset_chunk(creation.get(), 3, chunk.data()), "set the chunks of the frames");
  hdf5_checked(H5Pset_filter(creation.get(), bitshuffle_filter, H5Z_FLAG_MANDATORY,
                             parameters.size(), parameters.data()),
               "set the filter of the frames");
  std::string const action = "create dataset data in " + file_of(group);
  WrittenDataset dataset(H5Dcreate2(group, "data", stored_type(d.type), space.get(), H5P_DEFAULT,
                                    creation.get(), H5P_DEFAULT),
                         action);
  write_attribute(dataset.get(), "image_nr_low", frames.first + 1);
  write_attribute(dataset.get(), "image_nr_high", frames.last);
  return dataset;
}

std::vector<std::byte> encoded_frame(ScanDescription const& d, DrawFrame const& draw,
                                     std::int64_t frame) {
  std::vector<std::byte> pixels(d.shape.pixels() * core::size_of(d.type));
  draw(frame, pixels);
  return codec::encode_bitshuffle_lz4(pixels, core::size_of(d.type));
}

// Makes frames [first, first + out.size()) by several threads; what the first frame that failed
// threw is thrown again here.
void encode_batch(ScanDescription const& d, DrawFrame const& draw, std::int64_t first, int threads,
                  std::span<std::vector<std::byte>> out) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::size_t failed = out.size();
  std::mutex failing;
  auto const work = [&] {
    std::size_t i = 0;
    try {
      for (i = next++; i < out.size(); i = next++)
        out[i] = encoded_frame(d, draw, first + static_cast<std::int64_t>(i));
    } catch (...) {
      std::lock_guard const lock(failing);
      if (i < failed) failure = std::current_exception();
      failed = std::min(failed, i);
    }
  };
  {
    std::vector<std::jthread> helpers;  // joined also where not all of them can be started
    for (int t = 1; t < threads; ++t) helpers.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

void write_frames(hid_t dataset, ScanDescription const& d, core::FrameRange frames,
                  DrawFrame const& draw, int threads, FramesWritten const& written) {
  std::size_t const batch = 8 * static_cast<std::size_t>(std::max(threads, 1));
  std::vector<std::vector<std::byte>> encoded;
  for (std::int64_t first = frames.first; first < frames.last;
       first += static_cast<std::int64_t>(batch)) {
    encoded.resize(std::min(batch, static_cast<std::size_t>(frames.last - first)));
    encode_batch(d, draw, first, threads, encoded);
    for (std::size_t i = 0; i < encoded.size(); ++i) {
      std::array<hsize_t, 3> const offset{static_cast<hsize_t>(first - frames.first) + i, 0, 0};
      std::string const action = fmt::format(
          "write frame {} to {}", first + static_cast<std::int64_t>(i), file_of(dataset));
      hdf5_checked(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset.data(), encoded[i].size(),
                                  encoded[i].data()),
                   action);
    }
    if (written) written(first - frames.first + static_cast<std::int64_t>(encoded.size()));
  }
}

}  // namespace

std::size_t stored_frame_bytes(ScanDescription const& description, DrawFrame const& draw,
                               std::int64_t frame) {
  return encoded_frame(description, draw, frame).size();
}

void write_scan_data(std::filesystem::path const& file, ScanDescription const& description,
                     core::FrameRange frames, std::span<double const> monitor,
                     DrawFrame const& draw, int threads, FramesWritten const& written) {
  begin_part(file, OutputRole::scan);
  WrittenFile h5(part_of(file), H5P_DEFAULT);
  sign_simulation(h5.get());
  KnownFilter filter;
  {
    write_attribute(h5.get(), "default", "entry");
    auto const entry = make_group(h5.get(), "entry", "NXentry");
    write_attribute(entry.get(), "default", "data");
    auto const data = make_group(entry.get(), "data", "NXdata");
    write_attribute(data.get(), "signal", "data");
    auto const dataset = create_frames(data.get(), description, frames);
    write_frames(dataset.get(), description, frames, draw, threads, written);
    write_instrument(entry.get(), description);
    write_monitor(entry.get(), monitor);
  }
  finish_file(h5, file);
  filter.forget();
}

void write_scan_master(std::filesystem::path const& file, ScanDescription const& description,
                       std::span<ScanPart const> parts, std::span<double const> monitor) {
  begin_part(file, OutputRole::scan);
  WrittenFile h5(part_of(file), H5P_DEFAULT);
  sign_simulation(h5.get());
  {
    write_attribute(h5.get(), "default", "entry");
    auto const entry = make_group(h5.get(), "entry", "NXentry");
    auto const data = make_group(entry.get(), "data", "NXdata");
    if (!parts.empty()) write_attribute(data.get(), "signal", "data_000001");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::array<char, 24> name{};
      std::snprintf(name.data(), name.size(), "data_%06zu", i + 1);
      std::string const action = "link " + parts[i].file + " in " + file_of(data.get());
      hdf5_checked(H5Lcreate_external(parts[i].file.c_str(), scan_dataset, data.get(), name.data(),
                                      H5P_DEFAULT, H5P_DEFAULT),
                   action);
    }
    write_instrument(entry.get(), description);
    write_monitor(entry.get(), monitor);
  }
  finish_file(h5, file);
}

}  // namespace xrdct::io
