// The keys of `calibration` and `corrections`.
#include "config/job/job.hpp"
#include "config/keys/kinds.hpp"
#include "config/keys/table.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

/// Which of the two a job that says nothing means is written, although it is told of it.
struct Convention : Nullable<Words<core::OrientationConvention>> {
  constexpr Convention() : Nullable(Words<core::OrientationConvention>()) {}
  json::value write(std::optional<core::OrientationConvention> const& convention) const {
    return Words::write(convention.value_or(core::OrientationConvention::since_2026_9));
  }
};

constexpr Nullable image{Text("an image file or null")};

/// A number between 0 and 1, which it may not be.
struct Share : Plain {
  void read(JsonItem const& item, double& to) const {
    auto const number = item.value().is_number() ? item.value().to_number<double>() : 0.0;
    if (!(number > 0.0 && number < 1.0)) return item.reject("a number between 0 and 1");
    to = number;
  }
  json::object schema(double) const {
    return {{"type", "number"}, {"exclusiveMinimum", 0}, {"exclusiveMaximum", 1}};
  }
};

}  // namespace

template <>
struct Table<Sample> {
  static constexpr ObjectForm form{.example = R"({"incident_deg": 0.2})",
                                   .key_of_text = "incident_deg",
                                   .key_of_number = "incident_deg"};
  static constexpr std::tuple keys{
      key("incident_deg", &Sample::incident_deg, angle_deg,
          "Angle between beam and surface, in degrees."),
      key("tilt_deg", &Sample::tilt_deg, angle_deg,
          "Turn of the sample about the beam, in degrees."),
      key("orientation", &Sample::orientation, Whole(1, 8),
          "Horizontal and vertical axis of the sample in the laboratory, counted as in EXIF: "
          "1 (x, y), 2 (-x, y), 3 (-x, -y), 4 (x, -y), 5 (-y, -x), 6 (-y, x), 7 (y, x), "
          "8 (y, -x).")};
};
template struct Object<Sample>;

template <>
struct Table<CalibrationFiles> {
  static constexpr ObjectForm form{.example = R"({"poni": "calib.poni"})", .key_of_text = "poni"};
  static constexpr std::tuple keys{
      key("poni", &CalibrationFiles::poni, Text("a PONI file"),
          "PONI file with the geometry: version 1, 2, 2.1 or 3.", {.required = "a PONI file"}),
      key("orientation_convention", &CalibrationFiles::orientation_convention, Convention(),
          "How the orientations 1, 2 and 4 of a PONI file are read: as pyFAI does from 2026.9 on, "
          "or as it did before. null: 2026.9, with a warning where it matters."),
      key("detector_mask", &CalibrationFiles::detector_mask, Flag(),
          "Leave out the gaps and dead pixels that the named detector is known to have."),
      key("mask", &CalibrationFiles::mask, TextList{"mask file", R"(["mask.edf"])"},
          "Image files of the shape of a frame (HDF5 as file:/dataset, EDF, TIFF, NPY, Fit2D "
          ".msk); a pixel is left out where any of them is not 0."),
      key("dark", &CalibrationFiles::dark, image,
          "Image that is subtracted from every frame, in counts. Pixels with a value that is no "
          "measurement by its type are masked. null: none."),
      key("flat", &CalibrationFiles::flat, image,
          "Image of the relative efficiency; it multiplies the normalization. Pixels where it is "
          "0 or below, or no measurement by its type, are masked. null: none."),
      key("variance", &CalibrationFiles::variance, image,
          "Image of the variance of the signal, in counts², for the error model variance. Pixels "
          "where it is below 0, or no measurement by its type, are masked. null: none."),
      key("dark_variance", &CalibrationFiles::dark_variance, image,
          "Image of the variance of the dark, in counts²; it is added to the variance of every "
          "pixel. Pixels where it is below 0, or no measurement by its type, are masked. null: "
          "none."),
      key("absorption", &CalibrationFiles::absorption, image,
          "Image of the share of the radiation that reaches a pixel; it multiplies the "
          "normalization. Pixels where it is 0 or below, or no measurement by its type, are "
          "masked. null: none."),
      key("sample", &CalibrationFiles::sample, Nullable(Object<Sample>()),
          "How a sample with a surface or a fibre axis stands in the beam, for the units of "
          "grazing incidence. null: not said.")};
};
template struct Object<CalibrationFiles>;

template <>
struct Table<Polarization> {
  static constexpr ObjectForm form{.example = R"({"factor": 0.99})", .key_of_number = "factor"};
  static constexpr std::tuple keys{
      key("factor", &Polarization::factor, Number(-1.0, 1.0),
          "1: horizontal, -1: vertical, 0: none; about 0.95 to 0.99 at a synchrotron.",
          {.required = "a number from -1 to 1"}),
      key("offset_deg", &Polarization::offset_deg, angle_deg,
          "Rotation of the plane of polarization, in degrees.")};
};
template struct Object<Polarization>;

template <>
struct Table<Corrections> {
  static constexpr ObjectForm form{.example = R"({"solid_angle": true})"};
  static constexpr std::tuple keys{
      key("solid_angle", &Corrections::solid_angle, Flag(),
          "Divide by the solid angle of a pixel, relative to the point of normal incidence."),
      key("polarization", &Corrections::polarization, Nullable(Object<Polarization>()),
          "Polarization of the beam. null: no correction."),
      key("sensor_transmission", &Corrections::sensor_transmission, Nullable(Share()),
          "Share of the radiation that passes the sensor at normal incidence; oblique rays leave "
          "more in it, and the normalization is multiplied by what they leave. null: no "
          "correction.")};
};
template struct Object<Corrections>;

}  // namespace xrdct::config
