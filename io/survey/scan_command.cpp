// Reads which motors a scan was to move, and how far, from the command that began it.
#include "io/survey/scan_command.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace xrdct::io {
namespace {

std::vector<std::string> words_of(std::string text) {
  std::vector<std::string> words;
  for (char& c : text)
    if (c == '(' || c == ')' || c == ',' || c == '\t') c = ' ';
  std::size_t begin = 0;
  while (begin < text.size()) {
    auto const end = std::min(text.find(' ', begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::optional<double> number_in(std::string const& word) {
  char* end = nullptr;
  double const number = std::strtod(word.c_str(), &end);
  if (word.empty() || *end != '\0' || !std::isfinite(number)) return {};
  return number;
}

// What the three numbers behind a motor mean.
enum class Form { step_and_points, end_and_intervals };

std::optional<CommandedAxis> axis_at(std::vector<std::string> const& words, std::size_t at,
                                     Form form) {
  if (at + 3 >= words.size() || number_in(words[at])) return {};
  auto const start = number_in(words[at + 1]), second = number_in(words[at + 2]),
             count = number_in(words[at + 3]);
  constexpr double most = 1e9;
  if (!start || !second || !count || *count != std::floor(*count) || *count < 1 || *count > most)
    return {};
  auto const number = static_cast<std::size_t>(*count);
  if (form == Form::step_and_points) return CommandedAxis{words[at], *start, *second, number};
  return CommandedAxis{words[at], *start, (*second - *start) / *count, number + 1};
}

}  // namespace

std::size_t ScanCommand::points() const {
  std::size_t points = 1;
  for (auto const& axis : axes) points *= axis.points;
  return points;
}

std::optional<ScanCommand> read_scan_command(std::string const& title) {
  auto const words = words_of(title);
  if (words.empty()) return {};
  auto const& name = words.front();
  auto const is_like = [&](std::string const& part) {
    return name.find(part) != std::string::npos;
  };
  bool const is_fscan = is_like("fscan") || is_like("f2scan");
  if (!is_fscan && !is_like("mesh") && !is_like("ascan") && !is_like("dscan")) return {};
  auto const form = is_fscan ? Form::step_and_points : Form::end_and_intervals;
  ScanCommand command{.name = name, .axes = {}};
  std::size_t const most = is_like("mesh") || is_like("2d") ? 2 : 1;
  for (std::size_t at = 1; at < words.size() && command.axes.size() < most;) {
    auto const axis = axis_at(words, at, form);
    at += axis ? 4 : 1;
    if (axis) command.axes.push_back(*axis);
  }
  if (command.axes.size() != most) return {};
  if (is_fscan) std::reverse(command.axes.begin(), command.axes.end());
  return command;
}

}  // namespace xrdct::io
