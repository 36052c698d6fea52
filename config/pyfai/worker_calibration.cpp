// What a configuration of pyFAI's Worker says of its version and of the geometry.
#include "config/pyfai/worker_calibration.hpp"

#include <array>
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "config/json/json_text.hpp"
#include "core/words/errors.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

constexpr std::int64_t oldest_version = 3, newest_version = 5;

}  // namespace

void check_version(WorkerKeys& keys) {
  auto const item = keys.reader().find("version");
  std::optional<double> const version = item ? number_in(item->value()) : 1.0;
  if (version && *version >= oldest_version && *version <= newest_version) return;
  std::string const found = item ? shown(item->value()) : "none, so 1";
  bool const old = version && *version < oldest_version;
  throw core::InputError(keys.file_name() + ": $.version: expected 3, 4 or 5, found " + found +
                         (old ? "; let a current pyFAI write it again: open and save it in "
                                "pyFAI-integrate, or python -c \"from "
                                "pyFAI.io.integration_config import WorkerConfig as W; "
                                "W.from_file('old.json').save('new.json')\""
                              : "; write it with a pyFAI that knows version 5"));
}

std::string poni_text(ObjectReader& reader) {
  static constexpr std::array<std::pair<char const*, char const*>, 13> lines{
      {{"poni_version", "poni_version"},
       {"detector", "Detector"},
       {"detector_config", "Detector_config"},
       {"dist", "Distance"},
       {"distance", "Distance"},
       {"poni1", "Poni1"},
       {"poni2", "Poni2"},
       {"rot1", "Rot1"},
       {"rot2", "Rot2"},
       {"rot3", "Rot3"},
       {"wavelength", "Wavelength"},
       {"parallax", "Parallax"},
       {"sensor", "Sensor"}}};
  std::string text;
  for (auto const& [key, name] : lines) {
    auto const item = reader.nullable(key);
    if (!item || std::string_view(key) == "sensor") continue;  // of the parallax correction alone
    auto const& value = item->value();
    std::string shown_value = json::serialize(value);
    if (auto const* word = value.if_string()) shown_value = std::string(*word);
    if (auto const* flag = value.if_bool()) shown_value = *flag ? "True" : "False";
    if (value.is_number()) shown_value = number_text(value.to_number<double>());
    text += std::string(name) + ": " + shown_value + "\n";
  }
  return text;
}

}  // namespace xrdct::config
