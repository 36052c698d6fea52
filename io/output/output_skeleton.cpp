// Makes an output file with all that it will hold but the patterns.
#include "io/output/output_skeleton.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <hdf5.h>

#include <algorithm>
#include <span>

#include "core/words/errors.hpp"
#include "core/words/words.hpp"
#include "io/files/durable_file.hpp"
#include "io/nexus/nexus.hpp"
#include "io/nexus/process_group.hpp"
#include "io/stored/dataset_address.hpp"

namespace xrdct::io {
namespace {

WrittenFile create_file(std::filesystem::path const& file) {
  Hdf5Properties const access = unlocked_file_access();
  hdf5_checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110),
               "choose the file format");
  hdf5_checked(H5Pset_alignment(access.get(), output_alignment, output_alignment),
               "align datasets");
  return {file, access.get()};
}

hid_t hdf5_type(StoredType type) {
  switch (type) {
    case StoredType::u1:
      return H5T_STD_U8LE;
    case StoredType::i8:
      return H5T_STD_I64LE;
    case StoredType::u8:
      return H5T_STD_U64LE;
    case StoredType::f4:
      return H5T_IEEE_F32LE;
    case StoredType::f8:
      return H5T_IEEE_F64LE;
  }
  return H5I_INVALID_HID;
}

// \returns the address of the dataset's first byte
std::uint64_t make_dataset(hid_t file, OutputDataset const& wanted, std::string const& long_name) {
  std::vector<hsize_t> const extent(wanted.extent.begin(), wanted.extent.end());
  std::vector<hsize_t> const chunk(wanted.chunk.begin(), wanted.chunk.end());
  Hdf5Space const space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                        "make the shape of " + wanted.path);
  auto const creation = timeless_datasets();
  hdf5_checked(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY), "allocate " + wanted.path);
  hdf5_checked(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), "allocate " + wanted.path);
  if (!chunk.empty())
    hdf5_checked(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()),
                 "set the chunks of " + wanted.path);
  std::string const action = "create " + wanted.path + " in " + file_of(file);
  WrittenDataset const dataset(H5Dcreate2(file, wanted.path.c_str(), hdf5_type(wanted.type),
                                          space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                               action);
  if (!long_name.empty()) write_attribute(dataset.get(), "long_name", long_name);
  return address_of(dataset.get(), wanted);
}

std::string labelled(std::string const& name, std::string const& unit) {
  return unit.empty() ? name : name + " [" + unit + "]";
}

void write_axis(hid_t group, AxisDescription const& axis) {
  auto const dataset = write_dataset(group, axis.name, std::span<double const>(axis.positions));
  if (!axis.unit.empty()) write_attribute(dataset.get(), "units", axis.unit);
  write_attribute(dataset.get(), "long_name",
                  axis.label.empty() ? labelled(axis.name, axis.unit) : axis.label);
}

void write_radial_axis(hid_t group, ReductionDescription const& reduction) {
  auto const dataset =
      write_dataset(group, "radial_axis", std::span<double const>(reduction.radial_axis));
  if (!reduction.symbol.empty()) write_attribute(dataset.get(), "units", reduction.symbol);
  write_attribute(dataset.get(), "long_name", labelled(reduction.label, reduction.symbol));
  write_attribute(dataset.get(), "unit_name", reduction.unit_name);
}

// The axes of a pattern, by which its bins are named.
std::vector<std::string> bin_axes(core::PatternKind kind) {
  switch (kind) {
    case core::PatternKind::radial:
      return {"radial_axis"};
    case core::PatternKind::azimuthal:
      return {"azimuthal_axis"};
    case core::PatternKind::cake:
      return {"azimuthal_axis", "radial_axis"};
  }
  return {};
}

void write_range(hid_t group, std::string const& name, std::pair<double, double> const& range) {
  write_attribute(group, name, std::vector<double>{range.first, range.second});
}

// How the reduction was made: the file explains itself without its job.
void write_making(hid_t group, ReductionDescription const& reduction) {
  auto const& making = reduction.making;
  write_attribute(group, "pattern", std::string(core::name_of(reduction.kind)));
  write_attribute(group, "radial_unit", reduction.unit_name);
  write_attribute(group, "method", std::string(core::name_of(making.method)));
  write_attribute(group, "error_model", std::string(core::name_of(making.error_model)));
  write_attribute(group, "splitting", std::string(core::name_of(making.splitting)));
  if (making.method == core::Method::sigma_clip) {
    write_attribute(group, "threshold", making.clip.threshold);
    write_attribute(group, "cycles", static_cast<std::int64_t>(making.clip.cycles));
  }
  if (making.method == core::Method::quantile_mean)
    write_range(group, "quantiles", {making.quantiles.lower, making.quantiles.upper});
  if (making.radial_range) write_range(group, "radial_range", *making.radial_range);
  if (making.azimuth_range_deg) write_range(group, "azimuth_range_deg", *making.azimuth_range_deg);
  if (making.empty) write_attribute(group, "empty", *making.empty);
  write_attribute(group, "lost", making.lost);
}

void write_bin_axes(hid_t group, ReductionDescription const& reduction) {
  if (reduction.kind != core::PatternKind::azimuthal) write_radial_axis(group, reduction);
  if (reduction.kind == core::PatternKind::radial) return;
  auto const dataset =
      write_dataset(group, "azimuthal_axis", std::span<double const>(reduction.azimuthal_axis));
  write_attribute(dataset.get(), "units", std::string("deg"));
  write_attribute(dataset.get(), "long_name", labelled("chi", "deg"));
}

