#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5_handle.hpp"

/// The few forms in which NeXus keeps things, on HDF5; for the sources of io/ alone.
namespace xrdct::io {

/// Creation properties without times: equal content gives equal bytes.
Hdf5Properties timeless_groups();
Hdf5Properties timeless_datasets();

/// A new group with its `NX_class`.
Hdf5Group make_group(hid_t parent, std::string const& name, std::string const& nexus_class);

/// Attributes; strings have a fixed length (others live in the global heap) and are UTF-8.
void write_attribute(hid_t object, std::string const& name, std::string const& text);
void write_attribute(hid_t object, std::string const& name, std::vector<std::string> const& texts);
void write_attribute(hid_t object, std::string const& name, std::int64_t value);
void write_attribute(hid_t object, std::string const& name, double value);
void write_attribute(hid_t object, std::string const& name, std::vector<double> const& values);

/// Signs a simulated file as its first act, on the disk at once: it is known for one also where the run is killed.
void sign_simulation(hid_t file);

/// Small datasets, contiguous, written at once.
Hdf5Dataset write_dataset(hid_t parent, std::string const& name, std::string const& text);
Hdf5Dataset write_dataset(hid_t parent, std::string const& name, std::vector<std::string> const& texts);
Hdf5Dataset write_dataset(hid_t parent, std::string const& name, std::span<double const> values);
Hdf5Dataset write_dataset(hid_t parent, std::string const& name, std::span<std::int64_t const> values);
Hdf5Dataset write_flag(hid_t parent, std::string const& name, bool value);

/// Reads back what the functions above write. \throws core::IoError no such attribute, or not a string.
std::vector<std::string> read_attribute(hid_t object, std::string const& name);
bool has_attribute(hid_t object, std::string const& name);

}  // namespace xrdct::io
