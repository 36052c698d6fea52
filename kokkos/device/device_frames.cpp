// The decoded frames of a batch on the device, judged and counted.
#include "kokkos/device/device_frames.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "core/words/errors.hpp"

namespace Kokkos {
template <>
struct reduction_identity<xrdct::kernels::GroupCounts> {
  KOKKOS_FORCEINLINE_FUNCTION static xrdct::kernels::GroupCounts sum() { return {}; }
};
}  // namespace Kokkos

namespace xrdct::kernels {
namespace {

constexpr int word = 4;               // pixels whose codes are read at once
constexpr int part_pixels = 1 << 15;  // that a team takes: as many as `GroupCounts` can count
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

// What a team takes at once: some pixels of a group of frames.
struct Part {
  int group, first_word, words;

  KOKKOS_FUNCTION Part(int rank, std::int64_t stride) {
    int const parts = static_cast<int>((stride + part_pixels - 1) / part_pixels);
    group = rank / parts;
    std::int64_t const first = static_cast<std::int64_t>(rank % parts) * part_pixels;
    first_word = static_cast<int>(first / word);
    words = static_cast<int>((stride - first < part_pixels ? stride - first : part_pixels) / word);
  }
};

// Makes the codes of a group of those of its frames, 255 where a pixel is invalid, and counts.
struct JudgePixels {
  ValidRule valid;
  bool counts_are_valid, whole_numbers;
  StoredImages images;
  std::uint32_t const* codes;  // [column][word]
  std::int64_t pixels, stride;
  int columns, reductions;
  int counts_of_reduction;
  Array<float const*> dark;  // empty: none
  Array<std::uint32_t const**> fates;
  Array<CodesOfFour*> judged;
  Array<GroupCounts*> counts;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    Part const part(team.league_rank(), stride);
    CodesOfFour* const to = judged.data() + part.group * (stride / word) + part.first_word;
    int const first_column = part.group * frames_of_group,
              frames = columns - first_column < frames_of_group ? columns - first_column
                                                                : frames_of_group;
    std::uint32_t const* from[frames_of_group];
    for (int f = 0; f < frames_of_group; ++f)
      from[f] = codes + (first_column + (f < frames ? f : 0)) * (stride / word) + part.first_word;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, part.words), [&](int k) {
      std::uint32_t of_frame[frames_of_group];  // loaded before any is used: one wait for all
      for (int f = 0; f < frames_of_group; ++f) of_frame[f] = from[f][k];
      for (int f = 0; f < frames_of_group; ++f) {
        if (f > 0 && f >= frames)
          of_frame[f] = ~std::uint32_t{0};
        else if (!counts_are_valid || any_in_image(of_frame[f]))
          of_frame[f] = judge(images.from(first_column + f), part.first_word + k, of_frame[f]);
      }
      to[k] = turn_codes(of_frame);
    });
    team.team_barrier();
    for (int r = 0; r < reductions; ++r) count(team, r, part, to);
  }

  KOKKOS_FUNCTION std::uint32_t judge(StoredImages const& image, int at,
                                      std::uint32_t of_word) const {
    std::uint32_t result = 0;
    for (int i = 0; i < word; ++i)
      result |=
          judge_pixel(image, static_cast<std::int64_t>(at) * word + i, of_word >> (8 * i) & 255u)
          << (8 * i);
    return result;
  }

  KOKKOS_FUNCTION unsigned judge_pixel(StoredImages const& image, std::int64_t pixel,
                                       unsigned code) const {
    if (code == code_invalid || pixel >= pixels) return code_invalid;
    double const value = code == code_in_image ? image.value(pixel) : code;
    float const raw = static_cast<float>(value),
                signal = dark.extent(0) > 0 ? raw - dark(pixel) : raw;
    bool const finite = signal - signal == 0.0f;
    if (!finite || !valid.contains(value)) return code_invalid;
    bool const small = whole_numbers && value >= 0.0 && value < code_in_image;
    return small ? static_cast<unsigned>(value) : code_in_image;
  }

  KOKKOS_FUNCTION void count(TeamOfSpace const& team, int reduction, Part const& part,
                             CodesOfFour const* of) const {
    GroupCounts all{};
    std::uint32_t const* const fates_of_part = &fates(reduction, part.first_word);
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, part.words),
        [&](int k, GroupCounts& sum) {
          constexpr std::uint32_t ones = 0x01010101u, even = 0x00ff00ffu;
          std::uint32_t const fate = fates_of_part[k];
          std::uint32_t used = 0, invalid = 0;  // byte f: of the 4 pixels of frame f
          for (int i = 0; i < word; ++i) {
            std::uint32_t const codes_of_pixel = of[k].of[i];
            std::uint32_t const lost =
                (((codes_of_pixel & 0x7f7f7f7fu) + ones) & codes_of_pixel) >> 7 & ones;
            unsigned const fate_of_pixel = fate >> (8 * i) & 255u;
            used += fate_of_pixel == in_range ? ones - lost : 0u;
            invalid += fate_of_pixel != masked ? lost : 0u;
          }
          sum += {{used & even, used >> 8 & even}, {invalid & even, invalid >> 8 & even}};
        },
        Kokkos::Sum<GroupCounts>(all));
    Kokkos::single(Kokkos::PerTeam(team),
                   [&] { counts(reduction * counts_of_reduction + team.league_rank()) = all; });
    team.team_barrier();
  }
};

