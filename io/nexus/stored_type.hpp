#pragma once
#include <cstddef>

namespace xrdct::io {

/// Type of the values of a dataset, little endian.
enum class StoredType { u1, i8, u8, f4, f8 };
std::size_t size_of(StoredType type);  //!< [bytes]

}  // namespace xrdct::io
