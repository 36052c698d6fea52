// Writes the patterns of single images to HDF5.
#include "io/output/pattern_file.hpp"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <numeric>

#include "core/words/errors.hpp"
#include "io/guard/output_guard.hpp"
#include "io/nexus/nexus.hpp"
#include "io/nexus/output_layout.hpp"
#include "io/nexus/process_group.hpp"
#include "io/output/skeleton_parts.hpp"

namespace xrdct::io {
namespace {

WrittenFile create_file(std::filesystem::path const& file) {
  auto const access = unlocked_file_access();
  hdf5_checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110),
               "choose the file format");
  return WrittenFile::named_later(file, access.get());
}

/// The sums by the names of their datasets.
struct SumField {
  char const* name;
  char const* meaning;
  std::vector<double> core::PatternSums::*values;
};
constexpr std::array<SumField, 5> sum_fields{
    {{"sum_signal", "sum of c signal", &core::PatternSums::signal},
     {"sum_variance", "sum of c^2 variance", &core::PatternSums::variance},
     {"sum_normalization", "sum of c norm", &core::PatternSums::normalization},
     {"sum_normalization2", "sum of (c norm)^2", &core::PatternSums::normalization2},
     {"count", "number of pixels (fractional where pixels are split)", &core::PatternSums::count}}};

void write_axes(hid_t group, PatternFileDescription const& description, std::size_t frames) {
  std::vector<std::int64_t> numbers(frames);
  std::iota(numbers.begin(), numbers.end(), 0);
  if (frames > 0) write_dataset(group, "frame", std::span<std::int64_t const>(numbers));
  auto const radial =
      write_dataset(group, "radial_axis", std::span<double const>(description.radial_axis));
  write_attribute(radial.get(), "units", description.symbol);
  write_attribute(radial.get(), "long_name", labelled(description.label, description.symbol));
  write_attribute(radial.get(), "unit_name", description.unit_name);
  if (description.azimuthal_axis.empty()) return;
  auto const azimuthal =
      write_dataset(group, "azimuthal_axis", std::span<double const>(description.azimuthal_axis));
  write_attribute(azimuthal.get(), "units", std::string("deg"));
  write_attribute(azimuthal.get(), "long_name", std::string("chi [deg]"));
}

void write_process(hid_t entry, PatternFileDescription const& description) {
  auto const process = make_group(entry, "process", "NXprocess");
  write_program(process.get(), {description.version, description.revision, description.engine,
                                description.backend});
  write_dataset(process.get(), "command", description.command);
  if (!description.configuration.empty())
    write_note(process.get(), "configuration", "application/json", description.configuration);
  if (!description.poni_text.empty())
    write_note(process.get(), "poni", "text/plain", description.poni_text);
  write_inputs(process.get(), description.inputs);
}

}  // namespace

struct PatternFile::State {
  std::filesystem::path file, part;
  WrittenFile output;
  std::vector<hsize_t> extent;  //!< of a pattern dataset
  bool many = false;
  std::size_t frames = 0, bins = 0;
  std::map<std::string, WrittenDataset> datasets;  //!< those that are filled frame by frame

  void add(hid_t group, std::string const& name, hid_t type, std::vector<hsize_t> const& shape,
           std::string const& long_name) {
    auto const creation = timeless_datasets();
    if (many && shape.size() > 1) {
      std::vector<hsize_t> chunk(shape);
      chunk.front() = 1;
      hdf5_checked(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()),
                   "set the chunks of " + name);
    }
    Hdf5Space const space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                          "make the shape of " + name);
    WrittenDataset dataset(H5Dcreate2(group, name.c_str(), type, space.get(), H5P_DEFAULT,
                                      creation.get(), H5P_DEFAULT),
                           "create " + name);
    write_attribute(dataset.get(), "long_name", long_name);
    datasets.emplace(name, std::move(dataset));
  }

  void make_result(hid_t entry, PatternFileDescription const& description);
  void make_frames(hid_t entry, PatternFileDescription const& description);

  /// Writes what belongs to one frame: all of the dataset where there is no axis for frames.
  void put(std::string const& name, std::size_t index, hid_t memory_type, void const* values) {
    auto const& dataset = datasets.at(name);
    Hdf5Space const space(H5Dget_space(dataset.get()), "get the shape of " + name);
    std::vector<hsize_t> count(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get()))),
        start(count.size(), 0);
    hdf5_checked(H5Sget_simple_extent_dims(space.get(), count.data(), nullptr),
                 "get the shape of " + name);
    if (many) {
      start.front() = index;
      count.front() = 1;
      hdf5_checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr,
                                       count.data(), nullptr),
                   "select a frame of " + name);
    }
    hsize_t elements = 1;
    for (auto const length : count) elements *= length;
    Hdf5Space const memory(H5Screate_simple(1, &elements, nullptr), "make a space");
    hdf5_checked(
        H5Dwrite(dataset.get(), memory_type, memory.get(), space.get(), H5P_DEFAULT, values),
        "write " + name + " to " + part.string());
  }
};

