#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/hdf5/written_hdf5.hpp"

/// The few forms in which NeXus keeps things, on HDF5; for the sources of io/ alone.
namespace xrdct::io {

/// Creation properties without times: equal content gives equal bytes.
Hdf5Properties timeless_groups();
Hdf5Properties timeless_datasets();

/// A new group with its `NX_class`.
WrittenGroup make_group(hid_t parent, std::string const& name, std::string const& nexus_class);

/// Attributes; strings have a fixed length (others live in the global heap) and are UTF-8.
void write_attribute(hid_t object, std::string const& name, std::string const& text);
void write_attribute(hid_t object, std::string const& name, std::vector<std::string> const& texts);
void write_attribute(hid_t object, std::string const& name, std::int64_t value);
void write_attribute(hid_t object, std::string const& name, double value);
void write_attribute(hid_t object, std::string const& name, std::vector<double> const& values);
/// Attributes `by_<cause>` of the numbers of masked pixels: how many of them are masked for which
/// cause.
void write_causes(hid_t dataset, std::vector<std::pair<std::string, std::int64_t>> const& causes);

/// The name under which `xrdct simulate` signs its HDF5 files: the attribute `creator` of their
/// root.
inline constexpr char const* simulation_creator = "xrdct simulate";

/// Signs a simulated file as its first act, on the disk at once: it is known for one also where the
/// run is killed.
void sign_simulation(hid_t file);

/// Small datasets, contiguous, written at once.
WrittenDataset write_dataset(hid_t parent, std::string const& name, std::string const& text);
WrittenDataset write_dataset(hid_t parent, std::string const& name,
                             std::vector<std::string> const& texts);
WrittenDataset write_dataset(hid_t parent, std::string const& name, std::span<double const> values);
WrittenDataset write_dataset(hid_t parent, std::string const& name,
                             std::span<std::int64_t const> values);
WrittenDataset write_flag(hid_t parent, std::string const& name, bool value);

/// Reads back what the functions above write.
/// \throws core::IoError no such attribute, or not a string.
std::vector<std::string> read_attribute(hid_t object, std::string const& name);
bool has_attribute(hid_t object, std::string const& name);
/// A dataset of texts. \throws core::IoError no such dataset, or not strings.
std::vector<std::string> read_texts(hid_t parent, std::string const& name);
/// A dataset of one text. \throws core::IoError no such dataset, or not a string.
std::string read_text(hid_t parent, std::string const& name);

}  // namespace xrdct::io
