#pragma once
#include <cstddef>

namespace xrdct::io {

/// Type of the values of a dataset, little endian.
enum class StoredType { u1, i8, u8, f4, f8 };

/// Of one value [bytes].
constexpr std::size_t size_of(StoredType type) noexcept {
  switch (type) {
    case StoredType::u1:
      return 1;
    case StoredType::f4:
      return 4;
    case StoredType::i8:
    case StoredType::u8:
    case StoredType::f8:
      return 8;
  }
  return 0;
}

}  // namespace xrdct::io
