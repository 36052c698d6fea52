// A simulated scan as ESRF's BLISS writes it: one file whose entries 1.1, 2.1, … hold counters and
// motors, and the frames as virtual datasets over the files of the detector (LImA).
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "io/nexus/nexus.hpp"
#include "io/simulated/frame_chunks.hpp"
#include "io/simulated/layouts.hpp"

namespace xrdct::io {
namespace {

constexpr char const* lima_dataset = "/entry_0000/measurement/data";

// Frames of one entry in one file of the detector.
struct LimaFile {
  std::size_t entry;
  core::FrameRange frames;
  std::string name;
};

std::vector<LimaFile> lima_files(ScanContent const& content) {
  std::vector<LimaFile> files;
  for (std::size_t e = 0; e < content.entries.size(); ++e) {
    auto const frames = content.entries[e].frames;
    std::size_t number = 0;
    for (auto first = frames.first; first < frames.last; first += content.frames_per_file)
      files.push_back({e,
                       {first, std::min(frames.last, first + content.frames_per_file)},
                       fmt::format("scan{:04}/det_{:04}.h5", e + 1, number++)});
  }
  return files;
}

void write_virtual(hid_t group, ScanContent const& content, std::span<LimaFile const> files) {
  auto const& d = content.description;
  core::FrameRange const frames{files.front().frames.first, files.back().frames.last};
  auto const shape = [&](core::FrameRange range) {
    return std::array<hsize_t, 3>{static_cast<hsize_t>(range.size()), d.shape.rows,
                                  d.shape.columns};
  };
  std::string const action = "create dataset data in " + file_of(group);
  auto const all = shape(frames);
  Hdf5Space const space(H5Screate_simple(3, all.data(), nullptr), action);
  auto const creation = timeless_datasets();
  for (auto const& file : files) {
    auto const part = shape(file.frames);
    Hdf5Space const source(H5Screate_simple(3, part.data(), nullptr), action);
    std::array<hsize_t, 3> const start{static_cast<hsize_t>(file.frames.first - frames.first), 0,
                                       0};
    hdf5_checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr,
                                     part.data(), nullptr),
                 action);
    hdf5_checked(
        H5Pset_virtual(creation.get(), space.get(), file.name.c_str(), lima_dataset, source.get()),
        action);
  }
  hdf5_checked(H5Sselect_all(space.get()), action);
  WrittenDataset const dataset(H5Dcreate2(group, "data", stored_type(d.type), space.get(),
                                          H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                               action);
}

void write_detector(hid_t instrument, ScanContent const& content, std::span<LimaFile const> files) {
  auto const& d = content.description;
  auto const group = make_group(instrument, "det", "NXdetector");
  write_dataset(group.get(), "description", d.detector);
  write_scalar(group.get(), "x_pixel_size", d.pixel2_m, "m");
  write_scalar(group.get(), "y_pixel_size", d.pixel1_m, "m");
  write_virtual(group.get(), content, files);
}

// Motors that move are arrays in three places; the others have a number.
void write_motors(hid_t instrument, hid_t measurement, ScanContent const& content,
                  core::FrameRange frames) {
  auto const positioners = make_group(instrument, "positioners", "NXcollection");
  for (auto const& motor : content.motors) {
    auto const positions = part_of(motor.positions, frames);
    if (!motor.in_entries) {
      write_scalar(positioners.get(), motor.name, positions.front(), motor.unit);
      continue;
    }
    auto const group = make_group(instrument, motor.name, "NXpositioner");
    write_list(group.get(), "value", positions, motor.unit);
    write_list(positioners.get(), motor.name, positions, motor.unit);
    write_list(measurement, motor.name, positions, motor.unit);
  }
}

// The entry of slow counters that goes with each scan and is none itself.
void write_subscan(hid_t file, std::size_t number, std::string const& title) {
  auto const entry = make_group(file, fmt::format("{}.2", number), "NXentry");
  write_dataset(entry.get(), "title", title);
  auto const measurement = make_group(entry.get(), "measurement", "NXcollection");
  std::array<double, 3> const temperature{293.15, 293.25, 293.2};
  write_list(measurement.get(), "temperature", temperature, "K");
}

void write_entry(hid_t file, ScanContent const& content, std::size_t number,
                 std::span<LimaFile const> files) {
  auto const& scan = content.entries[number - 1];
  auto const entry = make_group(file, fmt::format("{}.1", number), "NXentry");
  write_dataset(entry.get(), "title", scan.title);
  write_dataset(entry.get(), "end_reason", scan.aborted ? "USER_ABORT" : "SUCCESS");
  auto const instrument = make_group(entry.get(), "instrument", "NXinstrument");
  auto const measurement = make_group(entry.get(), "measurement", "NXcollection");
  write_detector(instrument.get(), content, files);
  write_motors(instrument.get(), measurement.get(), content, scan.frames);
  write_list(measurement.get(), "mon", part_of(content.monitor, scan.frames), "");
  std::string const action = "link det in " + file_of(measurement.get());
  hdf5_checked(H5Lcreate_soft(fmt::format("/{}.1/instrument/det/data", number).c_str(),
                              measurement.get(), "det", H5P_DEFAULT, H5P_DEFAULT),
               action);
  write_subscan(file, number, scan.title);
}

class BlissScan : public ScanFiles {
 public:
  explicit BlissScan(ScanContent content)
      : ScanFiles(std::move(content)), files_(lima_files(this->content())) {}

  std::vector<core::FrameRange> parts() const override {
    std::vector<core::FrameRange> all;
    for (auto const& file : files_) all.push_back(file.frames);
    return all;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all{"scan.h5"};
    for (auto const& file : files_) all.push_back(file.name);
    return all;
  }
  ScanNames job_names() const override {
    std::string const entry = content().entries.size() > 1 ? "/*.1" : "/1.1";
    ScanNames names{
        {"scan.h5"}, entry + "/measurement/det", in_dataset(entry + "/measurement/mon"), {}};
    for (auto const& motor : content().motors)
      names.motors.push_back(in_dataset(entry + "/instrument/positioners/" + motor.name));
    return names;
  }
  void write_part(std::filesystem::path const& folder, std::size_t part, DrawFrame const& draw,
                  int threads, FramesWritten const& written) const override {
    write_frames_file(folder / files_[part].name, [&](hid_t h5) {
      auto const entry = make_group(h5, "entry_0000", "NXentry");
      auto const measurement = make_group(entry.get(), "measurement", "NXcollection");
      write_frames(measurement.get(), {"data", files_[part].frames}, content().description, draw,
                   threads, written);
    });
  }
  void write_rest(std::filesystem::path const& folder) const override {
    write_signed_file(folder / "scan.h5", [&](hid_t h5) {
      write_attribute(h5, "default", "1.1");
      for (std::size_t e = 0; e < content().entries.size(); ++e) {
        auto const is_of = [&](LimaFile const& file) { return file.entry == e; };
        auto const first = std::find_if(files_.begin(), files_.end(), is_of),
                   last = std::find_if_not(first, files_.end(), is_of);
        write_entry(h5, content(), e + 1, {first, last});
      }
    });
  }

 private:
  std::vector<LimaFile> files_;
};

}  // namespace

std::unique_ptr<ScanFiles> bliss_scan(ScanContent content) {
  return std::make_unique<BlissScan>(std::move(content));
}

}  // namespace xrdct::io
