#include "tests/support/reference_data.hpp"

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace xrdct::test {
namespace {

namespace json = boost::json;

json::value parsed(std::string const& file) {
  std::ifstream stream(std::string(XRDCT_TEST_SOURCE_DIR) + "/data/" + file);
  if (!stream) throw std::runtime_error("cannot open tests/data/" + file);
  return json::parse(std::string(std::istreambuf_iterator<char>(stream), {}));
}

double number(json::value const& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.to_number<double>();
}

std::vector<double> numbers(json::value const& value) {
  std::vector<double> result;
  for (auto const& v : value.as_array()) result.push_back(number(v));
  return result;
}

std::vector<std::size_t> indices(json::value const& value) {
  std::vector<std::size_t> result;
  for (auto const& v : value.as_array()) result.push_back(v.to_number<std::size_t>());
  return result;
}

std::string text(json::object const& object, char const* key, std::string const& otherwise) {
  auto const* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->as_string()) : otherwise;
}

std::optional<double> optional_number(json::object const& object, char const* key) {
  auto const* value = object.if_contains(key);
  return value && value->is_number() ? std::optional(value->to_number<double>()) : std::nullopt;
}

std::optional<std::pair<double, double>> optional_pair(json::object const& object,
                                                       char const* key) {
  auto const* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return std::nullopt;
  return std::pair(value->at(0).to_number<double>(), value->at(1).to_number<double>());
}

/// The splitting, algorithm and solid angle of a call; where the file does not have them they are
/// those of make_refvec.py.
void read_call(json::object const& args, ReferenceCase& result) {
  result.splitting = "no";
  result.algorithm = "csr";
  if (auto const* method = args.if_contains("method")) {
    result.splitting = std::string(method->at(0).as_string());
    result.algorithm = std::string(method->at(1).as_string());
  }
  result.solid_angle = !args.contains("correctSolidAngle");
  if (result.name == "orientation") result.splitting = "bbox";
  if (result.name == "2d" || result.name == "orientation" || result.name == "orientation2d")
    result.solid_angle = false;
  if (result.name == "sigma_clip") result.method = "sigma_clip";
  if (result.name != "medfilt") return;
  result.method = "medfilt";
  result.splitting = text(args, "split", "no");
  result.error_model = "poisson";
  if (auto const percentile = optional_number(args, "percentile"))
    result.percentiles = {*percentile, *percentile};
  if (auto const percentiles = optional_pair(args, "percentile")) result.percentiles = *percentiles;
}

ReferenceCase case_of(json::object const& object) {
  json::object const& args = object.at("args").as_object();
  ReferenceCase result;
  result.name = text(object, "name", "");
  result.error_model = text(args, "error_model", "");
  read_call(args, result);
  bool const is_2d = result.name == "2d" || result.name == "orientation2d";
  result.unit = text(args, "unit", "2th_deg");
  result.bins = is_2d ? 8 : static_cast<std::size_t>(optional_number(args, "npt").value_or(20.0));
  result.azimuthal_bins = is_2d ? 6 : 0;
  result.orientation = static_cast<int>(optional_number(args, "orientation").value_or(3.0));
  result.mask = args.contains("mask");
  result.flat = args.contains("flat");
  result.dark = args.contains("dark");
  result.polarization = optional_number(args, "polarization_factor");
  result.monitor = optional_number(args, "normalization_factor").value_or(1.0);
  result.dummy = optional_number(args, "dummy");
  result.radial_range = optional_pair(args, "radial_range");
  result.azimuth_range_deg = optional_pair(args, "azimuth_range");
  if (auto const* at_pi = args.if_contains("chi_disc_at_pi"))
    result.discontinuity_at_pi = at_pi->as_bool();
  result.threshold = optional_number(args, "thres").value_or(0.0);
  result.cycles = static_cast<int>(optional_number(args, "max_iter").value_or(0.0));
  for (char const* key : {"radial", "azimuthal", "intensity", "sem", "std", "sum_signal",
                          "sum_variance", "sum_normalization", "sum_normalization2", "count"}) {
    if (auto const* value = object.if_contains(key); value && value->is_array())
      result.values[key] = numbers(*value);
  }
  return result;
}

ReferenceVectors read_vectors() {
  json::value const file = parsed("refvec.json");
  json::object const& root = file.as_object();
  ReferenceVectors vectors;
  for (auto const& [key, value] : root.at("poni").as_object())
    vectors.poni[std::string(key)] = number(value);
  vectors.pixel = number(root.at("pixel"));
  vectors.rows = root.at("shape").at(0).to_number<std::size_t>();
  vectors.columns = root.at("shape").at(1).to_number<std::size_t>();
  for (auto const& [key, value] : root.at("arrays_sampled_9_11").as_object())
    vectors.sampled[std::string(key)] = numbers(value);
  for (auto const& [key, value] : root.at("csr_8x8").as_object()) {
    vectors.matrices[std::string(key)] = {numbers(value.at("data")), indices(value.at("indices")),
                                          indices(value.at("indptr")),
                                          numbers(value.at("bin_centers"))};
  }
  for (auto const& value : root.at("cases").as_array())
    vectors.cases.push_back(case_of(value.as_object()));
  return vectors;
}

}  // namespace

