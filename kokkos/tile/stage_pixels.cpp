// Turns raw pixels into values: masked and invalid ones out, each in the narrowest type that holds
// it.
#include "kokkos/tile/stage_pixels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace xrdct::kernels {
namespace {

// Compiled into the code of each instruction set.
#define XRDCT_INTO_EACH [[gnu::always_inline]] inline

constexpr float not_a_value = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t word = 64;  // pixels that share a word of bits

template <class T>
XRDCT_INTO_EACH T value_at(std::byte const* raw, std::size_t p) {
  T value;
  std::memcpy(&value, raw + p * sizeof(T), sizeof(T));
  return value;
}

// Calls visit(pixel) for each set bit.
template <class Visit>
XRDCT_INTO_EACH void each_bit(std::uint64_t bits, std::size_t first, Visit visit) {
  for (; bits != 0; bits &= bits - 1)
    visit(first + static_cast<std::size_t>(std::countr_zero(bits)));
}

// Smallest and largest unmasked valid value.
template <class T>
struct Extent {
  T low{}, high{};
  void add(T value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

// Makes 0 of the values whose bit is not set.
template <class T>
XRDCT_INTO_EACH void keep(T (&values)[word], std::uint64_t bits) {
  constexpr std::size_t half = word / 2;
  for (std::size_t first = 0; first < word; first += half) {
    auto const part = static_cast<std::uint32_t>(bits >> first);
    for (std::size_t k = 0; k < half; ++k)
      values[first + k] = (part >> k & 1U) != 0 ? values[first + k] : T{0};
  }
}

// Whether all of 64 values, or the integers among them whose bit is set, lie in a range that holds
// 0: found quickly, and false of NaN.
template <class T>
XRDCT_INTO_EACH bool all_within(std::byte const* raw, Extent<T> const& range, Extent<T>& extent,
                                std::uint64_t bits = ~std::uint64_t{0}) {
  T values[word];
  std::memcpy(values, raw, sizeof(values));
  if constexpr (std::is_integral_v<T>)
    if (bits != ~std::uint64_t{0}) keep(values, bits);
  if constexpr (std::is_integral_v<T>) {
    Extent<T> of_word;
    for (std::size_t k = 0; k < word; ++k) of_word.low = std::min(of_word.low, values[k]);
    for (std::size_t k = 0; k < word; ++k) of_word.high = std::max(of_word.high, values[k]);
    if (of_word.low < range.low || of_word.high > range.high) return false;
    extent.add(of_word.low);
    extent.add(of_word.high);
    return true;
  } else {
    using Count = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;
    Count within = 0;
    for (std::size_t k = 0; k < word; ++k)
      within += static_cast<Count>(static_cast<int>(values[k] >= range.low) &
                                   static_cast<int>(values[k] <= range.high));
    return within == static_cast<Count>(word);
  }
}

// The values of a type from 0 down to and up to where the valid ones end, as far as `limit`; empty
// where 0 is not valid.
template <class T>
Extent<T> range_of(core::ValueRange const& valid, double limit) {
  if (!(valid.low <= 0.0 && valid.high >= 0.0)) return {T{1}, T{0}};
  double low = std::max({valid.low, static_cast<double>(std::numeric_limits<T>::lowest()), -limit});
  double high = std::min({valid.high, static_cast<double>(std::numeric_limits<T>::max()), limit});
  if (std::is_integral_v<T>) low = std::ceil(low), high = std::floor(high);
  // Bounds that the type does not hold may have been rounded to outside.
  T const first = static_cast<T>(low), last = static_cast<T>(high);
  if constexpr (std::is_floating_point_v<T>)
    return {static_cast<double>(first) < low ? std::nextafter(first, T{0}) : first,
            static_cast<double>(last) > high ? std::nextafter(last, T{0}) : last};
  return {first, last};
}

// All values from `low` to `high` are valid, 0 among them; low > high where it is not.
core::ValueRange around_zero(core::ValidValues const& valid) {
  core::ValueRange around{valid.lowest, valid.highest};
  for (core::ValueRange const& range : valid.invalid) {
    if (range.high < 0.0) {
      around.low = std::max(around.low, std::nextafter(range.high, 0.0));
    } else if (range.low > 0.0) {
      around.high = std::min(around.high, std::nextafter(range.low, 0.0));
    } else {
      return {1.0, 0.0};
    }
  }
  return around;
}

template <class T>
bool is_valid(T value, float dark, core::ValidValues const& valid) {
  return valid.contains(static_cast<double>(value)) &&
         std::isfinite(static_cast<float>(value) - dark);
}

constexpr double most_narrow = 65535.0;
constexpr double most_wide = 0x1p100;  // finite in float32, and less any finite dark, too: the half
                                       // of the last place of the largest float32 is more

XRDCT_INTO_EACH bool is_finite_dark(PixelBlock const& block, std::size_t first) {
  constexpr float most = std::numeric_limits<float>::max();
  Extent<float> unused;
  return block.dark == nullptr ||
         all_within<float>(reinterpret_cast<std::byte const*>(block.dark + first), {-most, most},
                           unused);
}

// Integers of 32 bits that one register of the widest kind holds, and their bits in a word.
template <class T>
struct Abreast {
  static constexpr std::size_t number = 16;
  using Values [[gnu::vector_size(number * sizeof(T))]] = T;
  using Bits [[gnu::vector_size(number * sizeof(T))]] = std::uint32_t;
};

// Whether no unmasked value of a block is invalid, which most blocks of counts are: smallest and
// largest values are kept side by side, and compared with each other at the end.
template <class T>
XRDCT_INTO_EACH bool all_valid(std::byte const* raw, PixelBlock const& block,
                               Extent<T> const& valid, Extent<T>& extent) {
  using Values = typename Abreast<T>::Values;
  using Bits = typename Abreast<T>::Bits;
  constexpr std::size_t number = Abreast<T>::number;
  Bits own_bit;
  for (std::size_t k = 0; k < number; ++k) own_bit[k] = 1U << k;
  Values low{}, high{};
  std::size_t first = 0;
  for (; first + word <= block.pixels; first += word) {
    std::uint64_t unmasked = block.unmasked[first / word];
    for (std::size_t p = first; p < first + word; p += number, unmasked >>= number) {
      Values values;
      std::memcpy(&values, raw + p * sizeof(T), sizeof(values));
      values = (own_bit & static_cast<std::uint32_t>(unmasked)) != 0 ? values : Values{};
      low = values < low ? values : low;
      high = values > high ? values : high;
    }
  }
  Extent<T> found;
  for (std::size_t k = 0; k < number; ++k) {
    found.add(low[k]);
    found.add(high[k]);
  }
  if (first < block.pixels)
    each_bit(block.unmasked[first / word], first,
             [&](std::size_t p) { found.add(value_at<T>(raw, p)); });
  if (found.low < valid.low || found.high > valid.high) return false;
  extent = found;
  return true;
}

// Marks invalid pixels and finds the narrowest storage of the others. Most words of pixels are
// narrow or, where all are used, valid as a whole.
template <class T>
XRDCT_INTO_EACH Staged examine(std::byte const* raw, PixelBlock const& block,
                               core::ValidValues const& valid, core::ValueRange const& around_zero,
                               std::uint64_t* invalid) {
  Staged result;
  Extent<T> extent;
  Extent<T> const narrow = range_of<T>({std::max(around_zero.low, 0.0), around_zero.high},
                                       std::is_integral_v<T> ? most_narrow : 0.0);
  Extent<T> const wide = range_of<T>(around_zero, most_wide);
  bool all_plain = false;
  if constexpr (std::is_integral_v<T> && sizeof(T) == 4)
    all_plain = block.dark == nullptr && all_valid(raw, block, wide, extent);
  if (all_plain) std::fill_n(invalid, (block.pixels + word - 1) / word, std::uint64_t{0});
  for (std::size_t first = 0; first < block.pixels && !all_plain; first += word) {
    std::uint64_t const unmasked = block.unmasked[first / word];
    std::uint64_t bad = 0;
    bool plain = unmasked == 0;
    if (!plain && first + word <= block.pixels) {
      std::byte const* const values = raw + first * sizeof(T);
      bool const all_used = unmasked == ~std::uint64_t{0};
      // Behind a value that needs float32, nobody asks any more whether others do.
      bool const is_wide = all_used && block.dark == nullptr && extent.high > narrow.high;
      if constexpr (std::is_integral_v<T>)
        plain = !is_wide && all_within(values, narrow, extent, unmasked);
      if (!plain && all_used)
        plain = all_within(values, wide, extent) && is_finite_dark(block, first);
    }
    if (!plain)
      each_bit(unmasked, first, [&](std::size_t p) {
        T const value = value_at<T>(raw, p);
        if (block.dark == nullptr && value >= wide.low && value <= wide.high)
          return extent.add(value);
        if (is_valid(value, block.dark == nullptr ? 0.0f : block.dark[p], valid))
          return extent.add(value);
        bad |= std::uint64_t{1} << (p - first);
      });
    invalid[first / word] = bad;
    result.has_invalid |= bad != 0;
  }
  if (!std::is_integral_v<T> || block.dark != nullptr || result.has_invalid || extent.low < T{} ||
      static_cast<double>(extent.high) > 65535.0) {
    result.storage = Storage::f32;
  } else {
    result.storage = static_cast<double>(extent.high) > 255.0 ? Storage::u16 : Storage::u8;
  }
  result.small = result.storage == Storage::u8 && static_cast<double>(extent.high) < 32.0;
  return result;
}

template <class T, class Out>
XRDCT_INTO_EACH void copy_as(std::byte const* raw, std::size_t pixels, std::byte* staged) {
  std::size_t first = 0;
  if constexpr (sizeof(T) == 4 && sizeof(Out) <= 2) {
    constexpr std::size_t number = Abreast<T>::number;
    using Words [[gnu::vector_size(number * sizeof(std::uint16_t))]] = std::uint16_t;
    using Narrow [[gnu::vector_size(number * sizeof(Out))]] = Out;
    for (; first + number <= pixels; first += number) {
      typename Abreast<T>::Values in;
      std::memcpy(&in, raw + first * sizeof(T), sizeof(in));
      // To bytes in two steps: in one, GCC 12 takes each by itself.
      auto const out = __builtin_convertvector(__builtin_convertvector(in, Words), Narrow);
      std::memcpy(staged + first * sizeof(Out), &out, sizeof(out));
    }
  }
  for (; first + word <= pixels; first += word) {  // of a constant size: vectorized
    T in[word];
    Out out[word];
    std::memcpy(in, raw + first * sizeof(T), sizeof(in));
    for (std::size_t k = 0; k < word; ++k) out[k] = static_cast<Out>(in[k]);
    std::memcpy(staged + first * sizeof(Out), out, sizeof(out));
  }
  for (; first < pixels; ++first) {
    Out const value = static_cast<Out>(value_at<T>(raw, first));
    std::memcpy(staged + first * sizeof(Out), &value, sizeof(Out));
  }
}

XRDCT_INTO_EACH void erase_invalid(std::uint64_t const* invalid, std::size_t pixels,
                                   std::byte* staged) {
  for (std::size_t first = 0; first < pixels; first += word)
    each_bit(invalid[first / word], first, [&](std::size_t p) {
      std::memcpy(staged + p * sizeof(float), &not_a_value, sizeof(float));
    });
}

template <class T>
XRDCT_INTO_EACH Staged stage_type(std::byte const* raw, PixelBlock const& block,
                                  core::ValidValues const& valid,
                                  core::ValueRange const& around_zero, std::byte* staged,
                                  std::uint64_t* invalid) {
  Staged const result = examine<T>(raw, block, valid, around_zero, invalid);
  if constexpr (std::is_integral_v<T>) {
    if (result.storage == Storage::u8) copy_as<T, std::uint8_t>(raw, block.pixels, staged);
    if (result.storage == Storage::u16) copy_as<T, std::uint16_t>(raw, block.pixels, staged);
  }
  if (result.storage == Storage::f32) copy_as<T, float>(raw, block.pixels, staged);
  if (result.has_invalid) erase_invalid(invalid, block.pixels, staged);
  return result;
}

template <class T>
Staged stage_portable(StageRequest const& r) {
  return stage_type<T>(r.raw, r.block, r.valid, r.around_zero, r.staged, r.invalid);
}
#if defined(__x86_64__)
template <class T>
[[gnu::target("avx2")]] Staged stage_avx2(StageRequest const& r) {
  return stage_type<T>(r.raw, r.block, r.valid, r.around_zero, r.staged, r.invalid);
}
template <class T>
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]] Staged stage_avx512(StageRequest const& r) {
  return stage_type<T>(r.raw, r.block, r.valid, r.around_zero, r.staged, r.invalid);
}
#endif

using Stage = Staged (*)(StageRequest const&);

template <class T>
Stage stage_of([[maybe_unused]] codec::Simd simd) {
#if defined(__x86_64__)
  if (simd == codec::Simd::avx512) return stage_avx512<T>;
  if (simd == codec::Simd::avx2) return stage_avx2<T>;
#endif
  return stage_portable<T>;
}

Stage stage_of(core::PixelType type, codec::Simd simd) {
  switch (type) {
    case core::PixelType::u8:
      return stage_of<std::uint8_t>(simd);
    case core::PixelType::i8:
      return stage_of<std::int8_t>(simd);
    case core::PixelType::u16:
      return stage_of<std::uint16_t>(simd);
    case core::PixelType::i16:
      return stage_of<std::int16_t>(simd);
    case core::PixelType::u32:
      return stage_of<std::uint32_t>(simd);
    case core::PixelType::i32:
      return stage_of<std::int32_t>(simd);
    case core::PixelType::f32:
      return stage_of<float>(simd);
    case core::PixelType::f64:
      return stage_of<double>(simd);
  }
  return nullptr;
}

template <class From, class To>
void widen_values(std::byte* staged, std::size_t pixels) {
  // From the last pixels to the first: what is still narrow lies below what is written.
  std::size_t last = pixels;
  for (; last % word != 0; --last) {
    To const value = static_cast<To>(value_at<From>(staged, last - 1));
    std::memcpy(staged + (last - 1) * sizeof(To), &value, sizeof(To));
  }
  for (; last != 0; last -= word)
    copy_as<From, To>(staged + (last - word) * sizeof(From), word,
                      staged + (last - word) * sizeof(To));
}

}  // namespace

