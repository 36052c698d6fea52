// Makes files, groups, axes and datasets as all outputs have them.
#include "io/output/skeleton_parts.hpp"

#include <fcntl.h>

#include <algorithm>
#include <span>

#include "core/words/names.hpp"
#include "io/files/durable_file.hpp"
#include "io/nexus/nexus.hpp"
#include "io/stored/dataset_address.hpp"

namespace xrdct::io {
namespace {

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

std::string labelled(std::string const& name, std::string const& unit) {
  return unit.empty() ? name : name + " [" + unit + "]";
}

void write_radial_axis(hid_t group, ReductionDescription const& reduction) {
  auto const dataset =
      write_dataset(group, "radial_axis", std::span<double const>(reduction.radial_axis));
  if (!reduction.symbol.empty()) write_attribute(dataset.get(), "units", reduction.symbol);
  write_attribute(dataset.get(), "long_name", labelled(reduction.label, reduction.symbol));
  write_attribute(dataset.get(), "unit_name", reduction.unit_name);
}

}  // namespace

WrittenFile create_output(std::filesystem::path const& file) {
  Hdf5Properties const access = unlocked_file_access();
  hdf5_checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110),
               "choose the file format");
  hdf5_checked(H5Pset_alignment(access.get(), output_alignment, output_alignment),
               "align datasets");
  WrittenFile output(file, access.get());
  write_attribute(output.get(), "NX_class", std::string("NXroot"));
  write_attribute(output.get(), "default", std::string("entry"));
  return output;
}

std::uint64_t make_output_dataset(hid_t file, OutputDataset const& wanted,
                                  std::string const& long_name) {
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

void write_axis(hid_t group, AxisDescription const& axis) {
  auto const dataset = write_dataset(group, axis.name, std::span<double const>(axis.positions));
  if (!axis.unit.empty()) write_attribute(dataset.get(), "units", axis.unit);
  write_attribute(dataset.get(), "long_name",
                  axis.label.empty() ? labelled(axis.name, axis.unit) : axis.label);
}

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

void write_bin_axes(hid_t group, ReductionDescription const& reduction) {
  if (reduction.kind != core::PatternKind::azimuthal) write_radial_axis(group, reduction);
  if (reduction.kind == core::PatternKind::radial) return;
  auto const dataset =
      write_dataset(group, "azimuthal_axis", std::span<double const>(reduction.azimuthal_axis));
  write_attribute(dataset.get(), "units", std::string("deg"));
  write_attribute(dataset.get(), "long_name", labelled("chi", "deg"));
}

void write_range(hid_t group, std::string const& name, std::pair<double, double> const& range) {
  write_attribute(group, name, std::vector<double>{range.first, range.second});
}

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

void mark_interpretation(hid_t file, std::string const& path, std::string const& interpretation) {
  WrittenDataset const dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
  write_attribute(dataset.get(), "interpretation", interpretation);
}

void describe_checksums(hid_t file, BlockedLayout const& layout) {
  std::vector<std::string> columns;
  for (auto const& column : layout.columns_of_blocks) columns.push_back(column.name);
  std::string const path = layout.datasets[layout.checksums].path;
  WrittenDataset const blocks(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
  write_attribute(blocks.get(), "algorithm",
                  std::string("XXH3_64bits, seed = block * columns + column"));
  write_attribute(blocks.get(), "columns", columns);
}

void fill_bytes(std::filesystem::path const& file, std::uint64_t address, std::size_t bytes,
                std::byte value) {
  constexpr std::size_t most = std::size_t{1} << 20;
  std::vector<std::byte> const piece(std::min(bytes, most), value);
  FileDescriptor descriptor(file, O_RDWR);
  for (std::size_t done = 0; done < bytes; done += piece.size())
    write_at(descriptor, file, std::span(piece).first(std::min(piece.size(), bytes - done)),
             address + done);
  descriptor.close(file);
}

}  // namespace xrdct::io
