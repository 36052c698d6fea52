// Reduces batches by whole decoded images and a sparse product: slower, and a check on the others.
#include "kokkos/spmm/spmm_engine.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

#include "kokkos/space/host_work.hpp"

namespace xrdct::kernels {
namespace {

constexpr std::size_t width =
    8;  // columns of a product; fixed, so that a frame's sums do not depend on its batch

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
    products_.emplace_back();
    if (needs_whole_bins(reduction)) continue;
    products_.back().emplace(reduction.matrix, plan.corrections.mask, width);
    bins = std::max(bins, reduction.matrix.bins);
    signal_.resize(pixels * width);
    if (core::counts_vary(reduction.error_model)) poisson_variance_.resize(pixels * width);
    if (reduction.error_model == core::ErrorModel::variance) given_variance_.resize(pixels * width);
  }
  if (std::any_of(plan.reductions.begin(), plan.reductions.end(), needs_whole_bins))
    bins_ = std::make_unique<BinReducer>(plan, width);
  for (std::size_t worker = 0; worker < host_workers(); ++worker) {
    decoders_.emplace_back(plan.shape, plan.encoding);
    raw_.emplace_back(decoders_.back().frame_bytes());
  }
  values_.resize(pixels * width);
  signal_sums_.resize(bins * width);
  variance_sums_.resize(bins * width);
}

std::size_t SpmmEngine::frames_per_batch() const noexcept { return width; }

EngineMemory SpmmEngine::memory() const {
  std::size_t bytes = values_.capacity() * sizeof(float);
  for (auto const* operand :
       {&signal_, &poisson_variance_, &given_variance_, &signal_sums_, &variance_sums_})
    bytes += operand->capacity() * sizeof(double);
  for (auto const& raw : raw_) bytes += raw.capacity();
  EngineMemory memory{.host = bytes};
  for (auto const& product : products_)
    if (product) memory += product->memory();
  if (bins_) memory += bins_->memory();
  return memory;
}

void SpmmEngine::reduce(core::EncodedBatch const& batch, std::vector<std::size_t> const& frames,
                        core::ReducedBatch& out) {
  for (std::size_t first = 0; first < frames.size(); first += width)
    reduce_some(batch, std::span(frames).subspan(first, std::min(width, frames.size() - first)),
                out);
}

void SpmmEngine::reduce_some(core::EncodedBatch const& batch, std::span<std::size_t const> frames,
                             core::ReducedBatch& out) {
  std::atomic<std::size_t> next = 0;
  run_on_host("xrdct::spmm_load", [&](std::size_t worker) {
    for (std::size_t column; (column = next.fetch_add(1)) < frames.size();) {
      std::size_t const frame = frames[column];
      if (!load(batch.frames[frame], column, worker)) {
        out.status[frame] = core::FrameStatus::corrupt;
        continue;
      }
      for (std::size_t r = 0; r < products_.size(); ++r) {
        count_pixels(r, column, out.tally[r][frame]);
        if (products_[r]) sum_static(r, column, frame, out.sums[r]);
      }
    }
  });
  for (std::size_t r = 0; r < products_.size(); ++r)
    if (products_[r]) multiply(r, frames, out);
  if (bins_) reduce_bins(frames, out);
}

void SpmmEngine::reduce_bins(std::span<std::size_t const> frames, core::ReducedBatch& out) {
  bins_->load(values_);
  bins_->reduce(frames.size(), 0);
  bins_->wait();
  share_on_host("xrdct::write_bins", frames.size(), [&](std::size_t column) {
    if (out.status[frames[column]] == core::FrameStatus::good)
      bins_->write(0, column, frames[column], out);
  });
}