PixelStager::PixelStager(core::PixelType type, core::ValidValues const& valid, codec::Simd simd)
    : type_(type),
      stage_(stage_of(type, simd)),
      valid_(valid),
      around_zero_(around_zero(valid)),
      all_u8_valid_(around_zero_.low <= 0.0 && around_zero_.high >= 255.0),
      all_u16_valid_(around_zero_.low <= 0.0 && around_zero_.high >= 65535.0) {}

Staged PixelStager::stage(std::byte const* raw, PixelBlock const& block, std::byte* staged,
                          std::uint64_t* invalid) const {
  StageRequest const request{raw, block, valid_, around_zero_, staged, invalid};
  return stage_(request);
}

Staged PixelStager::stage_narrow(codec::NarrowPixels const& narrow, PixelBlock const& block,
                                 std::byte* staged, std::byte* scratch, std::uint64_t* invalid,
                                 std::vector<BrightCount>* bright) const {
  std::size_t const bytes = core::size_of(type_);
  if (narrow.pixel_bytes == bytes) {
    std::memcpy(scratch, staged, block.pixels * bytes);
    return stage(scratch, block, staged, invalid);
  }
  Staged result{narrow.pixel_bytes == 1 ? Storage::u8 : Storage::u16, false, narrow.differing <= 5};
  bool const small_are_valid = narrow.pixel_bytes == 1 ? all_u8_valid_ : all_u16_valid_;
  std::size_t const brights = bright == nullptr ? 0 : bright->size();
  if (!small_are_valid || !find_invalid(narrow, block, staged, invalid, result.has_invalid,
                                        narrow.pixel_bytes == 1 ? bright : nullptr)) {
    for (std::size_t p = 0; p < block.pixels; ++p) {
      std::uint64_t const value = codec::value_of(narrow, staged, bytes, p);
      std::memcpy(scratch + p * bytes, &value, bytes);  // little endian: the low bytes
    }
    return stage(scratch, block, staged, invalid);
  }
  if (result.has_invalid || block.dark != nullptr) {
    widen(staged, block.pixels, result.storage, Storage::f32);
    result.storage = Storage::f32;
    result.small = false;
  }
  if (result.has_invalid) erase_invalid(invalid, block.pixels, staged);
  if (bright == nullptr) return result;
  for (BrightCount const& b : std::span(*bright).subspan(brights)) {
    if (result.has_invalid)
      std::memcpy(staged + b.place * sizeof(float), &b.counts, sizeof(float));
    else
      staged[b.place] = std::byte{bright_placeholder};
  }
  if (result.has_invalid) bright->resize(brights);
  return result;
}

