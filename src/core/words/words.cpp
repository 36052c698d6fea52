// Properties of pixel types.
#include "core/words/words.hpp"

namespace xrdct::core {

std::size_t size_of(PixelType type) {
  switch (type) {
    case PixelType::u8:
    case PixelType::i8:
      return 1;
    case PixelType::u16:
    case PixelType::i16:
      return 2;
    case PixelType::u32:
    case PixelType::i32:
    case PixelType::f32:
      return 4;
    case PixelType::f64:
      return 8;
  }
  return 0;
}

bool is_integer(PixelType type) { return type != PixelType::f32 && type != PixelType::f64; }

bool is_unsigned(PixelType type) { return is_integer(type) && !is_signed(type); }

bool is_signed(PixelType type) {
  return type != PixelType::u8 && type != PixelType::u16 && type != PixelType::u32;
}

}  // namespace xrdct::core
