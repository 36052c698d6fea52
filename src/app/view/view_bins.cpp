// Which bin of the patterns a picture of a channel shows.
#include "app/view/view_bins.hpp"

#include <fmt/core.h>

#include <cmath>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::app {
namespace {

/// The strongest of some bins in the pattern of a typical place: what is worth seeing first, of
/// errors and counts, too, which are largest where there are few pixels.
std::size_t strongest_bin(io::PatternReader const& reader, ViewOptions const& options,
                          std::string const& reduction, std::size_t first, std::size_t bins) {
  auto const [slow, fast] = reader.typical_place(reduction, options.height);
  auto const pattern = reader.pattern(reduction, "I", options.height, slow, fast);
  std::size_t best = first;
  for (std::size_t bin = first; bin < first + bins; ++bin) {
    if (!std::isnan(pattern[bin]) && (std::isnan(pattern[best]) || pattern[bin] > pattern[best]))
      best = bin;
  }
  return best;
}

bool is_strongest(std::optional<std::string> const& word) { return !word || *word == "strongest"; }

ChosenBin chosen_on(BinAxis const& axis, std::optional<std::string> const& word,
                    io::PatternReader const& reader, ViewOptions const& options,
                    std::string const& reduction) {
  std::size_t const bins = axis.axis.positions.size();
  std::size_t const bin =
      is_strongest(word) ? strongest_bin(reader, options, reduction, 0, bins) : bin_of(*word, axis);
  return {bin, axis.name_of(bin)};
}

/// A bin of a cake: what is not said is not averaged over, since a mean of intensities would need
/// their weights.
ChosenBin chosen_of_cake(io::PatternReader const& reader, ViewOptions const& options,
                         std::string const& reduction) {
  auto const radial = radial_axis(reader, options, reduction);
  std::size_t const columns = radial.axis.positions.size();
  auto const row = chosen_row(reader, options, reduction);
  std::size_t const column =
      is_strongest(options.channel)
          ? strongest_bin(reader, options, reduction, row.bin * columns, columns) % columns
          : bin_of(*options.channel, radial);
  return {row.bin * columns + column, radial.name_of(column) + row.name};
}

}  // namespace

void refuse_azimuth(ViewOptions const& options, std::string const& reduction) {
  if (!options.azimuth) return;
  throw core::InputError({.what = fmt::format("use --azimuth {} with {} in {}", *options.azimuth,
                                              reduction, options.file),
                          .expected = "a cake or an azimuthal pattern",
                          .found = "radial patterns",
                          .attempt = "leave the option out"});
}

ChosenBin chosen_row(io::PatternReader const& reader, ViewOptions const& options,
                     std::string const& reduction) {
  if (reader.kind(reduction) != core::PatternKind::cake) {
    refuse_azimuth(options, reduction);
    return {};
  }
  auto const azimuthal = azimuthal_axis(reader, reduction);
  if (!options.azimuth) {
    auto const& centres = azimuthal.axis.positions;
    throw core::InputError(
        {.what = fmt::format("draw a channel of {} in {}", reduction, options.file),
         .expected =
             fmt::format("--azimuth with {}, for a bin from {} to {} deg of this cake",
                         options.roi ? "--roi" : "--channel", core::number_text(centres.front()),
                         core::number_text(centres.back())),
         .found = "none",
         .attempt = "a mean over the azimuth is a reduction of its own, with the pattern radial"});
  }
  std::size_t const row = bin_of(*options.azimuth, azimuthal);
  return {row, ", " + azimuthal.name_of(row)};
}

ChosenBin chosen_bin(io::PatternReader const& reader, ViewOptions const& options,
                     std::string const& reduction) {
  switch (reader.kind(reduction)) {
    case core::PatternKind::radial:
      refuse_azimuth(options, reduction);
      return chosen_on(radial_axis(reader, options, reduction), options.channel, reader, options,
                       reduction);
    case core::PatternKind::azimuthal:
      if (options.channel) {
        throw core::InputError({.what = fmt::format("use --channel {} with {} in {}",
                                                    *options.channel, reduction, options.file),
                                .expected = "radial bins",
                                .found = "azimuthal patterns",
                                .attempt = "choose with --azimuth"});
      }
      return chosen_on(azimuthal_axis(reader, reduction), options.azimuth, reader, options,
                       reduction);
    case core::PatternKind::cake:
      return chosen_of_cake(reader, options, reduction);
  }
  return {};
}

}  // namespace xrdct::app
