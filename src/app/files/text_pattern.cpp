// Patterns as text columns, such that programs for Rietveld refinement read them rightly.
#include "app/files/text_pattern.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"

namespace xrdct::app {
namespace {

bool for_refinement(OutputKind kind) { return kind == OutputKind::xy || kind == OutputKind::xye; }

/// Unit of the axis as written; nothing: azimuth.
std::optional<core::Unit> written_unit(TextPattern const& pattern) {
  if (!pattern.stored) return {};
  if (pattern.asked) return pattern.asked;
  return for_refinement(pattern.kind) ? core::Unit::two_theta_deg : *pattern.stored;
}

std::vector<double> positions(std::filesystem::path const& file, TextPattern const& pattern) {
  auto const unit = written_unit(pattern);
  if (!unit) return {pattern.centres.begin(), pattern.centres.end()};
  if (for_refinement(pattern.kind) && !pattern.asked && !pattern.scales.wavelength_m) {
    throw core::InputError(
        {.what = "write " + file.string(),
         .expected = "the wavelength, which programs for Rietveld refinement need beside 2theta",
         .found = "none in the calibration",
         .attempt = "add `Wavelength:` [m] to the PONI file and reduce again, or choose a unit "
                    "that needs none with --unit, such as 2th_deg"});
  }
  try {
    return core::converted(pattern.centres, *pattern.stored, *unit, pattern.scales);
  } catch (core::InputError const& error) {
    throw core::InputError(fmt::format(
        "cannot write {} over {}: {}; --unit {} writes the bins as they are", file.string(),
        core::name_of(*unit), error.what(), core::name_of(*pattern.stored)));
  }
}

std::string wavelength_text(core::RadialScales const& scales) {
  if (!scales.wavelength_m) return "wavelength not given";
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "wavelength %.8g A", 1e10 * *scales.wavelength_m);
  return text.data();
}

std::string axis_text(TextPattern const& pattern) {
  auto const unit = written_unit(pattern);
  if (!unit)
    return "chi in deg, the azimuth around the beam: this is no powder pattern; " +
           wavelength_text(pattern.scales);
  // GSAS-II until 2024 reads the second word of the line that has the letter q as the wavelength in
  // A, and takes x for q in 1/A.
  if (for_refinement(pattern.kind) && *unit == core::Unit::q_A && pattern.scales.wavelength_m)
    return wavelength_text(pattern.scales).substr(11) + " is the wavelength; q in A^-1";
  std::string const symbol(core::symbol_of(*unit));
  std::string const converted =
      *unit == *pattern.stored ? "" : "; bins of another unit, moved by formula";
  return std::string(core::label_of(*unit)) + (symbol.empty() ? "" : " in " + symbol) + ", " +
         wavelength_text(pattern.scales) + converted;
}

/// The bins that are written, by increasing x, and how many are not.
struct Lines {
  std::vector<std::size_t> bins;
  std::size_t empty = 0, without_place = 0, without_error = 0;
};

Lines lines_of(TextPattern const& pattern, std::vector<double> const& x) {
  Lines lines;
  for (std::size_t bin = 0; bin < x.size(); ++bin) {
    bool const empty = std::isnan(pattern.intensity[bin]) ||
                       (!pattern.count.empty() && pattern.count[bin] == 0.0F);
    if (empty) {
      ++lines.empty;
    } else if (!std::isfinite(x[bin])) {
      ++lines.without_place;
    } else if (pattern.kind == OutputKind::xye && !(pattern.error[bin] > 0.0F)) {
      ++lines.without_error;
    } else {
      lines.bins.push_back(bin);
    }
  }
  std::stable_sort(lines.bins.begin(), lines.bins.end(),
                   [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  return lines;
}

std::string left_out_text(Lines const& lines) {
  std::string text;
  auto const add = [&](std::size_t number, std::string const& what) {
    if (number > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, what);
  };
  add(lines.empty, "without a value");
  add(lines.without_error, "with an error of 0, which no fit can weigh (.xy has them)");
  add(lines.without_place, "without a place on this axis");
  return text.empty() ? "" : "Bins left out: " + text;
}

/// One line of the header: no line breaks, and where it would mislead no small q.
std::string header_line(std::string line, bool without_q, bool& changed) {
  for (auto& c : line) {
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) c = ' ';
    if (without_q && c == 'q') c = 'Q', changed = true;
  }
  return line;
}

std::string header_text(TextPattern const& pattern, Lines const& lines,
                        std::string const& axis_name) {
  bool const for_fit = for_refinement(pattern.kind),
             over_q = written_unit(pattern) == core::Unit::q_A;
  bool changed = false;
  std::string const start = std::string(1, pattern.comment) + " ";
  std::string text = start + header_line(pattern.header.front(), for_fit, changed) + "\n";
  text += start + header_line(axis_text(pattern), for_fit && !over_q, changed) + "\n";
  // Behind the line that tells GSAS-II the wavelength of data over q, the letter is harmless.
  for (std::size_t i = 1; i < pattern.header.size(); ++i)
    text += start + header_line(pattern.header[i], for_fit && !over_q, changed) + "\n";
  if (auto const left_out = left_out_text(lines); !left_out.empty())
    text += start + left_out + "\n";
  if (changed)
    text += start +
            "In these lines Q stands for the small letter, too: with that, GSAS-II would take the "
            "numbers for data over it\n";
  bool const errors = !pattern.error.empty();
  if (pattern.kind == OutputKind::csv)
    return text + axis_name + ",I" + (errors ? ",sigma" : "") + "\n";
  std::string const columns = axis_name +
                              std::string(axis_name.size() < 14 ? 14 - axis_name.size() : 1, ' ') +
                              "  I" + (errors ? "              sigma" : "");
  return text + start + header_line(columns, for_fit && !over_q, changed) + "\n";
}

std::string bin_text(TextPattern const& pattern, double x, std::size_t bin) {
  bool const errors = !pattern.error.empty(), commas = pattern.kind == OutputKind::csv;
  double const intensity = pattern.intensity[bin], error = errors ? pattern.error[bin] : 0.0F;
  std::array<char, 96> text{};
  int length = std::snprintf(text.data(), text.size(), commas ? "%.6e,%.6e" : "%14.6e  %14.6e", x,
                             intensity);
  if (errors)
    length += std::snprintf(text.data() + length, text.size() - static_cast<std::size_t>(length),
                            commas ? ",%.6e" : " %14.6e", error);
  return std::string(text.data(), static_cast<std::size_t>(length)) + "\n";
}

}  // namespace

void check_text_unit(std::filesystem::path const& file, TextPattern const& pattern) {
  positions(file, pattern);
}

void write_text(std::filesystem::path const& file, TextPattern const& pattern) {
  XRDCT_ASSERT(pattern.centres.size() == pattern.intensity.size() &&
               (pattern.error.empty() || pattern.error.size() == pattern.centres.size()));
  auto const x = positions(file, pattern);
  auto const lines = lines_of(pattern, x);
  if (lines.bins.empty()) {
    throw core::InputError(
        {.what = "write " + file.string(),
         .expected = "a bin with a value",
         .found = fmt::format("none in this pattern ({})", left_out_text(lines))});
  }
  auto const unit = written_unit(pattern);
  std::string text =
      header_text(pattern, lines, unit ? std::string(core::name_of(*unit)) : "chi_deg");
  for (std::size_t const bin : lines.bins) text += bin_text(pattern, x[bin], bin);
  io::write_file(file, text);
}

}  // namespace xrdct::app
