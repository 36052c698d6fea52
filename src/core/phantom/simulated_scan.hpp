#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/detector/detector.hpp"
#include "core/phantom/phantom_sample.hpp"
#include "core/phantom/simulated_course.hpp"
#include "core/phantom/simulated_rays.hpp"
#include "core/phantom/simulation_settings.hpp"

namespace xrdct::core {

/*!
 * A scan of a phantom whose every expectation is known.
 *
 *     E[n][p] = m_n · Σ_c w_c(motors of n) · G_c[p]
 *     G_c[p] = Ω·P·profile_c(2θ of the centre of p)        [counts]
 *
 * Components c: the phases of the sample (w = density × length of the ray, mm, where the motors
 * were; the mean of four moments of an exposure in motion) and air (w = 1). m_n is the monitor,
 * relative. Counts are Poisson numbers of E, keyed by (seed, frame, pixel): any
 * rank or thread makes any frame. Hot pixels and spots are added to them and no part of E. Memory:
 * 4 B per pixel and component, 16 B per pixel, 130 B per frame.
 */
class SimulatedScan {
 public:
  /// \throws InputError with every problem of the settings.
  explicit SimulatedScan(SimulationSettings const& settings);

  SimulationSettings const& settings() const noexcept { return settings_; }
  PhantomSample const& sample() const noexcept { return sample_; }
  Detector const& detector() const noexcept { return detector_; }
  SimulatedRays const& rays() const noexcept { return rays_; }
  std::vector<std::uint8_t> const& mask() const noexcept { return mask_; }  //!< [pixel] 1: gap
  std::size_t components() const noexcept { return images_.size(); }
  std::string const& component_name(std::size_t component) const { return names_[component]; }
  /// G_c [pixel]
  std::span<float const> image(std::size_t component) const { return images_[component]; }
  std::span<double const> weights(std::size_t place) const;     //!< w [component] of a place
  std::vector<double> frame_weights(std::int64_t frame) const;  //!< w [component] as it was
  double monitor(std::int64_t frame) const;                     //!< m, about 1
  std::int64_t frames() const noexcept { return static_cast<std::int64_t>(course_.size()); }
  std::vector<TakenFrame> const& course() const noexcept { return course_; }  //!< [frame]
  /// pixels, rising
  std::vector<std::uint32_t> const& hot_pixels() const noexcept { return hot_; }
  double largest_expectation() const noexcept { return largest_; }  //!< a bound for E

  /// E of consecutive pixels.
  void expectation(std::int64_t frame, std::size_t first_pixel, std::span<double> out) const;
  /// The pixels of a frame as they are stored, native byte order.
  /// \param out exactly pixels × size of the type. Any thread.
  void draw(std::int64_t frame, std::span<std::byte> out) const;
  /// Pixels of the centres of the spots of a frame; empty where the beam meets no crystal.
  std::vector<std::uint32_t> spots(std::int64_t frame) const;

 private:
  struct Extra {
    std::uint32_t pixel;
    std::uint64_t counts;
  };
  std::vector<double> weights_at(MotorPositions const& motors) const;
  void make_weights();
  void make_images();
  void scale_to_counts();
  void place_hot_pixels();
  std::vector<Extra> extras(std::int64_t frame) const;
  template <class Pixel>
  void draw_pixels(std::int64_t frame, std::span<std::byte> out) const;

  SimulationSettings settings_;
  PhantomSample sample_;
  Detector detector_;
  SimulatedRays rays_;
  std::vector<std::uint8_t> mask_;
  std::vector<std::string> names_;
  std::vector<std::vector<float>> images_;
  std::vector<TakenFrame> course_;
  std::vector<double> weights_;  //!< [place][component]
  std::vector<std::uint32_t> hot_;
  /// [crystal] pixels on its rings, not masked
  std::vector<std::vector<std::uint32_t>> ring_pixels_;
  double largest_ = 0.0;
};

}  // namespace xrdct::core
