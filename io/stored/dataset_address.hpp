#pragma once
#include <hdf5.h>

#include <cstdint>
#include <optional>

#include "io/nexus/blocked_layout.hpp"

/// Where the values of a dataset lie in its file; for the sources of io/ alone.
namespace xrdct::io {

/// The address of its first byte; nothing: its values are not stored as the layout has them, which
/// is of that type, uncompressed, in chunks of that shape that follow one another.
std::optional<std::uint64_t> address_if_as_written(hid_t dataset, OutputDataset const& wanted);

/// \throws core::IoError they are not
std::uint64_t address_of(hid_t dataset, OutputDataset const& wanted);

}  // namespace xrdct::io
