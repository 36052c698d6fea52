// Frames of a simulated scan: expected counts, and Poisson counts.
#include "core/phantom/simulated_scan.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "core/phantom/phantom_phases.hpp"
#include "core/phantom/random_poisson.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr std::size_t strip_pixels = 2048;  // even, and small enough for the first cache
constexpr int spot_reach = 2;               // a spot covers 5 × 5 pixels
constexpr double spot_sigma = 0.9;          // [pixels]
constexpr int moments = 4;                  // of an exposure in motion

// The largest value of a type that is a count: unsigned types keep their two largest for gaps and
// overflow.
double highest_count(PixelType type) {
  if (type == PixelType::u16) return 65533.0;
  return type == PixelType::u32 ? 4294967293.0 : 2147483647.0;
}

double mean_where_used(std::vector<float> const& image, std::vector<std::uint8_t> const& mask) {
  double sum = 0.0;
  std::size_t used = 0;
  for (std::size_t p = 0; p < image.size(); ++p) {
    if (mask[p] != 0) continue;
    sum += static_cast<double>(image[p]);
    ++used;
  }
  return used == 0 ? 0.0 : sum / static_cast<double>(used);
}

std::vector<std::uint32_t> pixels_on_rings(std::vector<PowderLine> const& lines,
                                           double half_width_rad, SimulatedRays const& rays,
                                           std::vector<std::uint8_t> const& mask) {
  std::vector<std::uint32_t> pixels;
  for (std::size_t p = 0; p < mask.size(); ++p) {
    double const angle = rays.two_theta_rad[p];
    auto const on_ring = [&](PowderLine const& line) {
      return std::abs(line.two_theta_rad - angle) < half_width_rad;
    };
    if (mask[p] == 0 && std::any_of(lines.begin(), lines.end(), on_ring))
      pixels.push_back(static_cast<std::uint32_t>(p));
  }
  return pixels;
}

}  // namespace

SimulatedScan::SimulatedScan(SimulationSettings const& settings) : settings_(settings) {
  if (auto problems = problems_of(settings); !problems.empty())
    throw InputError(std::move(problems));
  sample_ = phantom_sample(settings.sample_radius_mm);
  detector_ = make_detector(settings.calibration.detector, settings.frame);
  mask_ = detector_.mask.empty() ? std::vector<std::uint8_t>(settings.frame.pixels(), 0)
                                 : detector_.mask;
  rays_ =
      simulated_rays(settings.calibration, settings.frame, detector_.pixel1_m, detector_.pixel2_m,
                     settings.solid_angle, settings.polarization, settings.polarization_factor);
  names_ = sample_.phases;
  names_.push_back("air");
  course_ = simulated_course(settings);
  make_weights();
  make_images();
  scale_to_counts();
  place_hot_pixels();
}

std::span<double const> SimulatedScan::weights(std::size_t place) const {
  return {weights_.data() + place * components(), components()};
}

// The ring is filled three times in a scan; in between the beam decays.
double SimulatedScan::monitor(std::int64_t frame) const {
  std::int64_t const period = std::max<std::int64_t>(1, (frames() + 2) / 3);
  return 1.0 - settings_.monitor_drift * static_cast<double>(frame % period) /
                   static_cast<double>(period);
}

std::vector<double> SimulatedScan::weights_at(MotorPositions const& motors) const {
  std::vector<double> w(names_.size(), 0.0);
  for (auto const& body : sample_.bodies)
    w[body.phase] +=
        chord_mm(body, motors.height_mm, motors.rotation_deg * degree, motors.translation_mm);
  for (std::size_t phase = 0; phase < sample_.phases.size(); ++phase)
    w[phase] = std::max(0.0, w[phase]);  // a hole may leave −1e-17
  w[names_.size() - 1] = 1.0;
  return w;
}

std::vector<double> SimulatedScan::frame_weights(std::int64_t frame) const {
  auto const& taken = course_[static_cast<std::size_t>(frame)];
  if (taken.travel_steps == 0.0) return weights_at(taken.middle);
  double const step =
      settings_.course.rotation_fast ? settings_.rotation_deg.step : settings_.translation_mm.step;
  std::vector<double> mean(names_.size(), 0.0);
  for (int moment = 0; moment < moments; ++moment) {
    double const way = taken.travel_steps * step * ((moment + 0.5) / moments - 0.5);
    auto motors = taken.middle;
    (settings_.course.rotation_fast ? motors.rotation_deg : motors.translation_mm) += way;
    auto const w = weights_at(motors);
    for (std::size_t c = 0; c < w.size(); ++c) mean[c] += w[c] / moments;
  }
  return mean;
}

void SimulatedScan::make_weights() {
  for (std::size_t place = 0; place < settings_.scan.places(); ++place) {
    auto const w = weights_at(positions_of(settings_, place));
    weights_.insert(weights_.end(), w.begin(), w.end());
  }
}

