#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/files/durable_file.hpp"
#include "io/stored/output_regions.hpp"

/// Reads an output back, and compares its bytes with their checksums.
namespace xrdct::io {

/// The checksum of all bytes that are neither values nor checksums. Memory: 1 MiB.
std::uint64_t structure_checksum(FileDescriptor const& descriptor,
                                 std::filesystem::path const& file, OutputRegions const& regions);

/// The checksum of the previews as they lie in the file.
std::uint64_t previews_checksum(FileDescriptor const& descriptor, std::filesystem::path const& file,
                                OutputRegions const& regions);

/// One block of one dataset whose bytes are not those that were written.
struct DamagedBlock {
  std::size_t block = 0;
  std::size_t column = 0;
};

/*!
 * The blocks [first, last) of all columns that differ from their checksums.
 *
 * What is in memory is forgotten before, so that the bytes of the disk are looked at. Memory: 1 MiB
 * and one row. \throws core::IoError they cannot be read
 */
std::vector<DamagedBlock> damaged_blocks(FileDescriptor const& descriptor,
                                         std::filesystem::path const& file,
                                         OutputRegions const& regions, std::size_t first,
                                         std::size_t last);

/// Whether the bytes of a block are those of its checksums.
bool is_whole(FileDescriptor const& descriptor, std::filesystem::path const& file,
              OutputRegions const& regions, std::size_t block);

/// Structure and previews: what of them differs from its checksum, for people; empty: nothing.
std::vector<std::string> damaged_others(FileDescriptor const& descriptor,
                                        std::filesystem::path const& file,
                                        OutputRegions const& regions);

/// Damage for people: at most so many lines, then how much more there is.
std::string damage_text(std::vector<DamagedBlock> const& damage, OutputRegions const& regions,
                        std::size_t lines);

}  // namespace xrdct::io
