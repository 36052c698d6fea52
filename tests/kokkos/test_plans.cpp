#include "test_plans.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/reference/reference_reduce.hpp"
#include "core/words/errors.hpp"
#include "io/codec/encode.hpp"

namespace xrdct::kernels::test {
namespace {

core::BinMatrix make_matrix(PlanOptions const& options, std::vector<std::uint8_t> const& mask,
                            std::uint64_t seed) {
  core::BinMatrix matrix;
  matrix.bins = options.bins;
  matrix.radial_axis.resize(options.bins);
  for (std::size_t p = 0; p < options.shape.pixels(); ++p) {
    std::uint64_t const random = noise(seed, p);
    bool const outside = random % 11 == 0 || (!mask.empty() && mask[p] != 0);
    // Neighbours along a row fall into neighbouring bins, as on a detector; the last bin stays
    // empty.
    std::size_t const first = (p % options.shape.columns + random / 16 % 4) % (options.bins - 1);
    std::size_t const width =
        outside ? 0 : std::min(1 + random / 64 % options.widest, options.bins - 1 - first);
    for (std::size_t k = 0; k < width; ++k)
      matrix.bin.push_back(static_cast<std::uint32_t>(first + k));
    for (std::size_t k = 0; k < width; ++k)
      matrix.coefficient.push_back(
          options.widest == 1
              ? 1.0f
              : static_cast<float>(noise(seed + 7, 4 * p + k) % 16777213 + 1) / 16777216.0f);
    matrix.entry_begin.push_back(static_cast<std::uint32_t>(matrix.coefficient.size()));
  }
  return matrix;
}

double sentinel(core::PixelType type, std::uint64_t random) {
  if (!core::is_integer(type))
    return random % 2 == 0 ? std::numeric_limits<double>::quiet_NaN()
                           : -std::numeric_limits<double>::infinity();
  if (core::is_signed(type)) return -1.0 - static_cast<double>(random % 3);
  return std::exp2(8.0 * static_cast<double>(core::size_of(type))) - 1.0 -
         static_cast<double>(random % 2);
}

double largest_of(core::PixelType type) {
  if (!core::is_integer(type)) return 1e30;
  double const bits = 8.0 * static_cast<double>(core::size_of(type));
  return core::is_signed(type) ? std::exp2(bits - 1.0) - 1.0 : std::exp2(bits) - 3.0;
}

template <class T>
void append(std::vector<std::byte>& out, double value) {
  T const stored = static_cast<T>(value);
  std::byte bytes[sizeof(T)];
  std::memcpy(bytes, &stored, sizeof(T));
  out.insert(out.end(), bytes, bytes + sizeof(T));
}

void append(std::vector<std::byte>& out, core::PixelType type, double value) {
  switch (type) {
    case core::PixelType::u8:
      return append<std::uint8_t>(out, value);
    case core::PixelType::i8:
      return append<std::int8_t>(out, value);
    case core::PixelType::u16:
      return append<std::uint16_t>(out, value);
    case core::PixelType::i16:
      return append<std::int16_t>(out, value);
    case core::PixelType::u32:
      return append<std::uint32_t>(out, value);
    case core::PixelType::i32:
      return append<std::int32_t>(out, value);
    case core::PixelType::f32:
      return append<float>(out, value);
    case core::PixelType::f64:
      return append<double>(out, value);
  }
}

// Bit planes of some pixels, a multiple of 8: bit i%8 of byte i/8 of plane j is bit j of pixel i.
std::vector<std::byte> planes_of(std::span<std::byte const> pixels, std::size_t bytes) {
  std::vector<std::byte> planes(pixels.size());
  std::size_t const count = pixels.size() / bytes;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < 8 * bytes; ++j)
      if ((pixels[i * bytes + j / 8] >> (j % 8) & std::byte{1}) != std::byte{0})
        planes[j * (count / 8) + i / 8] |= std::byte{1} << (i % 8);
  return planes;
}

void append_big_endian(std::vector<std::byte>& out, std::uint64_t value, int bytes) {
  for (int k = bytes; k-- > 0;) out.push_back(static_cast<std::byte>(value >> (8 * k)));
}

// bitshuffle-LZ4 with literals alone, for builds without liblz4.
std::vector<std::byte> encode_without_library(std::span<std::byte const> pixels,
                                              std::size_t bytes) {
  std::vector<std::byte> out;
  append_big_endian(out, pixels.size(), 8);
  append_big_endian(out, 8192, 4);
  std::size_t const tail = pixels.size() % (8 * bytes);
  for (std::size_t first = 0; first < pixels.size() - tail; first += 8192) {
    auto const planes = planes_of(
        pixels.subspan(first, std::min<std::size_t>(8192, pixels.size() - tail - first)), bytes);
    std::vector<std::byte> block;
    block.push_back(static_cast<std::byte>(planes.size() < 15 ? planes.size() << 4 : 0xf0));
    if (planes.size() >= 15) {
      std::size_t left = planes.size() - 15;
      for (; left >= 255; left -= 255) block.push_back(std::byte{255});
      block.push_back(static_cast<std::byte>(left));
    }
    block.insert(block.end(), planes.begin(), planes.end());
    append_big_endian(out, block.size(), 4);
    out.insert(out.end(), block.begin(), block.end());
  }
  out.insert(out.end(), pixels.end() - static_cast<std::ptrdiff_t>(tail), pixels.end());
  return out;
}

std::vector<std::byte> encode(std::span<std::byte const> pixels, std::size_t bytes) {
  try {
    return codec::encode_bitshuffle_lz4(pixels, bytes);
  } catch (core::InputError const&) {
    return encode_without_library(pixels, bytes);
  }
}

void expect_near(std::vector<double> const& expected, std::vector<double> const& found,
                 double relative, char const* what) {
  ASSERT_EQ(expected.size(), found.size()) << what;
  for (std::size_t k = 0; k < expected.size(); ++k)
    ASSERT_LE(std::abs(expected[k] - found[k]), relative * std::abs(expected[k]))
        << what << " at " << k << ": expected " << expected[k] << ", found " << found[k];
}

// Where a dark takes off nearly all counts, what is left depends on the order of the pixels: as if
// each had a count of one more.
void expect_near_signal(core::PatternSums const& expected, core::PatternSums const& found,
                        double relative, bool has_dark) {
  for (std::size_t k = 0; k < expected.signal.size(); ++k)
    ASSERT_LE(std::abs(expected.signal[k] - found.signal[k]),
              relative * (std::abs(expected.signal[k]) + (has_dark ? expected.count[k] : 0.0)))
        << "signal at " << k << ": expected " << expected.signal[k] << ", found "
        << found.signal[k];
}

// The azimuthal variance of a mean that is off by δ is off by up to 2δ·√(N2·V) + N2·δ².
void expect_near_variance(core::PatternSums const& expected, core::PatternSums const& found,
                          double relative) {
  for (std::size_t k = 0; k < expected.variance.size(); ++k) {
    double const variance = expected.variance[k], norm2 = expected.normalization2[k];
    double const mean =
                     expected.pixels[k] == 0 ? 0.0 : expected.signal[k] / expected.normalization[k],
                 delta = 1e-15 * std::abs(mean);
    ASSERT_LE(std::abs(variance - found.variance[k]),
              relative * std::abs(variance) + 2.0 * delta * std::sqrt(norm2 * std::abs(variance)) +
                  norm2 * delta * delta)
        << "variance at " << k << ": expected " << variance << ", found " << found.variance[k];
  }
}

}  // namespace