void SimulatedScan::make_images() {
  double const wavelength_m = *settings_.calibration.wavelength_m;
  double const sigma_rad = settings_.peak_fwhm_deg * degree / std::sqrt(8.0 * std::numbers::ln2);
  double const widest = *std::max_element(rays_.two_theta_rad.begin(), rays_.two_theta_rad.end());
  images_.assign(names_.size(), std::vector<float>(mask_.size()));
  auto const fill = [&](std::size_t component, auto const& profile) {
    for (std::size_t p = 0; p < mask_.size(); ++p)
      images_[component][p] = static_cast<float>(rays_.norm[p] * profile(rays_.two_theta_rad[p]));
  };
  auto const crystals = phantom_crystals();
  for (std::size_t phase = 0; phase < crystals.size(); ++phase) {
    auto const lines = powder_lines(crystals[phase], wavelength_m, widest + 7.0 * sigma_rad);
    fill(phase, [&](double angle) { return powder_profile(lines, angle, sigma_rad); });
    if (settings_.spots > 0)
      ring_pixels_.push_back(
          pixels_on_rings(lines, 0.5 * settings_.peak_fwhm_deg * degree, rays_, mask_));
  }
  fill(crystals.size(),
       [&](double angle) { return amorphous_profile(q_nm_of(angle, wavelength_m)); });
  fill(crystals.size() + 1,
       [&](double angle) { return air_profile(q_nm_of(angle, wavelength_m)); });
}

// Every phase scatters alike on the average over the detector, so that all can be seen; then all
// are scaled to the wanted counts.
void SimulatedScan::scale_to_counts() {
  std::size_t const air = components() - 1;
  double sample_mean = 0.0, air_mean = 0.0;
  for (std::int64_t frame = 0; frame < frames(); ++frame) {
    auto const w = frame_weights(frame);
    for (std::size_t c = 0; c < air; ++c) sample_mean += monitor(frame) * w[c];
    air_mean += monitor(frame) * w[air];
  }
  double const all = static_cast<double>(frames());
  if (sample_mean <= 0.0)
    throw InputError({.what = "simulate",
                      .expected = "rays through the sample",
                      .found = "none in the scan",
                      .attempt = "look at --sample-radius and the motors"});
  std::vector<double> brightest(components(), 0.0);
  for (std::size_t c = 0; c < components(); ++c) {
    double const counts = c == air ? settings_.counts * settings_.air_share / air_mean
                                   : settings_.counts * (1.0 - settings_.air_share) / sample_mean;
    double const mean = mean_where_used(images_[c], mask_);
    double const factor = mean > 0.0 ? counts * all / mean : 0.0;
    for (auto& g : images_[c]) g = static_cast<float>(factor * static_cast<double>(g));
    for (std::size_t p = 0; p < mask_.size(); ++p) {
      if (mask_[p] == 0) brightest[c] = std::max(brightest[c], static_cast<double>(images_[c][p]));
    }
  }
  for (std::int64_t frame = 0; frame < frames(); ++frame) {
    auto const w = frame_weights(frame);
    double bound = 0.0;
    for (std::size_t c = 0; c < components(); ++c) bound += w[c] * brightest[c];
    largest_ = std::max(largest_, bound);
  }
  if (largest_ + 12.0 * std::sqrt(largest_) + 20.0 > highest_count(settings_.type)) {
    throw InputError({.what = "simulate: --type " + std::string(name_of(settings_.type)),
                      .expected = "counts that fit",
                      .found = "up to about " +
                               std::to_string(static_cast<std::uint64_t>(largest_)) +
                               " expected in a pixel",
                      .attempt = "lower --counts or take u32"});
  }
}

void SimulatedScan::place_hot_pixels() {
  std::size_t const usable =
      static_cast<std::size_t>(std::count(mask_.begin(), mask_.end(), std::uint8_t{0}));
  RandomFrame const random(settings_.seed, 0);
  std::vector<std::uint8_t> taken = mask_;
  for (std::uint32_t draw = 0; hot_.size() < std::min(settings_.hot_pixels, usable); ++draw) {
    auto const pixel = static_cast<std::size_t>(random.uniforms(RandomUse::hot_place, 0, draw)[0] *
                                                static_cast<double>(mask_.size()));
    if (taken[pixel] != 0) continue;
    taken[pixel] = 1;
    hot_.push_back(static_cast<std::uint32_t>(pixel));
  }
  std::sort(hot_.begin(), hot_.end());
}

void SimulatedScan::expectation(std::int64_t frame, std::size_t first_pixel,
                                std::span<double> out) const {
  auto const w = frame_weights(frame);
  double const m = monitor(frame);
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t c = 0; c < components(); ++c) {
    double const factor = m * w[c];
    float const* const g = images_[c].data() + first_pixel;
    if (factor == 0.0) continue;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += factor * static_cast<double>(g[i]);
  }
}

