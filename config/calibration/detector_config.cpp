// Reads the detector of a calibration: its name, its pixel sizes, its files and its sensor.
#include "config/calibration/detector_config.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "config/json/json_reader.hpp"
#include "config/json/json_text.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

constexpr std::array used_keys{"pixel1", "pixel2", "max_shape",  "orientation",
                               "sensor", "radius", "splineFile", "filename"};
// They change where a pixel is: leaving them out would move rings.
constexpr std::array refused_keys{"x_offset_file", "y_offset_file"};

// Reports of the JSON readers, with the line of the PONI file in front.
class ConfigReader {
 public:
  ConfigReader(PoniLine const& line, PoniProblems& problems, std::vector<std::string>& warnings)
      : line_(line), problems_(problems), warnings_(warnings) {}

  void read(json::object const& object, core::DetectorChoice& detector) {
    for (auto const& entry : object) {
      auto const key = lower_case(std::string(entry.key()));
      if (entry.value().is_null() ||
          (entry.value().is_string() && is_none(std::string(entry.value().get_string()))))
        continue;
      read_entry(key, entry.value(), detector);
    }
    if (!detector.nexus_file.empty() && !has_orientation_)
      detector.orientation = 0;  // the file has its own
  }

 private:
  void reject(std::string const& key, json::value const& value, std::string const& expected,
              std::string const& try_this = {}) {
    problems_.add(line_.number, "Detector_config." + key, expected, shown(value), try_this);
  }

  void read_entry(std::string const& key, json::value const& value,
                  core::DetectorChoice& detector) {
    if (key == "pixel1") return read_size(key, value, detector.pixel1_m);
    if (key == "pixel2") return read_size(key, value, detector.pixel2_m);
    if (key == "max_shape") return read_shape(value, detector);
    if (key == "orientation") return read_orientation(value, detector);
    if (key == "binning") return read_binning(value);
    if (key == "sensor") return read_sensor(value, detector);
    if (key == "radius") return read_size(key, value, detector.radius_m);
    if (key == "splinefile") return read_file(key, value, detector.spline_file);
    if (key == "filename") return read_file(key, value, detector.nexus_file);
    if (std::find(refused_keys.begin(), refused_keys.end(), key) != refused_keys.end()) {
      return reject(key, value, "null", "give the offsets as a NeXus file or a spline file");
    }
    auto const nearest = core::nearest_name(key, {used_keys.begin(), used_keys.end()});
    if (!nearest.empty())
      return reject(key, value, "no such key", "did you mean \"" + nearest + "\"?");
    warnings_.push_back("line " + std::to_string(line_.number) + ": Detector_config." + key +
                        " is not used");
  }

  void read_size(std::string const& key, json::value const& value, std::optional<double>& to) {
    JsonProblems unused("");
    to = JsonItem(value, key, unused).positive_number("");
    if (!to) reject(key, value, "a size in metres above 0");
  }

  void read_file(std::string const& key, json::value const& value, std::string& to) {
    if (!value.is_string()) return reject(key, value, "the name of a file");
    to = std::string(value.get_string());
  }

  void read_sensor(json::value const& value, core::DetectorChoice& detector) {
    auto const* object = value.if_object();
    auto const* material = object != nullptr ? object->if_contains("material") : nullptr;
    auto const* thickness = object != nullptr ? object->if_contains("thickness") : nullptr;
    if (material == nullptr || !material->is_string())
      return reject("sensor", value,
                    "an object such as {\"material\": \"Si\", \"thickness\": 0.00045}");
    core::Sensor sensor{std::string(material->get_string())};
    if (thickness != nullptr && !thickness->is_null())
      read_size("sensor.thickness", *thickness, sensor.thickness_m);
    detector.sensor = sensor;
  }

  std::optional<std::int64_t> integer(json::value const& value, std::int64_t low,
                                      std::int64_t high) {
    JsonProblems unused("");
    return JsonItem(value, "", unused).integer(low, high);
  }

  void read_shape(json::value const& value, core::DetectorChoice& detector) {
    constexpr std::int64_t longest = 1'000'000;
    auto const* list = value.if_array();
    bool const is_pair = list != nullptr && list->size() == 2;
    auto const rows = is_pair ? integer((*list)[0], 1, longest) : std::nullopt;
    auto const columns = is_pair ? integer((*list)[1], 1, longest) : std::nullopt;
    if (!rows || !columns)
      return reject("max_shape", value, "a list of two whole numbers, rows and columns");
    detector.max_shape =
        core::FrameShape{static_cast<std::size_t>(*rows), static_cast<std::size_t>(*columns)};
  }

  void read_orientation(json::value const& value, core::DetectorChoice& detector) {
    auto const number = integer(value, 0, 4);
    if (!number) return reject("orientation", value, "1, 2, 3 or 4");
    detector.orientation = static_cast<int>(*number);
    has_orientation_ = true;
  }

  void read_binning(json::value const& value) {
    if (integer(value, 1, 1)) return;
    auto const* list = value.if_array();
    if (list != nullptr && list->size() == 2 && integer((*list)[0], 1, 1) &&
        integer((*list)[1], 1, 1))
      return;
    reject("binning", value, "1",
           "give pixel1, pixel2 and max_shape of the binned frames and the detector name "
           "\"Detector\"");
  }

  PoniLine const& line_;
  PoniProblems& problems_;
  std::vector<std::string>& warnings_;
  bool has_orientation_ = false;
};

}  // namespace

void read_detector_config(PoniLine const& line, core::DetectorChoice& detector,
                          PoniProblems& problems, std::vector<std::string>& warnings) {
  if (is_none(line.value)) return;
  json::error_code error;
  auto const value = json::parse(line.value, error);
  if (error || !value.is_object())
    return problems.add(line, "a JSON object such as {\"orientation\": 3}");
  for (auto const& path : duplicate_keys(line.value))
    problems.add(line.number, "Detector_config" + path.substr(1), "each key once",
                 "it a second time");
  ConfigReader(line, problems, warnings).read(value.get_object(), detector);
}

}  // namespace xrdct::config
