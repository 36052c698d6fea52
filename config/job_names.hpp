#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "config/job.hpp"
#include "config/json_reader.hpp"

/// The words of the job file, for reading and for the canonical form. Private to config.
namespace xrdct::config {

inline constexpr std::array<Choice<Scan::Incomplete>, 2> incomplete_names{{{"error", Scan::Incomplete::error}, {"nan", Scan::Incomplete::nan}}};

inline constexpr std::array<Choice<core::OrientationConvention>, 2> convention_names{
    {{"2026.9", core::OrientationConvention::since_2026_9}, {"before-2026.9", core::OrientationConvention::before_2026_9}}};

inline constexpr std::array<Choice<core::Splitting>, 3> splitting_names{
    {{"none", core::Splitting::none}, {"bounding_box", core::Splitting::bounding_box}, {"full", core::Splitting::full}}};

inline constexpr std::array<Choice<core::ErrorModel>, 5> error_model_names{{{"none", core::ErrorModel::none},
                                                                            {"variance", core::ErrorModel::variance},
                                                                            {"poisson", core::ErrorModel::poisson},
                                                                            {"azimuthal", core::ErrorModel::azimuthal},
                                                                            {"hybrid", core::ErrorModel::hybrid}}};

/// The median has two names; the first of a method is the one that is written.
inline constexpr std::array<Choice<core::Method>, 6> method_names{{{"mean", core::Method::mean},
                                                                   {"sigma_clip", core::Method::sigma_clip},
                                                                   {"quantile_mean", core::Method::quantile_mean},
                                                                   {"median", core::Method::quantile_mean},
                                                                   {"maximum", core::Method::maximum},
                                                                   {"sum", core::Method::sum}}};

inline constexpr std::array<Choice<core::PatternKind>, 3> pattern_names{
    {{"radial", core::PatternKind::radial}, {"azimuthal", core::PatternKind::azimuthal}, {"cake", core::PatternKind::cake}}};

template <class T, std::size_t n>
std::span<Choice<T> const> all(std::array<Choice<T>, n> const& choices) {
  return choices;
}

template <class T, std::size_t n>
std::string name_in(std::array<Choice<T>, n> const& choices, T value) {
  for (auto const& choice : choices) {
    if (choice.value == value) return std::string(choice.name);
  }
  return {};
}

}  // namespace xrdct::config
