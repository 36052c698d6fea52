#pragma once
#include <filesystem>

#include "core/words/large_bytes.hpp"

namespace xrdct::io {

/*!
 * The content of a file, expanded where it is compressed as a whole by gzip, bzip2, xz or zstd
 * (known by content, not by name; several members are joined).
 *
 * Memory: the expanded content, and the compressed one while it is expanded.
 * \throws core::IoError unreadable, truncated, damaged, or larger than any image; core::InputError
 * a build without zstd
 */
core::LargeBytes expanded_content(std::filesystem::path const& file);

}  // namespace xrdct::io
