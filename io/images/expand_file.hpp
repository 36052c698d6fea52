#pragma once
#include <cstddef>
#include <filesystem>
#include <vector>

namespace xrdct::io {

/*!
 * The content of a file, expanded where it is compressed as a whole by gzip or bzip2 (known by
 * content, not by name; several members are joined).
 *
 * Memory: the expanded content, and the compressed one while it is expanded.
 * \throws core::IoError unreadable, truncated, damaged, or larger than any image; core::InputError
 * a build without zlib or bzip2, or another compression (xz, zstd)
 */
std::vector<std::byte> expanded_content(std::filesystem::path const& file);

}  // namespace xrdct::io
