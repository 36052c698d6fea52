// Makes an output file with all that it will hold but the patterns.
#include "io/output/output_skeleton.hpp"

#include <fmt/core.h>
#include <hdf5.h>

#include <string>

#include "core/words/errors.hpp"
#include "core/words/words.hpp"
#include "io/nexus/nexus.hpp"
#include "io/nexus/process_group.hpp"
#include "io/output/skeleton_parts.hpp"

namespace xrdct::io {
namespace {

void write_scan_axes(hid_t group, OutputDescription const& description) {
  for (auto const* axis : {&description.height, &description.slow, &description.fast}) {
    write_axis(group, *axis);
    if (axis->rotates) write_attribute(group, "rotation", axis->name);
  }
}

void write_pattern_groups(hid_t entry, OutputDescription const& description) {
  for (auto const& reduction : description.reductions) {
    std::vector<std::string> axes{description.height.name, description.slow.name,
                                  description.fast.name};
    for (auto const& axis : bin_axes(reduction.kind)) axes.push_back(axis);
    auto const group =
        make_plot(entry, reduction.name, "I", axes, description.title + " " + reduction.name);
    write_making(group.get(), reduction);
    write_scan_axes(group.get(), description);
    write_bin_axes(group.get(), reduction);
  }
}

void write_frame_groups(hid_t entry, OutputDescription const& description) {
  auto const frames = make_group(entry, "frames", "NXcollection");
  for (auto const& reduction : description.reductions)
    make_group(frames.get(), reduction.name, "NXcollection");
}

void write_preview_groups(hid_t entry, OutputDescription const& description) {
  auto const preview = make_group(entry, "preview", "NXcollection");
  for (auto const& reduction : description.reductions) {
    for (std::string const kind : {"mean", "maximum"}) {
      auto const plot =
          make_plot(preview.get(), kind + "_" + reduction.name, "I", bin_axes(reduction.kind),
                    kind + " of all patterns, " + reduction.name);
      write_bin_axes(plot.get(), reduction);
    }
  }
  std::vector<std::string> const axes{description.height.name, description.slow.name,
                                      description.fast.name};
  auto const map =
      make_plot(preview.get(), "total_intensity", "total_intensity", axes, "total intensity");
  write_scan_axes(map.get(), description);
}

void write_process(hid_t entry, OutputDescription const& description) {
  auto const process = make_group(entry, "process", "NXprocess");
  write_program(process.get(), {description.version, description.revision, description.engine,
                                description.backend});
  write_flag(process.get(), "solid_angle_applied", description.solid_angle);
  write_flag(process.get(), "polarization_applied", description.polarization);
  write_flag(process.get(), "monitor_applied", description.has_monitor);
  write_note(process.get(), "job", "application/json", description.canonical_job);
  write_note(process.get(), "poni", "text/plain", description.poni_text);
  write_inputs(process.get(), description.inputs);
  make_group(process.get(), "checksums", "NXcollection");
}

std::string status_words() {
  std::string words;
  for (auto const& [name, status] : core::words_of<core::FrameStatus>)
    words += fmt::format("{}{}: {}", words.empty() ? "" : ", ", static_cast<int>(status), name);
  return words;
}

std::string long_name_of(OutputLayout const& layout, std::size_t dataset) {
  if (dataset == layout.status) return "status (" + status_words() + ")";
  if (dataset == layout.index) return "frame index (-1: none)";
  if (layout.monitor == dataset) return "monitor";
  if (dataset == layout.checksums) return "checksums of the stored bytes [block][column]";
  if (dataset == layout.other_checksums) return "checksums of {structure, previews}";
  if (dataset == layout.total_intensity) return "sum of I over all bins";
  for (auto const& reduction : layout.reductions) {
    if (dataset == reduction.intensity || dataset == reduction.mean || dataset == reduction.maximum)
      return "intensity";
    if (reduction.error == dataset) return "standard error of the mean intensity";
    if (reduction.deviation == dataset) return "standard deviation of the pixels of a bin";
    if (dataset == reduction.count) return "number of pixels (fractional where pixels are split)";
  }
  return "number of pixels";
}

void write_causes_of_masks(hid_t file, OutputDescription const& description) {
  if (description.masked_by.empty()) return;
  for (auto const& reduction : description.reductions) {
    std::string const path = "/entry/frames/" + reduction.name + "/masked";
    WrittenDataset const dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
    write_causes(dataset.get(), description.masked_by);
  }
}

}  // namespace

std::vector<std::uint64_t> write_skeleton(std::filesystem::path const& file,
                                          OutputDescription const& description,
                                          OutputLayout const& layout) {
  silence_hdf5();
  auto output = create_output(file);
  {
    auto const entry = make_group(output.get(), "entry", "NXentry");
    write_attribute(entry.get(), "default", description.reductions.front().name);
    std::vector<std::string> names;
    for (auto const& reduction : description.reductions) names.push_back(reduction.name);
    write_attribute(entry.get(), "reductions", names);
    write_dataset(entry.get(), "title", description.title);
    write_pattern_groups(entry.get(), description);
    write_frame_groups(entry.get(), description);
    write_preview_groups(entry.get(), description);
    write_process(entry.get(), description);
  }
  std::vector<std::uint64_t> addresses;
  for (std::size_t i = 0; i < layout.datasets.size(); ++i)
    addresses.push_back(
        make_output_dataset(output.get(), layout.datasets[i], long_name_of(layout, i)));
  for (std::size_t r = 0; r < layout.reductions.size(); ++r) {
    bool const is_cake = description.reductions[r].kind == core::PatternKind::cake;
    mark_interpretation(output.get(), layout.datasets[layout.reductions[r].intensity].path,
                        is_cake ? "image" : "spectrum");
  }
  mark_interpretation(output.get(), layout.datasets[layout.total_intensity].path, "image");
  write_causes_of_masks(output.get(), description);
  describe_checksums(output.get(), layout);
  output.close();
  fill_bytes(file, addresses.at(layout.status), layout.datasets[layout.status].stored_bytes(),
             static_cast<std::byte>(core::FrameStatus::pending));
  return addresses;
}

}  // namespace xrdct::io
