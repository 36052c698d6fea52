#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "config/job/job.hpp"
#include "config/json/json_reader.hpp"

/// The words of the job file, for reading and for the canonical form. Private to config.
namespace xrdct::config {

inline constexpr std::array<Choice<Scan::Incomplete>, 2> incomplete_names{
    {{"error", Scan::Incomplete::error}, {"nan", Scan::Incomplete::nan}}};

inline constexpr std::array<Choice<core::OrientationConvention>, 2> convention_names{
    {{"2026.9", core::OrientationConvention::since_2026_9},
     {"before-2026.9", core::OrientationConvention::before_2026_9}}};

template <class T, class... Values>
constexpr auto choices_of(T first, Values... others) {
  return std::array<Choice<T>, 1 + sizeof...(others)>{
      {{core::name_of(first), first}, {core::name_of(others), others}...}};
}

inline constexpr auto splitting_names =
    choices_of(core::Splitting::none, core::Splitting::bounding_box, core::Splitting::full);
inline constexpr auto error_model_names =
    choices_of(core::ErrorModel::none, core::ErrorModel::variance, core::ErrorModel::poisson,
               core::ErrorModel::azimuthal, core::ErrorModel::hybrid);
inline constexpr auto pattern_names =
    choices_of(core::PatternKind::radial, core::PatternKind::azimuthal, core::PatternKind::cake);

/// The mean between two quantiles has a second name.
inline constexpr std::array<Choice<core::Method>, 6> method_names{
    {{core::name_of(core::Method::mean), core::Method::mean},
     {core::name_of(core::Method::sigma_clip), core::Method::sigma_clip},
     {core::name_of(core::Method::quantile_mean), core::Method::quantile_mean},
     {"median", core::Method::quantile_mean},
     {core::name_of(core::Method::maximum), core::Method::maximum},
     {core::name_of(core::Method::sum), core::Method::sum}}};

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
