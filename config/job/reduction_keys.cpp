// The keys of a reduction. Which of them may stand there depends on its method and its pattern.
#include <algorithm>
#include <string>

#include "config/job/job.hpp"
#include "config/json/json_text.hpp"
#include "config/keys/kinds.hpp"
#include "config/keys/table.hpp"
#include "core/words/nearest_unit.hpp"
#include "core/words/units.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

constexpr Beside clips{"method", {"sigma_clip"}, "the method sigma_clip"};
constexpr Beside trims{"method", {"quantile_mean"}, "the method quantile_mean"};
constexpr Beside has_radius{
    "pattern",
    {"radial", "cake"},
    "the patterns radial and cake; an azimuthal pattern has azimuthal_bins"};
constexpr Beside has_azimuth{"pattern", {"azimuthal", "cake"}, "the patterns azimuthal and cake"};
// more than any detector resolves; a slip of the keyboard is not an allocation failure
constexpr Whole number_of_bins{1, 1'000'000};
constexpr double largest_float = 3.4028234e38;  // larger ones are infinite in the output
constexpr double full_turn_deg = 360.0;

/// Whether an azimuth stands where a radial unit is expected.
bool is_azimuth(json::value const& value) {
  auto const names = core::unit_names();
  auto const* word = value.if_string();
  bool const known = word != nullptr &&
                     std::find(names.begin(), names.end(), std::string_view(*word)) != names.end();
  return known && core::is_azimuth(core::unit_of(std::string(*word)));
}

/// A radial unit, of which other programs have other names.
struct RadialUnit {
  void read(JsonItem const& item, core::Unit& unit) const {
    auto const names = core::radial_unit_names();
    auto const* word = item.value().if_string();
    auto const near = word != nullptr ? core::nearest_unit(std::string(*word)) : std::string();
    if (is_azimuth(item.value())) {
      item.reject("a radial unit such as \"q_nm^-1\"",
                  "an azimuth is none: I(χ) is \"pattern\": \"azimuthal\" with "
                  "\"azimuthal_bins\", and \"unit\" is that of its radial window");
    } else if (!near.empty() && near != *word) {
      item.reject("one of \"q_nm^-1\", \"q_A^-1\", \"2th_deg\", \"2th_rad\", \"r_mm\", \"d_A\", …",
                  "did you mean \"" + near + "\"?");
    } else if (auto const chosen = item.choose(names)) {
      unit = core::unit_of(names[*chosen]);
    }
  }
  json::value write(core::Unit unit) const { return json::string(core::name_of(unit)); }
  json::object schema(core::Unit) const {
    auto const names = core::radial_unit_names();
    return {{"enum", json::array(names.begin(), names.end())}};
  }
};

/// From 0 where the unit, which was read before, has no negative values.
struct RadialRange {
  static constexpr Nullable any{Range()};
  void read(JsonItem const& item, core::Binning& binning) const {
    double const low = core::has_negative_values(binning.unit) ? -infinity : 0.0;
    Nullable(Range{.low = low}).read(item, binning.radial_range);
  }
  json::value write(core::Binning const& binning) const { return any.write(binning.radial_range); }
  json::object schema(core::Binning const& binning) const {
    return any.schema(binning.radial_range);
  }
};

struct QuantilePair {
  static constexpr Range range{.low = 0.0,
                               .high = 1.0,
                               .what = "a list of two numbers from 0 to 1, lower and upper",
                               .such_as = "",
                               .may_be_equal = true};
  void read(JsonItem const& item, core::Quantiles& quantiles) const {
    if (auto const ends = range.ends(item)) quantiles = {ends->first, ends->second};
  }
  json::value write(core::Quantiles const& quantiles) const {
    return json::array{quantiles.lower, quantiles.upper};
  }
  json::object schema(core::Quantiles const&) const { return range.schema(); }
};

void choose_error_model(JsonItem const&, ReductionJob& reduction) {
  if (reduction.method == core::Method::sigma_clip)
    reduction.error_model = core::ErrorModel::azimuthal;
}

void choose_bins(JsonItem const&, ReductionJob& reduction) {
  if (reduction.binning.kind == core::PatternKind::azimuthal) reduction.binning.bins = 1;
}

void check_azimuth_range(JsonItem const& range, ReductionJob const& reduction) {
  auto const& ends = reduction.binning.azimuth_range_deg;
  if (!ends || ends->second <= ends->first + full_turn_deg) return;
  range.problems().add(range.path(), "a range of at most 360 degrees",
                       number_text(ends->first) + " and " + number_text(ends->second));
}