std::string name_of(Engine engine) {
  return engine == Engine::device ? "device" : std::string(core::name_of(engine));
}

// SplitMix64. Source: Steele, Lea, Flood (2014), doi:10.1145/2714064.2660195.
std::uint64_t noise(std::uint64_t seed, std::uint64_t counter) {
  std::uint64_t z = seed * 0xd1342543de82ef95u + (counter + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

core::ReductionPlan make_plan(PlanOptions const& options) {
  core::ReductionPlan plan;
  plan.shape = options.shape;
  plan.encoding.type = options.type;
  plan.encoding.filter = options.filter;
  plan.valid = core::ValidValues::of(options.type);
  std::size_t const pixels = options.shape.pixels();
  for (std::size_t p = 0; p < pixels; ++p) {
    std::uint64_t const random = noise(options.seed + 100, p);
    plan.corrections.normalization.push_back(
        options.equal_norm ? 1.0f : 0.5f + static_cast<float>(random % 1000) / 999.0f);
    if (options.dark)
      plan.corrections.dark.push_back(static_cast<float>(random / 1024 % 100) / 7.0f);
    if (options.dark_variance)
      plan.corrections.dark_variance.push_back(
          static_cast<float>(noise(options.seed + 200, p) % 100) / 13.0f);
    if (options.error_model == core::ErrorModel::variance)
      plan.corrections.variance.push_back(
          static_cast<float>(noise(options.seed + 300, p) % 1000 + 1) / 17.0f);
    plan.corrections.mask.push_back(options.mask &&
                                    (random / (1 << 20) % 9 == 0 || p / 5 % 40 == 3));
  }
  for (std::size_t r = 0; r < options.reductions; ++r)
    plan.reductions.push_back({make_matrix(options, plan.corrections.mask, options.seed + r),
                               options.error_model, options.method, options.clip,
                               options.quantiles});
  return plan;
}

std::vector<double> make_frame(core::ReductionPlan const& plan, std::uint64_t seed, double largest,
                               bool invalid) {
  std::vector<double> frame(plan.shape.pixels());
  core::PixelType const type = plan.encoding.type;
  for (std::size_t p = 0; p < frame.size(); ++p) {
    std::uint64_t const random = noise(seed, p);
    double value = static_cast<double>(random / 512 % 5);
    if (random % 17 == 0)
      value =
          static_cast<double>(random >> 24) / std::exp2(40.0) * std::min(largest, largest_of(type));
    if (core::is_integer(type)) value = std::floor(value);
    bool const drop = invalid && random / 32 % 61 == 0;
    frame[p] = drop                           ? sentinel(type, random >> 40)
               : type == core::PixelType::f32 ? static_cast<double>(static_cast<float>(value))
                                              : value;
  }
  return frame;
}

std::vector<double> make_spotty_frame(core::ReductionPlan const& plan, std::uint64_t seed,
                                      double background, double bright) {
  std::vector<double> frame(plan.shape.pixels());
  for (std::size_t p = 0; p < frame.size(); ++p) {
    std::uint64_t const random = noise(seed, p);
    double const value =
        random % 80 == 0 ? bright
                         : background * (0.5 + static_cast<double>(random >> 40) / std::exp2(24.0));
    frame[p] = core::is_integer(plan.encoding.type)
                   ? std::floor(value)
                   : static_cast<double>(static_cast<float>(value));
  }
  return frame;
}

Stored store(core::ReductionPlan const& plan, std::vector<std::vector<double>> const& frames) {
  Stored stored;
  stored.batch.shape = plan.shape;
  stored.batch.encoding = plan.encoding;
  for (auto const& frame : frames) {
    std::vector<std::byte> bytes;
    for (double value : frame) append(bytes, plan.encoding.type, value);
    if (plan.encoding.filter == core::Filter::bitshuffle_lz4)
      bytes = encode(bytes, core::size_of(plan.encoding.type));
    stored.bytes.push_back(std::move(bytes));
  }
  for (auto const& bytes : stored.bytes)
    stored.batch.frames.push_back({bytes, true, core::FrameStatus::good});
  return stored;
}

core::ReducedBatch reduce(core::ReductionPlan const& plan, Engine engine,
                          core::EncodedBatch const& batch) {
  FrameReducer reducer(plan, engine);
  core::ReducedBatch out;
  reducer.reduce(batch, out);
  return out;
}

core::ReducedBatch reference(core::ReductionPlan const& plan,
                             std::vector<std::vector<double>> const& frames) {
  core::ReducedBatch result;
  result.status.assign(frames.size(), core::FrameStatus::good);
  for (core::Reduction const& reduction : plan.reductions) {
    std::size_t const bins = reduction.matrix.bins;
    core::PatternSums all(frames.size(), bins);
    std::vector<core::PixelTally> tally(frames.size());
    for (std::size_t f = 0; f < frames.size(); ++f) {
      core::PatternSums one(1, bins);
      core::reference_reduce(plan, reduction, frames[f], one, tally[f]);
      for (std::size_t b = 0; b < bins; ++b) {
        std::size_t const k = f * bins + b;
        all.signal[k] = one.signal[b];
        all.variance[k] = one.variance[b];
        all.normalization[k] = one.normalization[b];
        all.normalization2[k] = one.normalization2[b];
        all.count[k] = one.count[b];
        all.pixels[k] = one.pixels[b];
      }
    }
    result.sums.push_back(std::move(all));
    result.tally.push_back(std::move(tally));
  }
  return result;
}

void expect_equal(core::ReducedBatch const& expected, core::ReducedBatch const& found,
                  double relative, bool has_dark) {
  ASSERT_EQ(expected.status, found.status);
  ASSERT_EQ(expected.sums.size(), found.sums.size());
  for (std::size_t r = 0; r < expected.sums.size(); ++r) {
    EXPECT_EQ(expected.tally[r], found.tally[r]);
    EXPECT_EQ(expected.sums[r].pixels, found.sums[r].pixels);
    expect_near_signal(expected.sums[r], found.sums[r], relative, has_dark);
    expect_near_variance(expected.sums[r], found.sums[r], relative);
    expect_near(expected.sums[r].normalization, found.sums[r].normalization, relative,
                "normalization");
    expect_near(expected.sums[r].normalization2, found.sums[r].normalization2, relative,
                "normalization2");
    expect_near(expected.sums[r].count, found.sums[r].count, relative, "count");
  }
}

void expect_same_bits(core::ReducedBatch const& a, std::size_t frame_of_a,
                      core::ReducedBatch const& b, std::size_t frame_of_b) {
  ASSERT_EQ(a.status[frame_of_a], b.status[frame_of_b]);
  ASSERT_EQ(a.sums.size(), b.sums.size());
  for (std::size_t r = 0; r < a.sums.size(); ++r) {
    core::PatternSums const &x = a.sums[r], &y = b.sums[r];
    ASSERT_EQ(x.bins, y.bins);
    EXPECT_EQ(a.tally[r][frame_of_a], b.tally[r][frame_of_b]);
    for (auto field : {&core::PatternSums::signal, &core::PatternSums::variance,
                       &core::PatternSums::normalization, &core::PatternSums::normalization2,
                       &core::PatternSums::count})
      for (std::size_t bin = 0; bin < x.bins; ++bin)
        ASSERT_EQ(std::bit_cast<std::uint64_t>((x.*field)[frame_of_a * x.bins + bin]),
                  std::bit_cast<std::uint64_t>((y.*field)[frame_of_b * y.bins + bin]))
            << "bin " << bin;
    for (std::size_t bin = 0; bin < x.bins; ++bin)
      ASSERT_EQ(x.pixels[frame_of_a * x.bins + bin], y.pixels[frame_of_b * y.bins + bin]);
  }
}

}  // namespace xrdct::kernels::test
