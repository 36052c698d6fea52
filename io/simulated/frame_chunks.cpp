// Encodes frames on several threads and writes them as chunks of HDF5 datasets.
#include "io/simulated/frame_chunks.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
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

WrittenDataset create_frames(hid_t group, FramesDataset const& which, ScanDescription const& d) {
  auto const frames = which.frames;
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
  std::string const action = "create dataset " + which.name + " in " + file_of(group);
  WrittenDataset dataset(H5Dcreate2(group, which.name.c_str(), stored_type(d.type), space.get(),
                                    H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                         action);
  if (!which.numbered) return dataset;
  write_attribute(dataset.get(), "image_nr_low", frames.first + 1);
  write_attribute(dataset.get(), "image_nr_high", frames.last);
  return dataset;
}

}  // namespace

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

std::vector<std::byte> encoded_frame(ScanDescription const& d, DrawFrame const& draw,
                                     std::int64_t frame) {
  std::vector<std::byte> pixels(d.shape.pixels() * core::size_of(d.type));
  draw(frame, pixels);
  return codec::encode_bitshuffle_lz4(pixels, core::size_of(d.type));
}

void make_batch(std::int64_t first, int threads, std::span<std::vector<std::byte>> out,
                std::function<std::vector<std::byte>(std::int64_t frame)> const& make) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::size_t failed = out.size();
  std::mutex failing;
  auto const work = [&] {
    std::size_t i = 0;
    try {
      for (i = next++; i < out.size(); i = next++)
        out[i] = make(first + static_cast<std::int64_t>(i));
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

void write_signed_file(std::filesystem::path const& file,
                       std::function<void(hid_t file)> const& fill) {
  begin_part(file, OutputRole::scan);
  auto h5 = WrittenFile::named_later(std::filesystem::path(file) += ".part", H5P_DEFAULT);
  sign_simulation(h5.get());
  h5.take_name();
  fill(h5.get());
  h5.close();
  // whether it may be replaced was asked at the beginning
  finish_part(file, OutputRole::scan, true);
}

void write_frames_file(std::filesystem::path const& file,
                       std::function<void(hid_t file)> const& fill) {
  std::optional<KnownFilter> filter;
  write_signed_file(file, [&](hid_t h5) {
    filter.emplace();
    fill(h5);
  });
  filter->forget();
}

void write_frames(hid_t group, FramesDataset const& which, ScanDescription const& d,
                  DrawFrame const& draw, int threads, FramesWritten const& written) {
  auto const dataset = create_frames(group, which, d);
  std::size_t const batch = 8 * static_cast<std::size_t>(std::max(threads, 1));
  std::vector<std::vector<std::byte>> encoded;
  for (std::int64_t first = which.frames.first; first < which.frames.last;
       first += static_cast<std::int64_t>(batch)) {
    encoded.resize(std::min(batch, static_cast<std::size_t>(which.frames.last - first)));
    make_batch(first, threads, encoded,
               [&](std::int64_t frame) { return encoded_frame(d, draw, frame); });
    for (std::size_t i = 0; i < encoded.size(); ++i) {
      std::array<hsize_t, 3> const offset{static_cast<hsize_t>(first - which.frames.first) + i, 0,
                                          0};
      std::string const action = fmt::format(
          "write frame {} to {}", first + static_cast<std::int64_t>(i), file_of(dataset.get()));
      hdf5_checked(H5Dwrite_chunk(dataset.get(), H5P_DEFAULT, 0, offset.data(), encoded[i].size(),
                                  encoded[i].data()),
                   action);
    }
    if (written) written(first - which.frames.first + static_cast<std::int64_t>(encoded.size()));
  }
}

void write_number(hid_t parent, std::string const& name, double value, std::string const& unit) {
  auto const dataset = write_dataset(parent, name, std::span<double const>(&value, 1));
  write_attribute(dataset.get(), "units", unit);
}

void write_scalar(hid_t parent, std::string const& name, double value, std::string const& unit) {
  std::string const action = "write " + name + " to " + file_of(parent);
  Hdf5Space const space(H5Screate(H5S_SCALAR), action);
  WrittenDataset const dataset(H5Dcreate2(parent, name.c_str(), H5T_IEEE_F64LE, space.get(),
                                          H5P_DEFAULT, timeless_datasets().get(), H5P_DEFAULT),
                               action);
  hdf5_checked(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value),
               action);
  if (!unit.empty()) write_attribute(dataset.get(), "units", unit);
}

void write_list(hid_t parent, std::string const& name, std::span<double const> values,
                std::string const& unit) {
  auto const dataset = write_dataset(parent, name, values);
  if (!unit.empty()) write_attribute(dataset.get(), "units", unit);
}

std::span<double const> part_of(std::vector<double> const& values, core::FrameRange frames) {
  return std::span(values).subspan(static_cast<std::size_t>(frames.first),
                                   static_cast<std::size_t>(frames.size()));
}

}  // namespace xrdct::io