void check_error_model(JsonItem const& item, ReductionJob const& reduction) {
  using core::ErrorModel, core::Method;
  auto const model = reduction.error_model;
  auto const method = reduction.method;
  if (method == Method::sigma_clip && model == ErrorModel::none) {
    item.reject(
        "an error model for sigma_clip, which rejects what lies many standard deviations off",
        "leave the key out: \"azimuthal\" takes the deviation from the pixels themselves");
  } else if ((method == Method::maximum || method == Method::sum) &&
             (model == ErrorModel::azimuthal || model == ErrorModel::hybrid)) {
    item.reject("one of \"none\", \"variance\", \"poisson\" for the method " +
                    std::string(core::name_of(method)),
                "the spread of the pixels of a bin is the error of their mean alone");
  }
}

void check_deviation(JsonItem const& deviation, ReductionJob const& reduction) {
  if (reduction.deviation && reduction.error_model == core::ErrorModel::none) {
    deviation.reject("false without errors",
                     "choose another error_model than \"none\" for this reduction");
  }
}

}  // namespace

template <>
struct Table<ReductionJob> {
  static constexpr ObjectForm form{.example = R"({"method": "mean"})", .key_of_text = "method"};
  static constexpr std::tuple keys{
      key("name", &ReductionJob::name, Name(),
          "Name of its group in the output. Letters, digits and '_', not a digit first. No two "
          "reductions have the same name, and none is frames, preview, process, status, index, "
          "monitor, title or definition."),
      key("method", &ReductionJob::method, Words<core::Method>(),
          "How the pixels of a bin become its value. mean: sum of signal over sum of "
          "normalization. sigma_clip: the mean without outliers. median, quantile_mean: the mean "
          "of the pixels between two quantiles. maximum: the largest signal over normalization. "
          "sum: sum of signal.",
          {}, choose_error_model),
      key("threshold", within(&ReductionJob::clip, &core::SigmaClip::threshold), Number(0.0),
          "With sigma_clip: pixels more than this many standard deviations off the mean of their "
          "bin are rejected; Chauvenet's criterion is a floor. 0: that criterion alone.",
          {.beside = clips}),
      key("cycles", within(&ReductionJob::clip, &core::SigmaClip::cycles), Whole(1, 1000),
          "With sigma_clip: how often outliers are looked for at most.", {.beside = clips}),
      key("quantiles", &ReductionJob::quantiles, QuantilePair(),
          "With quantile_mean, which needs it: the pixels between the lower and the upper quantile "
          "are averaged.",
          {.required = "two numbers from 0 to 1, such as [0.1, 0.9]", .beside = trims}),
      key("pattern", within(&ReductionJob::binning, &core::Binning::kind),
          Words<core::PatternKind>(),
          "radial: I(q), of the ring or of a sector. azimuthal: I(χ), of a radial window. cake: "
          "I(χ, q).",
          {}, choose_bins),
      key("bins", within(&ReductionJob::binning, &core::Binning::bins), number_of_bins,
          "Number of radial bins; not in an azimuthal pattern.", {.beside = has_radius}),
      key("azimuthal_bins", within(&ReductionJob::binning, &core::Binning::azimuthal_bins),
          number_of_bins, "Number of azimuthal bins, in azimuthal patterns and cakes.",
          {.beside = has_azimuth}),
      key("splitting", within(&ReductionJob::binning, &core::Binning::splitting),
          Words<core::Splitting>(),
          "How a pixel is shared among bins: by its centre alone, by the bounding box of its "
          "corners, or by its exact area."),
      key("azimuth_range_deg", within(&ReductionJob::binning, &core::Binning::azimuth_range_deg),
          Nullable(Range{-2.0 * full_turn_deg, 2.0 * full_turn_deg}),
          "Lower and upper end of the azimuth, in degrees, at most 360 apart, across ±180 too; "
          "what is outside is dropped. null: -180 to 180.",
          {}, check_azimuth_range),
      key("unit", within(&ReductionJob::binning, &core::Binning::unit), RadialUnit(),
          "Radial unit; also that of radial_range, and of the window of an azimuthal pattern. An "
          "azimuth is none: I(χ) is the pattern azimuthal. The units of grazing incidence need "
          "calibration.sample."),
      key("radial_range", &ReductionJob::binning, RadialRange(),
          "Lower and upper end of the radial axis, in the unit of the reduction; what is outside "
          "is dropped. Not below 0 where the unit has no negative values. null: all pixels."),
      key("error_model", &ReductionJob::error_model, Words<core::ErrorModel>(),
          "Where errors come from. poisson: the variance of a pixel is its count, at least 1. "
          "variance: calibration.variance. azimuthal: the spread of the pixels of a bin. hybrid: "
          "azimuthal while sigma_clip decides, poisson for the result. none: no errors are "
          "written. Not given: azimuthal for sigma_clip, poisson elsewhere.",
          {}, check_error_model),
      key("std", &ReductionJob::deviation, Flag(),
          "Write std, the standard deviation of the pixels of a bin, too.", {}, check_deviation),
      key("empty", &ReductionJob::empty,
          Nullable(Number(-largest_float, largest_float, "a number or null")),
          "Intensity and errors of bins without a pixel. null: NaN.")};
};
template struct Object<ReductionJob>;

}  // namespace xrdct::config
