// Simulated scans as one HDF5 file, and as an Eiger master with its data files.
#include <fmt/core.h>

#include <algorithm>

#include "io/nexus/nexus.hpp"
#include "io/simulated/frame_chunks.hpp"
#include "io/simulated/layouts.hpp"

namespace xrdct::io {
namespace {

void write_instrument(hid_t entry, ScanContent const& content) {
  auto const& d = content.description;
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

void write_motors(hid_t entry, ScanContent const& content) {
  if (content.motors.empty()) return;
  auto const group = make_group(entry, "sample", "NXsample");
  for (auto const& motor : content.motors)
    write_list(group.get(), motor.name, motor.positions, motor.unit);
}

/// The values of the stored frames so many times, one copy after the other.
std::vector<double> repeated(std::vector<double> const& values, std::int64_t times) {
  std::vector<double> all;
  for (std::int64_t copy = 0; copy < times; ++copy)
    all.insert(all.end(), values.begin(), values.end());
  return all;
}

void write_monitor(hid_t entry, std::vector<double> const& monitor) {
  auto const group = make_group(entry, "monitor", "NXmonitor");
  write_list(group.get(), "data", monitor, "counts");
}

// What both layouts have in common.
class Hdf5Scan : public ScanFiles {
 public:
  using ScanFiles::ScanFiles;

 protected:
  ScanNames names_in(std::string const& file, std::string const& dataset) const {
    ScanNames names{{file}, dataset, in_dataset("/entry/monitor/data"), {}};
    for (auto const& motor : content().motors)
      names.motors.push_back(in_dataset("/entry/sample/" + motor.name));
    return names;
  }
  /// \param whole the scan is in this file alone, with all that is said of it
  void write_data(std::filesystem::path const& file, core::FrameRange frames, bool whole,
                  DrawFrame const& draw, int threads, FramesWritten const& written) const {
    write_frames_file(file, [&](hid_t h5) {
      write_attribute(h5, "default", "entry");
      auto const entry = make_group(h5, "entry", "NXentry");
      write_attribute(entry.get(), "default", "data");
      auto const data = make_group(entry.get(), "data", "NXdata");
      write_attribute(data.get(), "signal", "data");
      write_frames(data.get(), {"data", frames, true}, content().description, draw, threads,
                   written);
      write_instrument(entry.get(), content());
      if (!whole) return;
      write_monitor(entry.get(), content().monitor);
      write_motors(entry.get(), content());
    });
  }
};

class SingleScan : public Hdf5Scan {
 public:
  using Hdf5Scan::Hdf5Scan;
  std::vector<core::FrameRange> parts() const override { return {{0, content().frames()}}; }
  std::vector<std::string> names() const override { return {"scan.h5"}; }
  ScanNames job_names() const override { return names_in("scan.h5", scan_dataset); }
  void write_part(std::filesystem::path const& folder, std::size_t, DrawFrame const& draw,
                  int threads, FramesWritten const& written) const override {
    write_data(folder / "scan.h5", parts().front(), true, draw, threads, written);
  }
};

class EigerScan : public Hdf5Scan {
 public:
  using Hdf5Scan::Hdf5Scan;
  std::vector<core::FrameRange> parts() const override {
    std::vector<core::FrameRange> all;
    auto const& c = content();
    for (std::int64_t first = 0; first < c.frames(); first += c.frames_per_file)
      all.push_back({first, std::min(c.frames(), first + c.frames_per_file)});
    return all;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all{"scan_master.h5"};
    for (std::size_t part = 0; part < parts().size(); ++part) all.push_back(name_of(part));
    return all;
  }
  ScanNames job_names() const override { return names_in("scan_master.h5", "/entry/data"); }
  void write_part(std::filesystem::path const& folder, std::size_t part, DrawFrame const& draw,
                  int threads, FramesWritten const& written) const override {
    write_data(folder / name_of(part), parts()[part], false, draw, threads, written);
  }
  void write_rest(std::filesystem::path const& folder) const override {
    write_signed_file(folder / "scan_master.h5", [&](hid_t h5) {
      write_attribute(h5, "default", "entry");
      auto const entry = make_group(h5, "entry", "NXentry");
      auto const data = make_group(entry.get(), "data", "NXdata");
      write_attribute(data.get(), "signal", "data_000001");
      std::size_t const stored = parts().size();
      for (std::size_t i = 0; i < stored * static_cast<std::size_t>(content().repeat); ++i)
        link(data.get(), name_of(i % stored), i + 1);
      write_instrument(entry.get(), content());
      write_monitor(entry.get(), repeated(content().monitor, content().repeat));
      write_motors(entry.get(), content());
    });
  }

 private:
  static std::string name_of(std::size_t part) {
    return fmt::format("scan_data_{:06}.h5", part + 1);
  }
  static void link(hid_t data, std::string const& file, std::size_t number) {
    std::string const action = "link " + file + " in " + file_of(data);
    hdf5_checked(
        H5Lcreate_external(file.c_str(), scan_dataset, data,
                           fmt::format("data_{:06}", number).c_str(), H5P_DEFAULT, H5P_DEFAULT),
        action);
  }
};

}  // namespace

std::unique_ptr<ScanFiles> single_scan(ScanContent content) {
  return std::make_unique<SingleScan>(std::move(content));
}
std::unique_ptr<ScanFiles> eiger_scan(ScanContent content) {
  return std::make_unique<EigerScan>(std::move(content));
}

}  // namespace xrdct::io