unsigned char fate_of(core::ReductionPlan const& plan, core::Reduction const& reduction,
                      std::size_t pixel) {
  return plan.corrections.mask[pixel] != 0   ? masked
         : reduction.matrix.has_entry(pixel) ? in_range
                                             : outside;
}

// Whether every count below 254 is valid, so that none of them has to be looked at.
bool all_counts_valid(core::ReductionPlan const& plan) {
  bool valid =
      std::ranges::all_of(plan.corrections.dark, [](float of) { return std::isfinite(of); });
  for (unsigned count = 0; count < code_in_image; ++count)
    valid = valid && plan.valid.contains(count);
  return valid;
}

std::size_t rounded_up(std::size_t number, std::size_t to) { return (number + to - 1) / to * to; }

}  // namespace

DeviceFrames::DeviceFrames(core::ReductionPlan const& plan, std::size_t width, int threads)
    : plan_(plan),
      threads_(threads != 0  ? threads
               : host_memory ? 1
                             : 256),
      stride_(rounded_up(plan.shape.pixels(), 8)),
      groups_(rounded_up(width, frames_of_group) / frames_of_group),
      parts_(rounded_up(stride_, part_pixels) / part_pixels),
      counts_are_valid_(all_counts_valid(plan)),
      dark_(copy_to_space("xrdct::frames dark", plan.corrections.dark)),
      invalid_(copy_to_space("xrdct::frames invalid", plan.valid.invalid)) {
  std::size_t const pixels = plan.shape.pixels(), reductions = plan.reductions.size();
  auto const label = [](char const* name) {
    return Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(name));
  };
  codes_ = Array<CodesOfFour*>(label("xrdct::frames codes"), groups_ * stride_ / word);
  coded_.images.type = plan.encoding.type;
  coded_.stride = static_cast<std::int64_t>(stride_);
  coded_.codes = reinterpret_cast<std::uint32_t const*>(codes_.data());
  fates_ = Array<std::uint32_t**>(label("xrdct::frames fates"), reductions, stride_ / word);
  std::vector<unsigned char> fates(reductions * stride_, masked);
  for (std::size_t r = 0; r < reductions; ++r) {
    unsigned char* const of_reduction = fates.data() + r * stride_;
    for (std::size_t p = 0; p < pixels; ++p) of_reduction[p] = fate_of(plan, plan.reductions[r], p);
    masked_.push_back(std::count(of_reduction, of_reduction + pixels, masked));
  }
  std::vector<std::uint32_t> words(fates.size() / word);
  std::memcpy(words.data(), fates.data(), fates.size());
  Kokkos::deep_copy(fates_,
                    OnHost<std::uint32_t const**>(words.data(), reductions, stride_ / word));
  counts_on_host_ =
      Pinned<GroupCounts*>(label("xrdct::frames counts"), reductions * groups_ * parts_);
  counts_ = array_for(counts_on_host_);
}

void DeviceFrames::read(DecodedFrames const& decoded, std::size_t columns) {
  auto const pixels = static_cast<std::int64_t>(plan_.shape.pixels());
  std::size_t const groups = rounded_up(columns, frames_of_group) / frames_of_group;
  coded_.images.bytes = decoded.images;
  coded_.images.image_bytes = static_cast<std::int64_t>(decoded.image_bytes);
  TeamsOfSpace const all(static_cast<int>(groups * parts_), threads_);
  JudgePixels const judge{.valid = {plan_.valid.lowest, plan_.valid.highest, invalid_},
                          .counts_are_valid = counts_are_valid_,
                          .whole_numbers = core::is_integer(plan_.encoding.type),
                          .images = coded_.images,
                          .codes = reinterpret_cast<std::uint32_t const*>(decoded.codes),
                          .pixels = pixels,
                          .stride = coded_.stride,
                          .columns = static_cast<int>(columns),
                          .reductions = static_cast<int>(plan_.reductions.size()),
                          .counts_of_reduction = static_cast<int>(groups_ * parts_),
                          .dark = dark_,
                          .fates = fates_,
                          .judged = codes_,
                          .counts = counts_};
  Kokkos::parallel_for("xrdct::judge_pixels", all, judge);
  fetch(Space(), counts_, counts_on_host_, counts_.size());
}

core::PixelTally DeviceFrames::tally(std::size_t reduction, std::size_t column) const {
  std::size_t const frame = column % frames_of_group;
  auto const of_frame = [&](std::uint32_t const(&both)[2]) {
    return static_cast<std::int64_t>(both[frame % 2] >> (16 * (frame / 2)) & 0xffffu);
  };
  core::PixelTally tally{.masked = masked_[reduction]};
  for (std::size_t part = 0; part < parts_; ++part) {
    GroupCounts const& counts =
        counts_on_host_((reduction * groups_ + column / frames_of_group) * parts_ + part);
    tally.used += of_frame(counts.used);
    tally.invalid += of_frame(counts.invalid);
  }
  tally.out_of_range = static_cast<std::int64_t>(plan_.shape.pixels()) - tally.total();
  return tally;
}

EngineMemory DeviceFrames::memory() const noexcept {
  return memory_of(dark_) + memory_of(fates_) + memory_of(codes_) + memory_of_both(counts_on_host_);
}

}  // namespace xrdct::kernels
