// Reads the distortion files of Fit2D.
#include "config/calibration/spline_file.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "config/calibration/poni_lines.hpp"
#include "config/text/text_file.hpp"
#include "core/words/errors.hpp"

namespace xrdct::config {
namespace {

constexpr std::size_t number_width = 14;

std::string trimmed(std::string const& text) {
  auto const first = text.find_first_not_of(" \t\r");
  return first == std::string::npos
             ? std::string()
             : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

class SplineText {
 public:
  SplineText(std::string_view text, std::string file) : file_(std::move(file)) {
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) lines_.push_back(line);
  }

  /// The numbers of the lines below a section, up to a blank one.
  std::vector<double> numbers(std::string const& section) const {
    return numbers_from(section, find(section) + 1);
  }

  core::SplineSurface surface(std::string const& section) const {
    std::size_t const at = find(section);
    std::istringstream counts(at + 1 < lines_.size() ? lines_[at + 1] : "");
    std::size_t knots_x = 0, knots_y = 0;
    constexpr std::size_t most_knots = 100'000;
    if (!(counts >> knots_x >> knots_y) || knots_x > most_knots || knots_y > most_knots)
      fail(section, "the two numbers of knots", "none");
    std::vector<double> values = numbers_from(section, at + 2);
    if (values.size() < knots_x + knots_y)
      fail(section, std::to_string(knots_x + knots_y) + " knots and their coefficients",
           std::to_string(values.size()) + " numbers");
    for (double& value : values) value = static_cast<double>(static_cast<float>(value));
    auto const after_x = values.begin() + static_cast<std::ptrdiff_t>(knots_x),
               after_y = after_x + static_cast<std::ptrdiff_t>(knots_y);
    try {
      return {{values.begin(), after_x}, {after_x, after_y}, {after_y, values.end()}};
    } catch (core::InputError const& error) {
      throw core::InputError("cannot read " + file_ + ", " + section + ": " + error.what());
    }
  }

  [[noreturn]] void fail(std::string const& section, std::string const& expected,
                         std::string const& found) const {
    throw core::InputError("cannot read " + file_ + ": " + section + ": expected " + expected +
                           ", found " + found + "; is this a distortion file of Fit2D?");
  }

 private:
  std::size_t find(std::string const& section) const {
    auto const found = std::find_if(lines_.begin(), lines_.end(), [&](std::string const& line) {
      return lower_case(trimmed(line)) == lower_case(section);
    });
    if (found == lines_.end()) fail(section, "this section", "none");
    return static_cast<std::size_t>(found - lines_.begin());
  }

  std::vector<double> numbers_from(std::string const& section, std::size_t first) const {
    std::vector<double> values;
    for (std::size_t line = first; line < lines_.size() && !trimmed(lines_[line]).empty(); ++line) {
      for (std::size_t begin = 0; begin + number_width <= lines_[line].size();
           begin += number_width) {
        std::string const text = trimmed(lines_[line].substr(begin, number_width));
        auto const value = number_of(text);
        if (!value || !std::isfinite(*value))
          fail(section, "a number of 14 characters in line " + std::to_string(line + 1),
               "\"" + text + "\"");
        values.push_back(*value);
      }
    }
    return values;
  }

  std::string file_;
  std::vector<std::string> lines_;
};

}  // namespace

core::DistortionSpline parse_spline(std::string_view text, std::string const& file_name) {
  constexpr double longest = 1e6, micrometre = 1e-6;
  SplineText const lines(text, file_name);
  std::string const region_name = "VALID REGION",
                    sizes_name = "GRID SPACING, X-PIXEL SIZE, Y-PIXEL SIZE";
  auto const region = lines.numbers(region_name), sizes = lines.numbers(sizes_name);
  bool const is_region = region.size() == 4 && region[2] - region[0] >= 1.0 &&
                         region[3] - region[1] >= 1.0 && region[2] - region[0] <= longest &&
                         region[3] - region[1] <= longest;
  if (!is_region)
    lines.fail(region_name, "x and y of the first and of the last corner, in pixels",
               std::to_string(region.size()) + " numbers");
  if (sizes.size() != 3 || !(sizes[1] > 0.0) || !(sizes[2] > 0.0))
    lines.fail(sizes_name, "a spacing and two sizes in µm above 0",
               std::to_string(sizes.size()) + " numbers");
  core::FrameShape const shape{static_cast<std::size_t>(region[3] - region[1]),
                               static_cast<std::size_t>(region[2] - region[0])};
  return {shape, sizes[2] * micrometre, sizes[1] * micrometre, lines.surface("X-DISTORTION"),
          lines.surface("Y-DISTORTION")};
}

core::DistortionSpline read_spline(std::filesystem::path const& file) {
  return parse_spline(
      text_of_file(file, "a distortion file of Fit2D", "check the path in the PONI file"),
      file.string());
}

}  // namespace xrdct::config
