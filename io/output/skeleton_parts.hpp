#pragma once
#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "io/hdf5/written_hdf5.hpp"
#include "io/nexus/blocked_layout.hpp"
#include "io/nexus/output_description.hpp"

/// What the skeletons of all outputs are made of. For the sources of io/ alone.
namespace xrdct::io {

/// A file of format V110 whose large datasets are aligned, with the attributes of its root.
WrittenFile create_output(std::filesystem::path const& file);

/// A dataset whose space is taken and not filled. \returns the address of its first byte
std::uint64_t make_output_dataset(hid_t file, OutputDataset const& wanted,
                                  std::string const& long_name);

/// An NXdata group with the attributes that tell a viewer what to draw over what.
WrittenGroup make_plot(hid_t parent, std::string const& name, std::string const& signal,
                       std::vector<std::string> const& axes, std::string const& title);

void write_axis(hid_t group, AxisDescription const& axis);
/// The axes of a pattern, by which its bins are named.
std::vector<std::string> bin_axes(core::PatternKind kind);
void write_bin_axes(hid_t group, ReductionDescription const& reduction);
void write_range(hid_t group, std::string const& name, std::pair<double, double> const& range);
/// How the reduction was made: the file explains itself without its job.
void write_making(hid_t group, ReductionDescription const& reduction);

void mark_interpretation(hid_t file, std::string const& path, std::string const& interpretation);
/// What is needed to form checksums again, beside docs/file-format.md.
void describe_checksums(hid_t file, BlockedLayout const& layout);

/// Gives all bytes of a region one value: that of what is pending, so that nobody takes it for good
/// while its block is not written. A piece at a time: the largest scans have 10⁸ places.
void fill_bytes(std::filesystem::path const& file, std::uint64_t address, std::size_t bytes,
                std::byte value);

}  // namespace xrdct::io
