#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "io/files/durable_file.hpp"

/// Bytes of open files. All errors are core::IoError naming the file.
namespace xrdct::io {

/// Reads all of `bytes` from an offset; that the file ends before is an error, too.
void read_at(FileDescriptor const& descriptor, std::filesystem::path const& file,
             std::span<std::byte> bytes, std::uint64_t offset);

std::uint64_t size_of_file(FileDescriptor const& descriptor, std::filesystem::path const& file);

/// Makes the file longer, with zeros, or shorter.
void resize(FileDescriptor const& descriptor, std::filesystem::path const& file,
            std::uint64_t bytes);

/// What is read after this comes from the disk, not from memory, as far as the system does it: of
/// bytes that are on the disk.
void forget_cached(FileDescriptor const& descriptor) noexcept;

}  // namespace xrdct::io
