// The decoded frames of a batch on the device, corrected and counted.
#include "kokkos/device/device_frames.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/words/errors.hpp"

namespace xrdct::kernels {
namespace {

constexpr std::size_t part_pixels = 1 << 15;  // that a team counts
constexpr std::int64_t one_invalid =
    1LL << 32;  // a count of used pixels and one of invalid ones in one number
constexpr unsigned char masked = 0, outside = 1, in_range = 2;

// `core::ValidValues`, but for infinities.
struct ValidRule {
  double lowest, highest;
  Array<core::ValueRange const*> invalid;

  KOKKOS_FUNCTION bool contains(double value) const {
    bool valid = value >= lowest && value <= highest;
    for (std::size_t k = 0; k < invalid.extent(0); ++k)
      valid = valid && !(value >= invalid(k).low && value <= invalid(k).high);
    return valid;
  }
};

KOKKOS_INLINE_FUNCTION double value_of(core::PixelType type, std::byte const* image,
                                       std::int64_t pixel) {
  switch (type) {
    case core::PixelType::u8:
      return reinterpret_cast<std::uint8_t const*>(image)[pixel];
    case core::PixelType::i8:
      return reinterpret_cast<std::int8_t const*>(image)[pixel];
    case core::PixelType::u16:
      return reinterpret_cast<std::uint16_t const*>(image)[pixel];
    case core::PixelType::i16:
      return reinterpret_cast<std::int16_t const*>(image)[pixel];
    case core::PixelType::u32:
      return reinterpret_cast<std::uint32_t const*>(image)[pixel];
    case core::PixelType::i32:
      return reinterpret_cast<std::int32_t const*>(image)[pixel];
    case core::PixelType::f32:
      return reinterpret_cast<float const*>(image)[pixel];
    case core::PixelType::f64:
      return reinterpret_cast<double const*>(image)[pixel];
  }
  return 0.0;
}

// What a team takes at once: some pixels of a frame.
struct Part {
  int column;
  std::int64_t first;
  int size;

  KOKKOS_FUNCTION Part(int rank, std::int64_t pixels) {
    constexpr auto most = static_cast<std::int64_t>(part_pixels);
    int const parts = static_cast<int>((pixels + most - 1) / most);
    column = rank / parts;
    first = rank % parts * most;
    size = static_cast<int>(pixels - first < most ? pixels - first : most);
  }
};

struct ReadValues {
  core::PixelType type;
  ValidRule valid;
  std::byte const* images;
  std::int64_t image_bytes, pixels;
  Array<float const*> dark;  // empty: none
  Array<float*> values;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    Part const part(team.league_rank(), pixels);
    std::byte const* const image = images + part.column * image_bytes;
    float* const to = values.data() + part.column * pixels;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, part.size), [&](int k) {
      std::int64_t const pixel = part.first + k;
      double const value = value_of(type, image, pixel);
      float const raw = static_cast<float>(value),
                  signal = dark.extent(0) > 0 ? raw - dark(pixel) : raw;
      bool const finite = signal - signal == 0.0f;
      to[pixel] = finite && valid.contains(value) ? raw : NAN;
    });
  }
};

struct CountPixels {
  std::int64_t pixels;
  Array<float const*> values;
  Array<unsigned char const**> fates;
  int reduction;
  std::int64_t first_count;
  Array<std::int64_t*> counts;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    Part const part(team.league_rank(), pixels);
    std::int64_t count = 0;
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, part.size),
        [&](int k, std::int64_t& sum) {
          unsigned char const fate = fates(reduction, part.first + k);
          float const value = values(part.column * pixels + part.first + k);
          if (fate != masked) sum += value != value ? one_invalid : fate == in_range ? 1 : 0;
        },
        count);
    Kokkos::single(Kokkos::PerTeam(team),
                   [&] { counts(first_count + team.league_rank()) = count; });
  }
};

unsigned char fate_of(core::ReductionPlan const& plan, core::Reduction const& reduction,
                      std::size_t pixel) {
  return plan.corrections.mask[pixel] != 0   ? masked
         : reduction.matrix.has_entry(pixel) ? in_range
                                             : outside;
}

}  // namespace

DeviceFrames::DeviceFrames(core::ReductionPlan const& plan, std::size_t width, int threads)
    : plan_(plan),
      width_(width),
      threads_(threads != 0  ? threads
               : host_memory ? 1
                             : 256),
      dark_(copy_to_space("xrdct::frames dark", plan.corrections.dark)),
      invalid_(copy_to_space("xrdct::frames invalid", plan.valid.invalid)) {
  std::size_t const pixels = plan.shape.pixels(), reductions = plan.reductions.size();
  auto const label = [](char const* name) {
    return Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(name));
  };
  values_ = Array<float*>(label("xrdct::frames values"), width * pixels);
  fates_ = Array<unsigned char**>(label("xrdct::frames fates"), reductions, pixels);
  std::vector<unsigned char> fates;
  for (core::Reduction const& reduction : plan.reductions) {
    for (std::size_t p = 0; p < pixels; ++p) fates.push_back(fate_of(plan, reduction, p));
    masked_.push_back(
        std::count(fates.end() - static_cast<std::ptrdiff_t>(pixels), fates.end(), masked));
  }
  Kokkos::deep_copy(fates_, OnHost<unsigned char const**>(fates.data(), reductions, pixels));
  counts_on_host_ =
      Pinned<std::int64_t*>(label("xrdct::frames counts"), reductions * width * parts());
  counts_ = array_for(counts_on_host_);
}

std::size_t DeviceFrames::parts() const noexcept {
  return (plan_.shape.pixels() + part_pixels - 1) / part_pixels;
}

void DeviceFrames::read(std::byte const* images, std::size_t image_bytes, std::size_t columns) {
  auto const pixels = static_cast<std::int64_t>(plan_.shape.pixels());
  TeamsOfSpace const parts_of_all(static_cast<int>(columns * parts()), threads_);
  Kokkos::parallel_for(
      "xrdct::read_values", parts_of_all,
      ReadValues{plan_.encoding.type, ValidRule{plan_.valid.lowest, plan_.valid.highest, invalid_},
                 images, static_cast<std::int64_t>(image_bytes), pixels, dark_, values_});
  for (std::size_t r = 0; r < plan_.reductions.size(); ++r) {
    CountPixels const kernel{pixels,
                             values_,
                             fates_,
                             static_cast<int>(r),
                             static_cast<std::int64_t>(r * width_ * parts()),
                             counts_};
    Kokkos::parallel_for("xrdct::count_pixels", parts_of_all, kernel);
  }
  fetch(Space(), counts_, counts_on_host_, counts_.size());
}

core::PixelTally DeviceFrames::tally(std::size_t reduction, std::size_t column) const {
  std::int64_t count = 0;
  for (std::size_t part = 0; part < parts(); ++part)
    count += counts_on_host_((reduction * width_ + column) * parts() + part);
  core::PixelTally tally{
      .used = count % one_invalid, .masked = masked_[reduction], .invalid = count / one_invalid};
  tally.out_of_range = static_cast<std::int64_t>(plan_.shape.pixels()) - tally.total();
  return tally;
}

std::size_t DeviceFrames::memory_bytes() const noexcept {
  constexpr std::size_t places = host_memory ? 1 : 2;
  return (dark_.size() + values_.size()) * sizeof(float) + fates_.size() +
         places * counts_.size() * sizeof(std::int64_t);
}

}  // namespace xrdct::kernels
