#pragma once
#include <array>
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

inline constexpr std::array<Choice<core::ErrorModel>, 2> error_model_names{
    {{"none", core::ErrorModel::none}, {"poisson", core::ErrorModel::poisson}}};

template <class T, std::size_t n>
std::string name_in(std::array<Choice<T>, n> const& choices, T value) {
  for (auto const& choice : choices) {
    if (choice.value == value) return std::string(choice.name);
  }
  return {};
}

}  // namespace xrdct::config
