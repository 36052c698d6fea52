// Says what a misspelt command or option was probably meant to be.
#include "app/session/command_line_errors.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <string_view>
#include <vector>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"

namespace xrdct::app {
namespace {

std::vector<std::string> commands_of(CLI::App const& program) {
  std::vector<std::string> names;
  for (auto const* command : program.get_subcommands([](CLI::App const*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

CLI::App const* command_of(CLI::App const& program, std::string const& name) {
  auto const found =
      program.get_subcommands([&](CLI::App const* command) { return command->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

bool has_option(CLI::App const& command, std::string const& name) {
  return command.get_option_no_throw(name) != nullptr;
}

std::vector<std::string> options_of(CLI::App const& command) {
  std::vector<std::string> names;
  for (auto const* option : command.get_options()) {
    for (auto const& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// "reduce and check", of those that have this option.
std::string owners_of(CLI::App const& program, std::string const& option) {
  std::vector<std::string> owners;
  for (auto const& name : commands_of(program)) {
    if (has_option(*command_of(program, name), option)) owners.push_back(name);
  }
  return core::listed(owners, " and ");
}

std::string unknown_command(CLI::App const& program, std::string const& word) {
  auto const names = commands_of(program);
  auto const near = core::nearest_name(word, names);
  bool const is_file = word.size() > 5 && word.substr(word.size() - 5) == ".json";
  std::string const advice = !near.empty() ? "did you mean xrdct " + near + "?"
                             : is_file     ? "such as xrdct reduce " + word
                                           : "see xrdct --help";
  return core::text({.what = "run xrdct " + word,
                     .expected = "one of the commands " + core::listed(names, ", "),
                     .found = fmt::format("\"{}\"", word),
                     .attempt = advice});
}

/// Empty when the command knows the option in this word.
std::string unknown_option(CLI::App const& program, CLI::App const& command,
                           std::string const& word) {
  std::string const name = word.substr(0, word.find('='));
  bool const is_long = name.starts_with("--");
  std::string const path =
      command.get_name() == program.get_name() ? "xrdct" : "xrdct " + command.get_name();
  auto const see = fmt::format("see {} --help", path);
  auto const problem = [&](std::string const& found, std::string const& attempt) {
    return core::text({.what = "run " + path,
                       .expected = "an option that it has",
                       .found = found,
                       .attempt = attempt});
  };
  if (!is_long) {
    bool const is_long_behind_one_dash =
        name.size() > 2 &&
        (has_option(command, "-" + name) || !owners_of(program, "-" + name).empty());
    if (is_long_behind_one_dash && has_option(command, "-" + name))
      return problem(name, fmt::format("did you mean -{}?", name));
    if (has_option(command, name.substr(0, 2)) && !is_long_behind_one_dash) return {};
    return problem(name, see);
  }
  if (has_option(command, name)) return {};
  if (auto const near = core::nearest_name(name, options_of(command));
      !near.empty() && owners_of(program, name).empty())
    return problem(name, fmt::format("did you mean {}?", near));
  auto const owners = owners_of(program, name);
  return problem(owners.empty() ? name : fmt::format("{}, an option of xrdct {}", name, owners),
                 see);
}

bool looks_like_option(std::string_view word) {
  if (word.size() < 2 || word[0] != '-') return false;
  return word[1] == '-'
             ? word.size() > 2
             : std::isalpha(static_cast<unsigned char>(word[1])) != 0;  // -3 and -.5 are numbers
}

}  // namespace

std::string unknown_words(CLI::App const& program, int argc, char const* const* argv) {
  if (argc < 2) return {};
  std::string const first = argv[1];
  if (looks_like_option(first)) return unknown_option(program, program, first);
  auto const* command = command_of(program, first);
  if (command == nullptr) return unknown_command(program, first);
  std::string problems;
  for (int i = 2; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    if (!looks_like_option(argv[i])) continue;
    auto const problem = unknown_option(program, *command, argv[i]);
    if (!problem.empty()) problems += (problems.empty() ? "" : "\n") + problem;
  }
  return problems;
}

std::string help_of_option(CLI::App const& program, std::string const& command,
                           std::string const& message) {
  auto const* app = command_of(program, command);
  if (app == nullptr) return {};
  for (auto const* option : app->get_options()) {
    std::string const name = option->get_name();
    bool const begins = message.starts_with(name + ":") || message.starts_with(name + " ");
    if (begins) return " (" + name + ": " + option->get_description() + ")";
  }
  return {};
}

}  // namespace xrdct::app