void PatternFile::State::make_result(hid_t entry, PatternFileDescription const& description) {
  bool const has_azimuth = !description.azimuthal_axis.empty(),
             has_radius = description.kind != core::PatternKind::azimuthal;
  auto const result = make_group(entry, "result", "NXdata");
  std::vector<std::string> axes;
  auto const add_axis = [&](bool present, std::string const& name, std::size_t length) {
    if (!present) return;
    axes.push_back(name);
    extent.push_back(length);
  };
  add_axis(many, "frame", frames);
  add_axis(has_azimuth, "azimuthal_axis", description.azimuthal_axis.size());
  add_axis(has_radius, "radial_axis", description.radial_axis.size());
  write_attribute(result.get(), "signal", std::string("I"));
  write_attribute(result.get(), "lost", description.lost);
  write_attribute(result.get(), "axes", axes);
  for (std::size_t i = 0; i < axes.size(); ++i)
    write_attribute(result.get(), axes[i] + "_indices", static_cast<std::int64_t>(i));
  write_dataset(result.get(), "title", description.title);
  write_axes(result.get(), description, many ? frames : 0);
  add(result.get(), "I", H5T_IEEE_F32LE, extent, "intensity");
  write_attribute(datasets.at("I").get(), "interpretation",
                  std::string(has_azimuth && has_radius ? "image" : "spectrum"));
  if (description.errors)
    add(result.get(), "I_errors", H5T_IEEE_F32LE, extent, "standard error of the intensity");
  if (description.deviation)
    add(result.get(), "std", H5T_IEEE_F32LE, extent, "standard deviation of the pixels of a bin");
  for (auto const& field : sum_fields)
    add(result.get(), field.name, H5T_IEEE_F64LE, extent, field.meaning);
  add(result.get(), "pixels", H5T_STD_I32LE, extent, "number of pixels that contributed");
}

void PatternFile::State::make_frames(hid_t entry, PatternFileDescription const& description) {
  auto const group = make_group(entry, "frames", "NXcollection");
  write_dataset(group.get(), "name", description.frames);
  std::vector<hsize_t> const per_frame{frames};
  add(group.get(), "status", H5T_STD_U8LE, per_frame,
      "0: good, 1: missing, 2: unreadable, 3: corrupt, 4: monitor too low");
  add(group.get(), "monitor", H5T_IEEE_F64LE, per_frame,
      "factor of the normalization that is not in the sums");
  for (auto const& field : tally_fields)
    add(group.get(), field.name, H5T_STD_I64LE, per_frame, "number of pixels");
  write_causes(datasets.at("masked").get(), description.masked_by);
}

PatternFile::PatternFile(std::filesystem::path const& file,
                         PatternFileDescription const& description)
    : state_(std::make_unique<State>()) {
  auto& s = *state_;
  s.file = file;
  s.part = file.string() + ".part";
  s.frames = description.frames.size();
  s.many = s.frames > 1;
  s.bins =
      description.radial_axis.size() * std::max<std::size_t>(description.azimuthal_axis.size(), 1);
  begin_part(s.file, OutputRole::patterns);
  s.output = create_file(s.part);
  write_attribute(s.output.get(), "NX_class", std::string("NXroot"));
  write_attribute(s.output.get(), "default", std::string("entry"));
  auto const entry = make_group(s.output.get(), "entry", "NXentry");
  write_attribute(entry.get(), "default", std::string("result"));
  write_dataset(entry.get(), "title", description.title);
  s.make_result(entry.get(), description);
  s.make_frames(entry.get(), description);
  write_process(entry.get(), description);
  s.output.take_name();  // who wrote it is known also where the run is killed
}

PatternFile::~PatternFile() = default;

void PatternFile::write(std::size_t index, PatternFrame const& frame) {
  auto& s = *state_;
  XRDCT_ASSERT(index < s.frames);
  bool const good = frame.sums != nullptr;
  XRDCT_ASSERT(!good || frame.sums->bins == s.bins);
  std::vector<float> const nothing(s.bins, std::numeric_limits<float>::quiet_NaN());
  auto const put_floats = [&](std::string const& name, std::span<float const> values) {
    if (!s.datasets.contains(name)) return;
    XRDCT_ASSERT(!good || values.size() == s.bins);
    s.put(name, index, H5T_NATIVE_FLOAT, good ? values.data() : nothing.data());
  };
  put_floats("I", frame.intensity);
  put_floats("I_errors", frame.error);
  put_floats("std", frame.deviation);
  std::vector<double> const zeros(s.bins, 0.0);
  for (auto const& field : sum_fields) {
    s.put(field.name, index, H5T_NATIVE_DOUBLE,
          good ? (frame.sums->*field.values).data() + frame.frame * s.bins : zeros.data());
  }
  std::vector<std::int32_t> const none(s.bins, 0);
  s.put("pixels", index, H5T_NATIVE_INT32,
        good ? frame.sums->pixels.data() + frame.frame * s.bins : none.data());
  auto const status = static_cast<std::uint8_t>(frame.status);
  s.put("status", index, H5T_NATIVE_UINT8, &status);
  s.put("monitor", index, H5T_NATIVE_DOUBLE, &frame.monitor);
  for (auto const& field : tally_fields) {
    std::int64_t const value = frame.tally.*field.value;
    s.put(field.name, index, H5T_NATIVE_INT64, &value);
  }
}

void PatternFile::close() {
  auto& s = *state_;
  for (auto& [name, dataset] : s.datasets)
    dataset.close("write " + name + " to " + s.part.string());
  s.output.close();
  finish_part(s.file, OutputRole::patterns, false);
}

}  // namespace xrdct::io
