#pragma once
#include <hdf5.h>

#include <cstdint>

#include "io/nexus/output_layout.hpp"

/// Where the values of a dataset lie in its file; for the sources of io/ alone.
namespace xrdct::io {

/// The address of its first byte. \throws core::IoError its values are not stored as the layout has
/// them: uncompressed, with chunks that follow one another
std::uint64_t address_of(hid_t dataset, OutputDataset const& wanted);

}  // namespace xrdct::io
