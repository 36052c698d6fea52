// Writes what is true of a simulated scan beside its frames.
#include "io/simulated/truth_writer.hpp"

#include <algorithm>

#include "core/words/errors.hpp"
#include "io/guard/file_origin.hpp"
#include "io/guard/output_guard.hpp"
#include "io/nexus/nexus.hpp"

namespace xrdct::io {
namespace {

using Shape = std::vector<hsize_t>;

hid_t type_of(float) { return H5T_IEEE_F32LE; }
hid_t type_of(double) { return H5T_IEEE_F64LE; }
hid_t type_of(std::uint8_t) { return H5T_STD_U8LE; }
hid_t type_of(std::int32_t) { return H5T_STD_I32LE; }
hid_t type_of(std::int64_t) { return H5T_STD_I64LE; }

// A contiguous dataset that is written in consecutive pieces.
template <class T>
class ArrayWriter {
 public:
  ArrayWriter(hid_t parent, std::string const& name, Shape const& shape)
      : name_(name),
        space_(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
               "make the shape of " + name),
        dataset_(H5Dcreate2(parent, name.c_str(), type_of(T{}), space_.get(), H5P_DEFAULT,
                            timeless_datasets().get(), H5P_DEFAULT),
                 "create dataset " + name),
        shape_(shape) {}

  // Writes slice `index` of the first `axes` dimensions; `values` are the rest.
  void put(Shape const& index, std::span<T const> values) {
    Shape start = index, count(index.size(), 1);
    for (std::size_t k = index.size(); k < shape_.size(); ++k) {
      start.push_back(0);
      count.push_back(shape_[k]);
    }
    hsize_t const length = values.size();
    Hdf5Space const memory(H5Screate_simple(1, &length, nullptr), "make the shape of a piece");
    hdf5_checked(H5Sselect_hyperslab(space_.get(), H5S_SELECT_SET, start.data(), nullptr,
                                     count.data(), nullptr),
                 "select a piece of " + name_);
    std::string const action = "write dataset " + name_ + " to " + file_of(dataset_.get());
    hdf5_checked(H5Dwrite(dataset_.get(), type_of(T{}), memory.get(), space_.get(), H5P_DEFAULT,
                          values.data()),
                 action);
  }
  hid_t get() const { return dataset_.get(); }