std::vector<std::uint32_t> SimulatedScan::spots(std::int64_t frame) const {
  auto const w = frame_weights(frame);
  double crystals = 0.0;
  for (std::size_t c = 0; c < ring_pixels_.size(); ++c)
    crystals += ring_pixels_[c].empty() ? 0.0 : w[c];
  std::vector<std::uint32_t> pixels;
  if (crystals <= 0.0) return pixels;
  RandomFrame const random(settings_.seed, static_cast<std::uint32_t>(frame));
  for (std::uint32_t spot = 0; spot < settings_.spots; ++spot) {
    auto const [which, where] = random.uniforms(RandomUse::spot_place, spot);
    double left = which * crystals;
    std::vector<std::uint32_t> const* ring = nullptr;
    for (std::size_t c = 0; c < ring_pixels_.size() && (ring == nullptr || left >= 0.0); ++c) {
      if (ring_pixels_[c].empty() || w[c] <= 0.0) continue;
      ring = &ring_pixels_[c];
      left -= w[c];
    }
    pixels.push_back((*ring)[static_cast<std::size_t>(where * static_cast<double>(ring->size()))]);
  }
  return pixels;
}

std::vector<SimulatedScan::Extra> SimulatedScan::extras(std::int64_t frame) const {
  RandomFrame const random(settings_.seed, static_cast<std::uint32_t>(frame));
  std::vector<Extra> list;
  for (std::uint32_t pixel : hot_)
    list.push_back({pixel, poisson(settings_.hot_counts, random, RandomUse::hot_counts, pixel)});
  auto const rows = static_cast<std::int64_t>(settings_.frame.rows),
             columns = static_cast<std::int64_t>(settings_.frame.columns);
  std::uint32_t index = 0;
  for (std::uint32_t center : spots(frame)) {
    for (int dy = -spot_reach; dy <= spot_reach; ++dy) {
      for (int dx = -spot_reach; dx <= spot_reach; ++dx, ++index) {
        std::int64_t const row = center / columns + dy, column = center % columns + dx;
        if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
        auto const pixel = static_cast<std::uint32_t>(row * columns + column);
        double const mean = settings_.spot_counts *
                            std::exp(-0.5 * (dx * dx + dy * dy) / (spot_sigma * spot_sigma));
        if (mask_[pixel] == 0)
          list.push_back({pixel, poisson(mean, random, RandomUse::spot_counts, index)});
      }
    }
  }
  return list;
}

template <class Pixel>
void SimulatedScan::draw_pixels(std::int64_t frame, std::span<std::byte> out) const {
  RandomFrame const random(settings_.seed, static_cast<std::uint32_t>(frame));
  std::vector<double> mean(strip_pixels);
  std::vector<std::uint64_t> counts(strip_pixels);
  std::vector<Pixel> pixels(strip_pixels);
  constexpr auto gap = static_cast<Pixel>(-1);  // all ones: 2ⁿ − 1, or −1
  for (std::size_t first = 0; first < mask_.size(); first += strip_pixels) {
    std::size_t const n = std::min(strip_pixels, mask_.size() - first);
    expectation(frame, first, std::span(mean).first(n));
    for (std::size_t i = 0; i < n; ++i) mean[i] = mask_[first + i] != 0 ? 0.0 : mean[i];
    draw_counts(std::span(mean).first(n), random, first, std::span(counts).first(n));
    for (std::size_t i = 0; i < n; ++i)
      pixels[i] = mask_[first + i] != 0 ? gap : static_cast<Pixel>(counts[i]);
    std::memcpy(out.data() + first * sizeof(Pixel), pixels.data(), n * sizeof(Pixel));
  }
  auto const most = static_cast<std::uint64_t>(highest_count(settings_.type));
  for (auto const& extra : extras(frame)) {
    Pixel value;
    std::byte* const at = out.data() + extra.pixel * sizeof(Pixel);
    std::memcpy(&value, at, sizeof(Pixel));
    value = static_cast<Pixel>(std::min(most, static_cast<std::uint64_t>(value) + extra.counts));
    std::memcpy(at, &value, sizeof(Pixel));
  }
}

void SimulatedScan::draw(std::int64_t frame, std::span<std::byte> out) const {
  XRDCT_ASSERT(out.size() == mask_.size() * size_of(settings_.type));
  switch (settings_.type) {
    case PixelType::u16:
      return draw_pixels<std::uint16_t>(frame, out);
    case PixelType::u32:
      return draw_pixels<std::uint32_t>(frame, out);
    case PixelType::i32:
      return draw_pixels<std::int32_t>(frame, out);
    case PixelType::u8:
    case PixelType::i8:
    case PixelType::i16:
    case PixelType::f32:
    case PixelType::f64:
      break;
  }
  XRDCT_ASSERT(false);
}

}  // namespace xrdct::core