// Small values are all valid here; a pixel with its upper bits set is looked at. False: one of
// these is valid and cannot be set apart.
bool PixelStager::find_invalid(codec::NarrowPixels const& narrow, PixelBlock const& block,
                               std::byte const* staged, std::uint64_t* invalid, bool& any,
                               std::vector<BrightCount>* bright) const {
  std::size_t const bytes = core::size_of(type_);
  std::size_t const words = (block.pixels + word - 1) / word;
  any = false;
  if (narrow.upper.empty()) {
    std::fill_n(invalid, words, 0);
    return true;
  }
  std::uint64_t some = 0;
  for (std::size_t w = 0; w < words; ++w) some |= invalid[w] = narrow.upper[w] & block.unmasked[w];
  if (some == 0) return true;
  bool all_done = true;
  for (std::size_t first = 0; first < block.pixels; first += word) {
    each_bit(invalid[first / word], first, [&](std::size_t p) {
      std::uint64_t const value = codec::value_of(narrow, staged, bytes, p);
      std::uint64_t const sign = std::uint64_t{1} << (8 * bytes - 1);
      bool const negative = core::is_signed(type_) && (value & sign) != 0;
      double const number = negative ? -static_cast<double>((~value + 1) & (sign * 2 - 1))
                                     : static_cast<double>(value);
      if (!valid_.contains(number)) return;
      all_done &= bright != nullptr;
      invalid[first / word] &= ~(std::uint64_t{1} << (p - first));
      if (bright != nullptr)
        bright->push_back({static_cast<std::uint32_t>(p), static_cast<float>(number)});
    });
    any |= invalid[first / word] != 0;
  }
  return all_done;
}

void widen(std::byte* staged, std::size_t pixels, Storage from, Storage to) {
  if (from == to) return;
  if (from == Storage::u8 && to == Storage::u16)
    return widen_values<std::uint8_t, std::uint16_t>(staged, pixels);
  if (from == Storage::u8 && to == Storage::f32)
    return widen_values<std::uint8_t, float>(staged, pixels);
  widen_values<std::uint16_t, float>(staged, pixels);
}

#undef XRDCT_INTO_EACH

}  // namespace xrdct::kernels