std::string ReferenceCase::title() const {
  std::string title = name + " " + splitting + " " + algorithm + " " + unit;
  if (orientation != 3) title += " orientation " + std::to_string(orientation);
  if (!discontinuity_at_pi) title += " discontinuity at 0";
  if (method == "sigma_clip")
    title += " " + error_model + " " + std::to_string(static_cast<int>(threshold));
  if (method == "medfilt")
    title += " " + std::to_string(static_cast<int>(percentiles.first)) + "-" +
             std::to_string(static_cast<int>(percentiles.second));
  return title;
}

std::vector<ReferenceCase> ReferenceVectors::named(std::string const& name) const {
  std::vector<ReferenceCase> result;
  for (auto const& c : cases) {
    if (c.name == name) result.push_back(c);
  }
  return result;
}

ReferenceVectors const& reference_vectors() {
  static ReferenceVectors const vectors = read_vectors();
  return vectors;
}

FormulaImage formula_image() {
  FormulaImage result;
  for (std::size_t i = 0; i < 64; ++i) {
    for (std::size_t j = 0; j < 80; ++j) {
      result.image.push_back(static_cast<double>((7 * i * i + 13 * j + 5 * i * j) % 101));
      result.mask.push_back((3 * i + 5 * j) % 97 == 0 ? 1 : 0);
      result.flat.push_back(static_cast<float>(1.0 + 0.1 * static_cast<double>((i + 2 * j) % 7)));
      result.dark.push_back(static_cast<float>((i + j) % 4));
    }
  }
  result.image[30 * 80 + 60] = 1e4;
  result.image[10 * 80 + 10] = 5e3;
  return result;
}

std::vector<ReferenceDetector> reference_detectors() {
  std::vector<ReferenceDetector> result;
  json::value const file = parsed("detectors.json");
  for (auto const& value : file.as_array()) {
    json::object const& object = value.as_object();
    ReferenceDetector detector;
    detector.name = text(object, "cls", "");
    for (auto const& name : object.at("names").as_array())
      detector.names.emplace_back(name.as_string());
    detector.pixel1 = optional_number(object, "pixel1");
    detector.pixel2 = optional_number(object, "pixel2");
    if (object.at("shape").is_array()) {
      detector.rows = object.at("shape").at(0).to_number<std::size_t>();
      detector.columns = object.at("shape").at(1).to_number<std::size_t>();
    }
    detector.uniform = object.at("uniform").as_bool();
    detector.flat = object.at("flat").as_bool();
    if (auto const masked = optional_number(object, "masked"))
      detector.masked = static_cast<std::size_t>(*masked);
    detector.mask_crc32 = text(object, "mask_crc32", "");
    result.push_back(detector);
  }
  return result;
}

}  // namespace xrdct::test