// Makes an NXdata group with the attributes that tell a viewer what to draw over what.
WrittenGroup make_plot(hid_t parent, std::string const& name, std::string const& signal,
                       std::vector<std::string> const& axes, std::string const& title) {
  auto group = make_group(parent, name, "NXdata");
  write_attribute(group.get(), "signal", signal);
  write_attribute(group.get(), "axes", axes);
  for (std::size_t i = 0; i < axes.size(); ++i)
    write_attribute(group.get(), axes[i] + "_indices", static_cast<std::int64_t>(i));
  write_dataset(group.get(), "title", title);
  return group;
}

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

// What is needed to form them again, beside docs/file-format.md.
void describe_checksums(hid_t file, OutputLayout const& layout) {
  std::vector<std::string> columns;
  for (std::size_t const dataset : layout.block_columns())
    columns.push_back(layout.datasets[dataset].path);
  std::string const path = layout.datasets[layout.checksums].path;
  WrittenDataset const blocks(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
  write_attribute(blocks.get(), "algorithm",
                  std::string("XXH3_64bits, seed = block * columns + column"));
  write_attribute(blocks.get(), "columns", columns);
}

// Only with positions a place can have several frames.
std::string status_words(bool several) {
  std::string words;
  for (auto const& [name, status] : core::words_of<core::FrameStatus>)
    if (several || status != core::FrameStatus::partial)
      words += fmt::format("{}{}: {}", words.empty() ? "" : ", ", static_cast<int>(status), name);
  return words;
}

std::string long_name_of(OutputLayout const& layout, std::size_t dataset) {
  if (dataset == layout.status) return "status (" + status_words(layout.number.has_value()) + ")";
  if (dataset == layout.index) return "frame index (-1: none)";
  if (layout.monitor == dataset) return "monitor";
  if (layout.number == dataset) return "number of frames";
  if (dataset == layout.checksums) return "checksums of the stored bytes [block][column]";
  if (dataset == layout.other_checksums) return "checksums of {structure, previews}";
  if (dataset == layout.total_intensity) return "sum of I over all bins";
  auto const& positions = layout.positions;
  if (std::find(positions.begin(), positions.end(), dataset) != positions.end()) return {};
  for (auto const& reduction : layout.reductions) {
    if (dataset == reduction.intensity || dataset == reduction.mean || dataset == reduction.maximum)
      return "intensity";
    if (reduction.error == dataset) return "standard error of the mean intensity";
    if (reduction.deviation == dataset) return "standard deviation of the pixels of a bin";
    if (dataset == reduction.count) return "number of pixels (fractional where pixels are split)";
  }
  return "number of pixels";
}

// As the axes have them; what is measured of each place.
void describe_positions(hid_t file, OutputDescription const& description,
                        OutputLayout const& layout) {
  auto dataset_of = layout.positions.begin();
  for (auto const* axis : {&description.height, &description.slow, &description.fast}) {
    if (!axis->measured) continue;
    std::string const path = layout.datasets[*dataset_of++].path;
    WrittenDataset const dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
    if (!axis->unit.empty()) write_attribute(dataset.get(), "units", axis->unit);
    write_attribute(dataset.get(), "long_name", labelled(axis->name, axis->unit));
  }
}

void mark_interpretation(hid_t file, std::string const& path, std::string const& interpretation) {
  WrittenDataset const dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
  write_attribute(dataset.get(), "interpretation", interpretation);
}

void write_causes_of_masks(hid_t file, OutputDescription const& description) {
  if (description.masked_by.empty()) return;
  for (auto const& reduction : description.reductions) {
    std::string const path = "/entry/frames/" + reduction.name + "/masked";
    WrittenDataset const dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
    write_causes(dataset.get(), description.masked_by);
  }
}

// So that nobody takes a place for a good one whose block is not written: its bytes are zero, as
// the status of good frames is. A piece at a time: the largest scans have 10⁸ places.
void fill_status(std::filesystem::path const& file, std::uint64_t address, std::size_t places) {
  constexpr std::size_t most = std::size_t{1} << 20;
  std::vector<std::byte> const piece(std::min(places, most),
                                     static_cast<std::byte>(core::FrameStatus::pending));
  FileDescriptor descriptor(file, O_RDWR);
  for (std::size_t done = 0; done < places; done += piece.size())
    write_at(descriptor, file, std::span(piece).first(std::min(piece.size(), places - done)),
             address + done);
  descriptor.close(file);
}

}  // namespace

std::vector<std::uint64_t> write_skeleton(std::filesystem::path const& file,
                                          OutputDescription const& description,
                                          OutputLayout const& layout) {
  silence_hdf5();
  auto output = create_file(file);
  write_attribute(output.get(), "NX_class", std::string("NXroot"));
  write_attribute(output.get(), "default", std::string("entry"));
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
    addresses.push_back(make_dataset(output.get(), layout.datasets[i], long_name_of(layout, i)));
  for (std::size_t r = 0; r < layout.reductions.size(); ++r) {
    bool const is_cake = description.reductions[r].kind == core::PatternKind::cake;
    mark_interpretation(output.get(), layout.datasets[layout.reductions[r].intensity].path,
                        is_cake ? "image" : "spectrum");
  }
  mark_interpretation(output.get(), layout.datasets[layout.total_intensity].path, "image");
  write_causes_of_masks(output.get(), description);
  describe_positions(output.get(), description, layout);
  describe_checksums(output.get(), layout);
  output.close();
  fill_status(file, addresses.at(layout.status), layout.datasets[layout.status].stored_bytes());
  return addresses;
}

}  // namespace xrdct::io
