#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/words/names.hpp"
#include "io/pictures/colour_limits.hpp"

/// What options accept. CLI11's own ranges let NaN pass, and its lists say nothing of the word that
/// is nearest.
namespace xrdct::app {

/// A number from `low` to `high`, both included; never NaN.
/// \param example of what is usual, for the message
CLI::Validator number_from(double low, double high, std::string const& example);

/// A whole number from `low` to `high`, both included: a sign would otherwise make the largest
/// number of it where none below 0 is meant.
CLI::Validator whole_number(std::uint64_t low, std::uint64_t high);

/// One of these words.
CLI::Validator one_of(std::vector<std::string> const& words);

/// Adds an option that chooses a value of an enumeration by its name.
/// \param more of the help, behind the names
template <core::Named T>
CLI::Option* add_choice(CLI::App& command, std::string const& option, std::optional<T>& to,
                        std::string const& more) {
  auto const names = core::names_of<T>();
  auto const choose = [&to](std::string const& name) { to = core::named<T>(name); };
  return command.add_option_function<std::string>(option, choose, core::listed(names) + more)
      ->check(one_of(names));
}

/// The same for some of the values, and a value that stands there already. \param help without the
/// names
template <core::Named T>
CLI::Option* add_choice_of(CLI::App& command, std::string const& option, T& to,
                           std::vector<T> const& values, std::string const& help) {
  std::vector<std::string> names;
  for (T const value : values) names.emplace_back(core::name_of(value));
  auto const choose = [&to](std::string const& name) { to = *core::named<T>(name); };
  return command.add_option_function<std::string>(option, choose, help)->check(one_of(names));
}

/// A name of a file or folder: not empty, as a variable of a shell that is not set leaves it.
CLI::Validator some_name();

/// A radial unit by its name.
CLI::Validator radial_unit();

/// "2:98" as two finite numbers, the first below the second; nothing for another text.
std::optional<io::Interval> interval_of(std::string const& text);

/// Such a text, both numbers from `low` to `high`, or any. \param example for the message
CLI::Validator interval_from(double low, double high, std::string const& example);
CLI::Validator some_interval(std::string const& example);

}  // namespace xrdct::app
