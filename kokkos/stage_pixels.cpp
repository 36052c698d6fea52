#include "kokkos/stage_pixels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace xrdct::kernels {
namespace {

constexpr float not_a_value = std::numeric_limits<float>::quiet_NaN();

template <class T>
bool is_valid(T value, float dark, core::ValidValues const& valid) {
  return valid.contains(static_cast<double>(value)) && std::isfinite(static_cast<float>(value) - dark);
}

template <class T>
T value_at(std::byte const* raw, std::size_t p) {
  T value;
  std::memcpy(&value, raw + p * sizeof(T), sizeof(T));
  return value;
}

bool bit_of(std::uint64_t const* words, std::size_t p) { return (words[p / 64] >> (p % 64) & 1) != 0; }

// Marks invalid pixels and finds the narrowest storage of the others.
template <class T>
Staged examine(std::byte const* raw, std::size_t pixels, float const* dark, core::ValidValues const& valid, std::uint64_t const* unmasked,
               std::uint64_t* invalid) {
  Staged result;
  T low{}, high{};
  for (std::size_t first = 0; first < pixels; first += 64) {
    std::size_t const last = std::min(first + 64, pixels);
    std::uint64_t bad = 0;
    for (std::size_t p = first; p < last; ++p) {
      T const value = value_at<T>(raw, p);
      if (!is_valid(value, dark == nullptr ? 0.0f : dark[p], valid)) {
        bad |= std::uint64_t{1} << (p - first);
      } else if (bit_of(unmasked, p)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
    invalid[first / 64] = bad & unmasked[first / 64];
    result.has_invalid |= invalid[first / 64] != 0;
  }
  if (!std::is_integral_v<T> || dark != nullptr || result.has_invalid || low < T{} || static_cast<double>(high) > 65535.0) {
    result.storage = Storage::f32;
  } else {
    result.storage = static_cast<double>(high) > 255.0 ? Storage::u16 : Storage::u8;
  }
  return result;
}

template <class T, class Out>
void copy_as(std::byte const* raw, std::size_t pixels, std::byte* staged) {
  for (std::size_t p = 0; p < pixels; ++p) {
    Out const value = static_cast<Out>(value_at<T>(raw, p));
    std::memcpy(staged + p * sizeof(Out), &value, sizeof(Out));
  }
}

template <class T>
Staged stage_type(std::byte const* raw, std::size_t pixels, float const* dark, core::ValidValues const& valid, std::uint64_t const* unmasked,
                  std::byte* staged, std::uint64_t* invalid) {
  Staged result = examine<T>(raw, pixels, dark, valid, unmasked, invalid);
  if constexpr (std::is_integral_v<T>) {
    if (result.storage == Storage::u8) copy_as<T, std::uint8_t>(raw, pixels, staged);
    if (result.storage == Storage::u16) copy_as<T, std::uint16_t>(raw, pixels, staged);
  }
  if (result.storage == Storage::f32) copy_as<T, float>(raw, pixels, staged);
  if (!result.has_invalid) return result;
  for (std::size_t p = 0; p < pixels; ++p)
    if (bit_of(invalid, p)) std::memcpy(staged + p * sizeof(float), &not_a_value, sizeof(float));
  return result;
}

template <class From, class To>
void widen_values(std::byte* staged, std::size_t pixels) {
  for (std::size_t p = pixels; p-- > 0;) {
    To const value = static_cast<To>(value_at<From>(staged, p));
    std::memcpy(staged + p * sizeof(To), &value, sizeof(To));
  }
}

}  // namespace

PixelStager::PixelStager(core::PixelType type, core::ValidValues const& valid) : type_(type), valid_(valid) {}

Staged PixelStager::stage(std::byte const* raw, std::size_t pixels, float const* dark, std::uint64_t const* unmasked, std::byte* staged,
                          std::uint64_t* invalid) const {
  auto const as = [&](auto example) { return stage_type<decltype(example)>(raw, pixels, dark, valid_, unmasked, staged, invalid); };
  switch (type_) {
    case core::PixelType::u8:
      return as(std::uint8_t{});
    case core::PixelType::i8:
      return as(std::int8_t{});
    case core::PixelType::u16:
      return as(std::uint16_t{});
    case core::PixelType::i16:
      return as(std::int16_t{});
    case core::PixelType::u32:
      return as(std::uint32_t{});
    case core::PixelType::i32:
      return as(std::int32_t{});
    case core::PixelType::f32:
      return as(float{});
    case core::PixelType::f64:
      return as(double{});
  }
  return {};
}

void widen(std::byte* staged, std::size_t pixels, Storage from, Storage to) {
  if (from == to) return;
  if (from == Storage::u8 && to == Storage::u16) return widen_values<std::uint8_t, std::uint16_t>(staged, pixels);
  if (from == Storage::u8 && to == Storage::f32) return widen_values<std::uint8_t, float>(staged, pixels);
  widen_values<std::uint16_t, float>(staged, pixels);
}

}  // namespace xrdct::kernels
