#include "kokkos/spmm_engine.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstring>

#include "kokkos/host_work.hpp"

namespace xrdct::kernels {
namespace {

constexpr std::size_t width = 8;  // columns of a product; fixed, so that a frame's sums do not depend on its batch

template <class T>
double value_of(std::byte const* raw, std::size_t pixel) {
  T value;
  std::memcpy(&value, raw + pixel * sizeof(T), sizeof(T));
  return static_cast<double>(value);
}

double value_of(core::PixelType type, std::byte const* raw, std::size_t pixel) {
  switch (type) {
    case core::PixelType::u8:
      return value_of<std::uint8_t>(raw, pixel);
    case core::PixelType::i8:
      return value_of<std::int8_t>(raw, pixel);
    case core::PixelType::u16:
      return value_of<std::uint16_t>(raw, pixel);
    case core::PixelType::i16:
      return value_of<std::int16_t>(raw, pixel);
    case core::PixelType::u32:
      return value_of<std::uint32_t>(raw, pixel);
    case core::PixelType::i32:
      return value_of<std::int32_t>(raw, pixel);
    case core::PixelType::f32:
      return value_of<float>(raw, pixel);
    case core::PixelType::f64:
      return value_of<double>(raw, pixel);
  }
  return 0.0;
}

}  // namespace

SpmmEngine::SpmmEngine(core::ReductionPlan const& plan) : plan_(plan) {
  std::size_t const pixels = plan.shape.pixels();
  std::size_t bins = 0;
  for (core::Reduction const& reduction : plan.reductions) {
    products_.emplace_back(reduction.matrix, plan.corrections.mask, width);
    bins = std::max(bins, reduction.matrix.bins);
  }
  for (std::size_t worker = 0; worker < host_workers(); ++worker) {
    decoders_.emplace_back(plan.shape, plan.encoding);
    raw_.emplace_back(decoders_.back().frame_bytes());
  }
  signal_.resize(pixels * width);
  variance_.resize(pixels * width);
  valid_.resize(pixels * width);
  signal_sums_.resize(bins * width);
  variance_sums_.resize(bins * width);
}

std::size_t SpmmEngine::frames_per_batch() const noexcept { return width; }

std::size_t SpmmEngine::memory_bytes() const {
  std::size_t bytes =
      (signal_.capacity() + variance_.capacity() + signal_sums_.capacity() + variance_sums_.capacity()) * sizeof(double) + valid_.capacity();
  for (auto const& raw : raw_) bytes += raw.capacity();
  for (SparseProduct const& product : products_) bytes += product.memory_bytes();
  return bytes;
}

void SpmmEngine::reduce(core::EncodedBatch const& batch, std::vector<std::size_t> const& frames, core::ReducedBatch& out) {
  for (std::size_t first = 0; first < frames.size(); first += width)
    reduce_some(batch, std::span(frames).subspan(first, std::min(width, frames.size() - first)), out);
}

void SpmmEngine::reduce_some(core::EncodedBatch const& batch, std::span<std::size_t const> frames, core::ReducedBatch& out) {
  std::atomic<std::size_t> next = 0;
  run_on_host("xrdct::spmm_load", [&](std::size_t worker) {
    for (std::size_t column; (column = next.fetch_add(1)) < frames.size();) {
      std::size_t const frame = frames[column];
      if (!load(batch.frames[frame], column, worker)) {
        out.status[frame] = core::FrameStatus::corrupt;
        continue;
      }
      for (std::size_t r = 0; r < products_.size(); ++r) sum_static(r, column, frame, out);
    }
  });
  for (std::size_t r = 0; r < products_.size(); ++r) {
    core::PatternSums& sums = out.sums[r];
    std::span const signal = std::span(signal_sums_).first(sums.bins * width), variance = std::span(variance_sums_).first(sums.bins * width);
    products_[r].signal(signal_, signal);
    bool const has_variance = plan_.reductions[r].error_model == core::ErrorModel::poisson;
    if (has_variance) products_[r].variance(variance_, variance);
    for (std::size_t column = 0; column < frames.size(); ++column) {
      if (out.status[frames[column]] != core::FrameStatus::good) continue;
      for (std::size_t bin = 0; bin < sums.bins; ++bin) {
        std::size_t const k = frames[column] * sums.bins + bin;
        sums.signal[k] = signal[bin * width + column];
        if (has_variance) sums.variance[k] = variance[bin * width + column];
      }
    }
  }
}

// Decodes a frame and writes one column of the dense operands.
bool SpmmEngine::load(core::EncodedFrame const& frame, std::size_t column, std::size_t worker) {
  if (decoders_[worker].decode(frame, raw_[worker]) != codec::DecodeStatus::ok) return false;
  auto const& dark = plan_.corrections.dark;
  auto const& mask = plan_.corrections.mask;
  std::size_t const pixels = plan_.shape.pixels();
  for (std::size_t p = 0; p < pixels; ++p) {
    double const value = value_of(plan_.encoding.type, raw_[worker].data(), p);
    float const raw = static_cast<float>(value);
    float const signal = dark.empty() ? raw : raw - dark[p];
    bool const valid = plan_.valid.contains(value) && std::isfinite(signal);
    bool const used = valid && mask[p] == 0;
    valid_[column * pixels + p] = valid;
    signal_[p * width + column] = used ? static_cast<double>(signal) : 0.0;
    variance_[p * width + column] = used ? static_cast<double>(std::max(raw, 1.0f)) : 0.0;
  }
  return true;
}

// The sums that depend on a frame by its valid pixels alone, and the tally.
void SpmmEngine::sum_static(std::size_t reduction, std::size_t column, std::size_t frame, core::ReducedBatch& out) const {
  core::BinMatrix const& matrix = plan_.reductions[reduction].matrix;
  core::PatternSums& sums = out.sums[reduction];
  core::PixelTally& tally = out.tally[reduction][frame];
  auto const& normalization = plan_.corrections.normalization;
  auto const& mask = plan_.corrections.mask;
  for (std::size_t p = 0; p < matrix.pixels(); ++p) {
    std::uint32_t const begin = matrix.entry_begin[p], end = matrix.entry_begin[p + 1];
    bool const masked = mask[p] != 0, valid = valid_[column * matrix.pixels() + p] != 0;
    ++(masked ? tally.masked : !valid ? tally.invalid : begin == end ? tally.out_of_range : tally.used);
    if (masked || !valid) continue;
    for (std::uint32_t e = begin; e < end; ++e) {
      std::size_t const k = frame * sums.bins + matrix.bin[e];
      double const c = matrix.coefficient[e], weight = c * static_cast<double>(normalization[p]);
      sums.normalization[k] += weight;
      sums.normalization2[k] += weight * weight;
      sums.count[k] += c;
      ++sums.pixels[k];
    }
  }
}

}  // namespace xrdct::kernels