 private:
  std::string name_;
  Hdf5Space space_;
  WrittenDataset dataset_;
  Shape shape_;
};

template <class T>
ArrayWriter<T> write_array(hid_t parent, std::string const& name, Shape const& shape,
                           std::span<T const> values) {
  ArrayWriter<T> writer(parent, name, shape);
  writer.put({}, values);
  return writer;
}

void write_axis(hid_t group, std::string const& name, std::vector<double> const& values,
                std::string const& unit) {
  write_attribute(write_dataset(group, name, std::span<double const>(values)).get(), "units", unit);
}

void write_axes(hid_t group, TruthDescription const& t, std::vector<std::string> more) {
  std::vector<std::string> names{t.height.name, t.slow.name, t.fast.name};
  names.insert(names.end(), more.begin(), more.end());
  write_attribute(group, "axes", names);
  for (auto const& axis : {t.height, t.slow, t.fast})
    write_axis(group, axis.name, axis.positions, axis.unit);
}

std::vector<double> cell_centers(std::size_t n, double step) {
  std::vector<double> centers;
  for (std::size_t i = 0; i < n; ++i)
    centers.push_back((static_cast<double>(i) - 0.5 * static_cast<double>(n - 1)) * step);
  return centers;
}

void write_phase_maps(hid_t entry, TruthDescription const& t) {
  auto const group = make_group(entry, "phase_maps", "NXdata");
  write_attribute(group.get(), "signal", t.components.at(0));
  write_attribute(group.get(), "axes", std::vector<std::string>{"height", "y", "x"});
  write_attribute(
      group.get(), "auxiliary_signals",
      std::vector<std::string>(t.components.begin() + 1,
                               t.components.begin() + static_cast<std::ptrdiff_t>(t.phases)));
  hsize_t const n = t.map_cells;
  write_axis(group.get(), "height", t.height.positions, "mm");
  write_axis(group.get(), "y", cell_centers(n, t.map_step_mm), "mm");
  write_axis(group.get(), "x", cell_centers(n, t.map_step_mm), "mm");
  for (std::size_t phase = 0; phase < t.phases; ++phase) {
    ArrayWriter<float> maps(group.get(), t.components[phase], {t.scan.height, n, n});
    for (std::size_t height = 0; height < t.scan.height; ++height)
      maps.put({height}, t.phase_map(phase, height));
  }
}

void write_sinograms(hid_t entry, TruthDescription const& t) {
  auto const group = make_group(entry, "sinograms", "NXdata");
  write_attribute(group.get(), "signal", t.components.at(0));
  write_axes(group.get(), t, {});
  std::vector<double> values(t.scan.places());
  for (std::size_t c = 0; c < t.components.size(); ++c) {
    for (std::size_t place = 0; place < values.size(); ++place)
      values[place] = t.weights[place * t.components.size() + c];
    auto const written = write_array<double>(group.get(), t.components[c],
                                             {t.scan.height, t.scan.slow, t.scan.fast}, values);
    write_attribute(written.get(), "units", c < t.phases ? "mm" : "");
  }
}

void write_expected(hid_t entry, TruthDescription const& t) {
  auto const group = make_group(entry, "expected", "NXdata");
  write_attribute(group.get(), "signal", "I");
  write_axes(group.get(), t, {"radial_axis"});
  write_axis(group.get(), "radial_axis", t.radial_axis, "nm^-1");
  std::size_t const bins = t.radial_axis.size(), line = t.scan.fast * bins;
  write_array<double>(group.get(), "pattern_of_component", {t.components.size(), bins}, t.pattern);
  write_array<double>(group.get(), "normalization", {bins}, t.bin_norm);
  ArrayWriter<float> expected(group.get(), "I", {t.scan.height, t.scan.slow, t.scan.fast, bins});
  std::vector<float> values(line);
  for (std::size_t place = 0; place < t.scan.places(); place += t.scan.fast) {
    for (std::size_t fast = 0; fast < t.scan.fast; ++fast)
      t.expected(place + fast, std::span(values).subspan(fast * bins, bins));
    expected.put({place / (t.scan.fast * t.scan.slow), place / t.scan.fast % t.scan.slow}, values);
  }
}

void write_detector(hid_t entry, TruthDescription const& t) {
  auto const group = make_group(entry, "detector", "NXcollection");
  Shape const shape{t.frame.rows, t.frame.columns};
  write_attribute(write_array<double>(group.get(), "two_theta", shape, t.two_theta_rad).get(),
                  "units", "rad");
  write_array<double>(group.get(), "normalization", shape, t.norm);
  write_array<std::uint8_t>(group.get(), "gaps", shape, t.gaps);
  write_array<std::uint8_t>(group.get(), "hot_pixels", shape, t.hot);
  ArrayWriter<float> images(group.get(), "image_of_component",
                            {t.components.size(), t.frame.rows, t.frame.columns});
  for (std::size_t c = 0; c < t.components.size(); ++c) images.put({c}, t.image(c));
}

void write_frames(hid_t entry, TruthDescription const& t) {
  auto const group = make_group(entry, "frames", "NXcollection");
  write_array<std::int64_t>(group.get(), "index", {t.scan.height, t.scan.slow, t.scan.fast},
                            t.frame_index);
  write_dataset(group.get(), "monitor", std::span<double const>(t.monitor));
  write_array<std::int64_t>(group.get(), "place", {t.place.size()}, t.place);
  for (auto const& motor : t.motors)
    write_axis(group.get(), motor.name, motor.positions, motor.unit);
  if (t.spots == 0) return;
  ArrayWriter<std::int32_t> spots(group.get(), "spots", {t.monitor.size(), t.spots, 2});
  for (std::size_t frame = 0; frame < t.monitor.size(); ++frame) {
    std::vector<std::int32_t> places(2 * t.spots, -1);
    auto const pixels = t.spots_of_frame(static_cast<std::int64_t>(frame));
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      places[2 * i] = static_cast<std::int32_t>(pixels[i] / t.frame.columns);
      places[2 * i + 1] = static_cast<std::int32_t>(pixels[i] % t.frame.columns);
    }
    spots.put({frame}, places);
  }
}

}  // namespace

void write_truth(std::filesystem::path const& file, TruthDescription const& truth) {
  auto const part = std::filesystem::path(file) += ".part";
  begin_part(file, OutputRole::scan);
  auto h5 = WrittenFile::named_later(part, H5P_DEFAULT);
  sign_simulation(h5.get());
  h5.take_name();
  write_attribute(h5.get(), "default", "entry");
  {
    auto const entry = make_group(h5.get(), "entry", "NXentry");
    write_attribute(entry.get(), "default", "phase_maps");
    write_dataset(entry.get(), "parameters", truth.parameters);
    write_dataset(entry.get(), "calibration", truth.calibration);
    write_dataset(entry.get(), "job", truth.job);
    if (!truth.table.empty()) write_dataset(entry.get(), "table", truth.table);
    write_dataset(entry.get(), "components", truth.components);
    write_phase_maps(entry.get(), truth);
    write_sinograms(entry.get(), truth);
    write_expected(entry.get(), truth);
    write_detector(entry.get(), truth);
    write_frames(entry.get(), truth);
  }
  h5.close();
  finish_part(file, OutputRole::scan, true);
}

std::vector<std::string> texts_of_truth(std::filesystem::path const& file) {
  std::vector<std::string> texts;
  if (origin_of(file) != FileOrigin::simulation) return texts;
  try {
    auto const open = open_hdf5_for_reading(file);
    for (auto const* name : {"/entry/calibration", "/entry/job", "/entry/table"})
      texts.push_back(read_text(open.get(), name));  // most have no table, which comes last
  } catch (core::IoError const&) {
    return texts;  // one whose run was killed
  }
  return texts;
}

}  // namespace xrdct::io
