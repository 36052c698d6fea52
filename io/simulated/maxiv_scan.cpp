// A simulated scan as MAX IV writes it: scan-0001.h5 with motors and counters, and a relative link
// to the frames in scan-0001_pilatus.h5.
#include <fmt/core.h>

#include "io/nexus/nexus.hpp"
#include "io/simulated/frame_chunks.hpp"
#include "io/simulated/layouts.hpp"

namespace xrdct::io {
namespace {

constexpr char const* pilatus_dataset = "/entry/measurement/Pilatus/data";

class MaxIvScan : public ScanFiles {
 public:
  using ScanFiles::ScanFiles;

  std::vector<core::FrameRange> parts() const override {
    std::vector<core::FrameRange> all;
    for (auto const& entry : content().entries) all.push_back(entry.frames);
    return all;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (std::size_t e = 0; e < content().entries.size(); ++e) {
      all.push_back(scan_name(e));
      all.push_back(frames_name(e));
    }
    return all;
  }
  ScanNames job_names() const override {
    ScanNames names{{}, "/entry/measurement/pilatus", in_dataset("/entry/measurement/mon"), {}};
    for (std::size_t e = 0; e < content().entries.size(); ++e) names.files.push_back(scan_name(e));
    for (auto const& motor : content().motors)
      names.motors.push_back(in_dataset(group_of(motor) + motor.name));
    return names;
  }
  void write_part(std::filesystem::path const& folder, std::size_t part, DrawFrame const& draw,
                  int threads, FramesWritten const& written) const override {
    write_frames_file(folder / frames_name(part), [&](hid_t h5) {
      auto const entry = make_group(h5, "entry", "NXentry");
      auto const measurement = make_group(entry.get(), "measurement", "NXcollection");
      auto const pilatus = make_group(measurement.get(), "Pilatus", "NXdetector");
      write_frames(pilatus.get(), {"data", parts()[part]}, content().description, draw, threads,
                   written);
    });
  }
  void write_rest(std::filesystem::path const& folder) const override {
    for (std::size_t e = 0; e < content().entries.size(); ++e)
      write_signed_file(folder / scan_name(e), [&](hid_t h5) { write_entry(h5, e); });
  }

 private:
  static std::string scan_name(std::size_t entry) {
    return fmt::format("scan-{:04}.h5", entry + 1);
  }
  static std::string frames_name(std::size_t entry) {
    return fmt::format("scan-{:04}_pilatus.h5", entry + 1);
  }
  /// Motors that stand still in a file are noted before it.
  static std::string group_of(MeasuredMotor const& motor) {
    return motor.in_entries ? "/entry/measurement/" : "/entry/snapshots/pre_scan/";
  }

  void write_entry(hid_t h5, std::size_t number) const {
    auto const& scan = content().entries[number];
    write_attribute(h5, "default", "entry");
    auto const entry = make_group(h5, "entry", "NXentry");
    write_dataset(entry.get(), "title", scan.title);
    auto const measurement = make_group(entry.get(), "measurement", "NXcollection");
    std::string const frames = frames_name(number);
    std::string const action = "link " + frames + " in " + file_of(entry.get());
    hdf5_checked(H5Lcreate_external(frames.c_str(), pilatus_dataset, measurement.get(), "pilatus",
                                    H5P_DEFAULT, H5P_DEFAULT),
                 action);
    write_list(measurement.get(), "mon", part_of(content().monitor, scan.frames), "");
    auto const snapshots = make_group(entry.get(), "snapshots", "NXcollection");
    auto const before = make_group(snapshots.get(), "pre_scan", "NXcollection");
    for (auto const& motor : content().motors) {
      auto const positions = part_of(motor.positions, scan.frames);
      write_scalar(before.get(), motor.name, positions.front(), motor.unit);
      if (motor.in_entries) write_list(measurement.get(), motor.name, positions, motor.unit);
    }
  }
};

}  // namespace

std::unique_ptr<ScanFiles> maxiv_scan(ScanContent content) {
  return std::make_unique<MaxIvScan>(std::move(content));
}

}  // namespace xrdct::io
