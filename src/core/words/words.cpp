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

std::string_view name_of(PixelType type) {
  switch (type) {
    case PixelType::u8:
      return "u8";
    case PixelType::i8:
      return "i8";
    case PixelType::u16:
      return "u16";
    case PixelType::i16:
      return "i16";
    case PixelType::u32:
      return "u32";
    case PixelType::i32:
      return "i32";
    case PixelType::f32:
      return "f32";
    case PixelType::f64:
      return "f64";
  }
  return "";
}

bool is_integer(PixelType type) { return type != PixelType::f32 && type != PixelType::f64; }

bool is_signed(PixelType type) {
  return type != PixelType::u8 && type != PixelType::u16 && type != PixelType::u32;
}

std::string_view name_of(Filter filter) {
  switch (filter) {
    case Filter::none:
      return "none";
    case Filter::deflate:
      return "deflate";
    case Filter::lz4:
      return "LZ4";
    case Filter::bitshuffle:
      return "bitshuffle";
    case Filter::bitshuffle_lz4:
      return "bitshuffle-LZ4";
    case Filter::bitshuffle_zstd:
      return "bitshuffle-zstd";
    case Filter::byte_offset:
      return "byte offset";
  }
  return "";
}

std::string_view name_of(FrameStatus status) {
  switch (status) {
    case FrameStatus::good:
      return "good";
    case FrameStatus::missing:
      return "missing";
    case FrameStatus::unreadable:
      return "unreadable";
    case FrameStatus::corrupt:
      return "corrupt";
    case FrameStatus::monitor_low:
      return "monitor low";
  }
  return "";
}

}  // namespace xrdct::core