void SpmmEngine::multiply(std::size_t reduction, std::span<std::size_t const> frames,
                          core::ReducedBatch& out) {
  core::PatternSums& sums = out.sums[reduction];
  std::span const signal = std::span(signal_sums_).first(sums.bins * width),
                  variance = std::span(variance_sums_).first(sums.bins * width);
  core::ErrorModel const model = plan_.reductions[reduction].error_model;
  products_[reduction]->signal(signal_, signal);
  if (model != core::ErrorModel::none)
    products_[reduction]->variance(
        model == core::ErrorModel::variance ? given_variance_ : poisson_variance_, variance);
  for (std::size_t column = 0; column < frames.size(); ++column) {
    if (out.status[frames[column]] != core::FrameStatus::good) continue;
    for (std::size_t bin = 0; bin < sums.bins; ++bin) {
      std::size_t const k = frames[column] * sums.bins + bin;
      sums.signal[k] = signal[bin * width + column];
      if (model != core::ErrorModel::none) sums.variance[k] = variance[bin * width + column];
    }
  }
}

// Decodes a frame and writes one column of the dense operands.
bool SpmmEngine::load(core::EncodedFrame const& frame, std::size_t column, std::size_t worker) {
  if (decoders_[worker].decode(frame, raw_[worker]) != codec::DecodeStatus::ok) return false;
  core::PixelCorrections const& corrections = plan_.corrections;
  std::size_t const pixels = plan_.shape.pixels();
  for (std::size_t p = 0; p < pixels; ++p) {
    double const value = value_of(plan_.encoding.type, raw_[worker].data(), p);
    float const raw = static_cast<float>(value);
    float const signal = corrections.dark.empty() ? raw : raw - corrections.dark[p];
    bool const valid = plan_.valid.contains(value) && std::isfinite(signal);
    bool const used = valid && corrections.mask[p] == 0;
    double const of_dark = corrections.dark_variance.empty() ? 0.0f : corrections.dark_variance[p];
    std::size_t const k = p * width + column;
    values_[column * pixels + p] = valid ? raw : std::numeric_limits<float>::quiet_NaN();
    if (!signal_.empty()) signal_[k] = used ? static_cast<double>(signal) : 0.0;
    if (!poisson_variance_.empty())
      poisson_variance_[k] = used ? static_cast<double>(std::max(raw, 1.0f)) + of_dark : 0.0;
    if (!given_variance_.empty())
      given_variance_[k] = used ? static_cast<double>(corrections.variance[p]) + of_dark : 0.0;
  }
  return true;
}

void SpmmEngine::count_pixels(std::size_t reduction, std::size_t column,
                              core::PixelTally& tally) const {
  core::BinMatrix const& matrix = plan_.reductions[reduction].matrix;
  float const* const values = values_.data() + column * matrix.pixels();
  for (std::size_t p = 0; p < matrix.pixels(); ++p) {
    bool const masked = plan_.corrections.mask[p] != 0;
    ++(masked                  ? tally.masked
       : std::isnan(values[p]) ? tally.invalid
       : matrix.has_entry(p)   ? tally.used
                               : tally.out_of_range);
  }
}

// The sums that depend on a frame by its valid pixels alone.
void SpmmEngine::sum_static(std::size_t reduction, std::size_t column, std::size_t frame,
                            core::PatternSums& sums) const {
  core::BinMatrix const& matrix = plan_.reductions[reduction].matrix;
  float const* const values = values_.data() + column * matrix.pixels();
  for (std::size_t p = 0; p < matrix.pixels(); ++p) {
    if (plan_.corrections.mask[p] != 0 || std::isnan(values[p])) continue;
    for (std::uint32_t e = matrix.entry_begin[p]; e < matrix.entry_begin[p + 1]; ++e) {
      std::size_t const k = frame * sums.bins + matrix.bin[e];
      double const c = matrix.coefficient[e],
                   weight = c * static_cast<double>(plan_.corrections.normalization[p]);
      sums.normalization[k] += weight;
      sums.normalization2[k] += weight * weight;
      sums.count[k] += c;
      ++sums.pixels[k];
    }
  }
}

}  // namespace xrdct::kernels
