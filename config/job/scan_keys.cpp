// The keys of `scan`.
#include <algorithm>
#include <string>

#include "config/job/job.hpp"
#include "config/keys/kinds.hpp"
#include "config/keys/table.hpp"

namespace xrdct::config {
namespace json = boost::json;

template <>
struct Table<core::ScanShape> {
  static constexpr ObjectForm form{.example = R"({"slow": 96, "fast": 61})"};
  static constexpr std::tuple keys{
      key("height", &core::ScanShape::height, Whole(1), "Number of heights."),
      key("slow", &core::ScanShape::slow, Whole(1), "Number of slow lines.",
          {.required = "the number of slow lines"}),
      key("fast", &core::ScanShape::fast, Whole(1), "Number of points of a line.",
          {.required = "the number of points of a line"})};
};
template struct Object<core::ScanShape>;

namespace {

/// May be empty: none.
struct UnitOfAxis : Plain {
  void read(JsonItem const& item, std::string& unit) const {
    if (item.value() != "") item.read(unit, "a unit such as \"mm\"");
  }
  json::object schema(std::string const&) const { return {{"type", "string"}}; }
};

}  // namespace

template <>
struct Table<ScanAxis> {
  static constexpr ObjectForm form{
      .example = R"({"name": "rotation", "start": 0, "step": 1.8, "unit": "deg"})",
      .key_of_text = "name",
      .key_of_number = "step"};
  static constexpr std::tuple keys{
      key("name", &ScanAxis::name, Name(),
          "Name of the motor; the axis of the output has this name. Letters, digits and '_', not a "
          "digit first. No two axes have the same name, and none is I, I_errors, std, count, "
          "radial_axis, azimuthal_axis, title or total_intensity."),
      key("start", &ScanAxis::start, Nullable(Number(-infinity, infinity, "a number or null")),
          "Position of index 0, in the unit of the axis. null: 0; found where scan.positions are "
          "given."),
      key("step", &ScanAxis::step, Nullable(Number(-infinity, infinity, "a number or null")),
          "Step from index to index, in the unit of the axis. null: not known; found where "
          "scan.positions are given."),
      key("unit", &ScanAxis::unit, UnitOfAxis(),
          "Unit of the positions, such as deg or mm. Empty: none.")};
};
template struct Object<ScanAxis>;

namespace {

/// Tells the object that a list of two or three numbers stands for.
struct Shape : Object<core::ScanShape> {
  void read(JsonItem const& item, core::ScanShape& shape) const {
    auto const* list = item.value().if_array();
    if (list == nullptr) return Object::read(item, shape);
    std::string const object =
        "an object such as " + std::string(Table<core::ScanShape>::form.example);
    bool const counts =
        list->size() >= 2 && list->size() <= 3 &&
        std::all_of(list->begin(), list->end(), [](auto const& n) { return n.is_int64(); });
    if (!counts) return item.reject(object);
    auto const number = [&](std::size_t from_end) {
      return std::to_string((*list)[list->size() - from_end].get_int64());
    };
    item.reject(object, "write {" + (list->size() == 3 ? "\"height\": " + number(3) + ", " : "") +
                            "\"slow\": " + number(2) + ", \"fast\": " + number(1) + "}");
  }
};

/// A number, or "mean": nothing.
struct MonitorReference {
  // beyond them float32 intensities end at 0 or infinity
  static constexpr double smallest = 1e-30, largest = 1e30;

  void read(JsonItem const& item, std::optional<double>& reference) const {
    auto const* text = item.value().if_string();
    bool const is_mean = text != nullptr && *text == "mean";
    reference = is_mean ? std::nullopt : item.positive_number("\"mean\" or a number above 0");
    if (reference && (*reference < smallest || *reference > largest)) {
      item.reject(
          "\"mean\" or a number from 1e-30 to 1e30, such as 1 or the usual counts of the monitor");
    }
  }
  json::value write(std::optional<double> const& reference) const {
    return reference ? json::value(*reference) : json::value("mean");
  }
  json::object schema(std::optional<double> const&) const {
    return {{"oneOf",
             json::array{Number(smallest, largest).schema(0.0), json::object{{"const", "mean"}}}}};
  }
};

/// A rule by its name, or a list of values and ranges.
struct InvalidList {
  static constexpr std::size_t most = 16;  // of core::ValidValues
  static constexpr Words<core::InvalidRule> rules{};

  void read(JsonItem const& item, InvalidValues& invalid) const {
    std::string const expected = "\"default\", \"none\" or a list of 1 to " + std::to_string(most) +
                                 " numbers and ranges [low, high]";
    auto const* text = item.value().if_string();
    auto const rule = text != nullptr ? core::named<core::InvalidRule>(*text) : std::nullopt;
    if (rule) {
      invalid.rule = *rule;
    } else if (auto const items = item.items(expected)) {
      invalid.rule = core::InvalidRule::values;
      if (items->empty() || items->size() > most) item.reject(expected);
      for (auto const& entry : *items) {
        std::optional<Range::Ends> ends;
        if (entry.value().is_array()) {
          ends = Range().ends(entry);
        } else if (auto const number =
                       entry.number(-infinity, infinity, "a number or a range [low, high]")) {
          ends.emplace(*number, *number);
        }
        if (ends) invalid.values.push_back({ends->first, ends->second});
      }
    }
  }
  json::value write(InvalidValues const& invalid) const {
    if (invalid.rule != core::InvalidRule::values) return rules.write(invalid.rule);
    json::array out;
    for (auto const& [low, high] : invalid.values)
      out.push_back(low == high ? json::value(low) : json::value(json::array{low, high}));
    return out;
  }
  json::object schema(InvalidValues const& invalid) const {
    json::object const entry{{"oneOf", json::array{Number().schema(0.0), Range().schema()}}};
    json::object const list{
        {"type", "array"}, {"minItems", 1}, {"maxItems", most}, {"items", entry}};
    return {{"oneOf", json::array{rules.schema(invalid.rule), list}}};
  }
};

}  // namespace

namespace {

/// Exactly one of three keys says where the values are.
struct OneSource {
  void check(JsonItem const& item, core::ValueName const& name) const {
    auto const* object = item.value().if_object();
    if (object == nullptr) return;
    std::string given;
    for (auto const* key : {"dataset", "column", "header"})
      if (object->contains(key)) given += (given.empty() ? "" : " and ") + std::string(key);
    if (given.find(' ') == std::string::npos && !given.empty()) return check_file(item, name);
    item.problems().add(item.path(), "exactly one of the keys dataset, column and header",
                        given.empty() ? "none of them" : given);
  }
  void add_to(json::object& schema) const {
    auto const needs = [](json::array const& keys) { return json::object{{"required", keys}}; };
    schema["oneOf"] = json::array{needs({"dataset"}), needs({"column", "file"}), needs({"header"})};
  }

 private:
  void check_file(JsonItem const& item, core::ValueName const& name) const {
    if (!name.column.empty() && name.file.empty()) {
      item.problems().add(item.path() + ".file", "the table with the column " + name.column,
                          "nothing", "name a file of text or of SPEC");
    }
    if (!name.header.empty() && !name.file.empty()) {
      item.problems().add(item.path() + ".file", "no file beside header: the images are the frames",
                          shown(json::value(name.file)), "leave it out");
    }
  }
};

constexpr KeyUse may_be_absent{.default_stored = false, .default_in_schema = false};

/// Where values are. \tparam Struct core::ValueName, or one that adds to it
template <class Struct>
constexpr std::tuple keys_of_values{
    key("file", &Struct::file, Text("a file"),
        "File with the values: HDF5, or a table of text (CSV, TXT, or SPEC; of several scans in a "
        "SPEC file one as file:/3.1). Not given: the files of the frames.",
        may_be_absent),
    key("dataset", &Struct::dataset, Text("the path of a dataset"),
        "Dataset with one value per frame; '*' in it as in scan.dataset. Without a file: of the "
        "first file of the frames, or one in each of them.",
        may_be_absent),
    key("column", &Struct::column, Text("the name of a column"),
        "Column of the table with one value per frame, by its name.", may_be_absent),
    key("header", &Struct::header, Text("a key of the header"),
        "Key in the header of each image of the scan.", may_be_absent),
    key("first", &Struct::first, Nullable(Whole(0)),
        "Number of the value that belongs to the first frame of the files; further values are left "
        "over then. null: there are as many values as frames.",
        {.default_stored = false})};

}  // namespace

template <>
struct Table<core::ValueName> {
  static constexpr ObjectForm form{.example = R"({"dataset": "/1.1/measurement/rot"})",
                                   .key_of_text = "dataset"};
  static constexpr OneSource together{};
  static constexpr std::tuple keys = keys_of_values<core::ValueName>;
};
template struct Object<core::ValueName>;

template <>
struct Table<Monitor> {
  static constexpr ObjectForm form{.example = R"({"file": "scan.h5", "dataset": "/entry/monitor"})",
                                   .key_of_text = "dataset",
                                   .key_of_number = "dataset"};
  static constexpr OneSource together{};
  static constexpr std::tuple keys = std::tuple_cat(
      keys_of_values<Monitor>,
      std::tuple(key("reference", &Monitor::reference, MonitorReference(),
                     "A number in the unit of the monitor, 1e-30 to 1e30, or \"mean\": the mean "
                     "over the valid frames of the scan.")));
};
template struct Object<Monitor>;

template <>
struct Table<Positions> {
  static constexpr ObjectForm form{
      .example =
          R"({"fast": {"dataset": "/1.1/measurement/dty"}, "slow": {"dataset": "/1.1/measurement/rot"}})"};
  static constexpr std::tuple keys{
      key("fast", &Positions::fast, Object<core::ValueName>(),
          "The motor that moves along a line: one value per frame.",
          {.required = "where the positions of the fast motor are"}),
      key("slow", &Positions::slow, Object<core::ValueName>(),
          "The motor that moves from line to line: one value per frame; or per line, where "
          "scan.shape is given and no frame is missing.",
          {.required = "where the positions of the slow motor are"}),
      key("height", &Positions::height, Nullable(Object<core::ValueName>()),
          "The motor of the heights: one value per frame or per line. null: a single height.",
          {.default_stored = false}),
      key("taken", &Positions::taken, Words<core::MomentTaken>(),
          "When during the exposure the positions were taken. start, end: a motor that moves is "
          "taken to be half a step further, or less far, in the middle of the exposure."),
      key("tolerance", &Positions::tolerance, Nullable(Number(0.001, 0.5, "a number or null")),
          "How far from its place a frame may lie, in steps. null: found, and told.")};
};
template struct Object<Positions>;

namespace {

/// May be empty: the files are images.
struct DatasetOfFrames : Plain {
  void read(JsonItem const& item, std::string& path) const {
    if (item.value() == "") return path.clear();
    item.read(path, "the path of a dataset");
  }
  json::object schema(std::string const&) const { return {{"type", "string"}}; }
};

/// What shape, positions, repeated and snake say together.
struct WhereFramesLie {
  void check(JsonItem const& item, Scan const& scan) const {
    auto const* object = item.value().if_object();
    if (object == nullptr) return;
    auto const add = [&](char const* key, std::string const& expected, std::string const& found,
                         std::string const& attempt = {}) {
      item.problems().add(item.path() + "." + key, expected, found, attempt);
    };
    auto const given = [&](char const* key) {
      auto const* value = object->if_contains(key);
      return value != nullptr && !value->is_null();
    };
    bool const has_positions = given("positions");
    if (!has_positions && !given("shape"))
      add("shape", "an object with height, slow and fast", "nothing");
    if (!has_positions && scan.repeated != core::Repeated::error)
      add("repeated", "\"error\" without scan.positions: they alone put several frames at a place",
          shown(json::value(std::string(core::name_of(scan.repeated)))));
    if (has_positions && scan.snake)
      add("snake", "false beside scan.positions, which say where each frame lies", "true",
          "leave it out");
  }
  void add_to(json::object& schema) const {
    schema["anyOf"] = json::array{json::object{{"required", json::array{"shape"}}},
                                  json::object{{"required", json::array{"positions"}}}};
    json::object const several{{"repeated", json::object{{"enum", json::array{"last", "sum"}}}}};
    json::object const condition{
        {"if", json::object{{"required", json::array{"repeated"}}, {"properties", several}}},
        {"then", json::object{{"required", json::array{"positions"}}}}};
    schema["allOf"] = json::array{condition};
  }
};

}  // namespace

template <>
struct Table<Scan> {
  static constexpr ObjectForm form{
      .example = R"({"files": ["scan.h5"], "shape": {"slow": 96, "fast": 61}})"};
  static constexpr WhereFramesLie together{};
  static constexpr std::tuple keys{
      key("files", &Scan::files, TextList{"file", R"(["scan_0001_master.h5"])", 1},
          "HDF5 files or images with the frames, in the order of the scan: data files, or the "
          "master file of an Eiger. Also a folder, a pattern such as img/*.cbf or img_%05d.cbf, in "
          "natural order, or @list.txt with a name on each line.",
          {.required = "a list of files"}),
      key("dataset", &Scan::dataset, Nullable(DatasetOfFrames()),
          "Dataset of the frames, or the group that links to the data files of an Eiger. '*' in a "
          "part of the path: all entries that match, in natural order, one after the other. Empty: "
          "the files are images. null: /entry/data, else the only stack of images in the first "
          "file; none, where this is an image."),
      key("shape", &Scan::shape, Nullable(Shape()),
          "Places of the scan. Frames run along the fast points first, then along the slow lines, "
          "then along the heights; or they lie where scan.positions say. null: it is found in "
          "these."),
      key("slow", &Scan::slow, Object<ScanAxis>(),
          "The slow axis: position = start + step·index. Without a step its places are counted "
          "0, 1, 2, …, and have no unit."),
      key("fast", &Scan::fast, Object<ScanAxis>(),
          "The fast axis: position = start + step·index. Without a step its places are counted "
          "0, 1, 2, …, and have no unit."),
      key("height", &Scan::height, Object<ScanAxis>(),
          "The axis of the heights: position = start + step·index. Without a step its places are "
          "counted 0, 1, 2, …, and have no unit."),
      key("positions", &Scan::positions, Nullable(Object<Positions>()),
          "Where the motors stood at each frame: each frame goes to the nearest place of a grid "
          "that is given (shape, start, step) or found. null: frames lie in the order of "
          "scan.shape.",
          {.default_stored = false}),
      key("repeated", &Scan::repeated, Words<core::Repeated>(),
          "What to do with several frames at one place of scan.positions: stop with an error, take "
          "the last one, or add up their sums.",
          {.default_stored = false}),
      key("snake", &Scan::snake, Flag(),
          "Every second line runs backwards, counted through all heights. Not with scan.positions, "
          "which say it."),
      key("first_frame", &Scan::first_frame, Whole(0), "Frames to skip before the first place."),
      key("incomplete", &Scan::incomplete, Words<core::Incomplete>(),
          "What to do when there are fewer frames than places: stop with an error, or fill the "
          "places with NaN."),
      key("bad_frames", &Scan::bad_frames, Words<core::BadFrames>(),
          "What to do with a frame that cannot be read or decoded: mark it (its pattern is NaN, "
          "its status says why, the log lists it, and the exit status is 4), or stop with an "
          "error."),
      key("monitor", &Scan::monitor, Nullable(Object<Monitor>()),
          "Intensity of the beam, one value per frame; the normalization is multiplied by monitor "
          "/ reference. Frames whose monitor is 0, negative or NaN become NaN. null: none."),
      key("invalid", &Scan::invalid, InvalidList(),
          "Values that are no measurements. \"default\": the sentinels of the stored type "
          "(unsigned: 2^n-1 and 2^n-2; signed: all below 0; floats: none but NaN and infinity). "
          "\"none\": every finite value counts. Or the values themselves and ranges [low, high] of "
          "them, both ends included, in counts."),
      key("saturated_above", &Scan::saturated_above, Nullable(Number(0.0)),
          "Larger values are invalid, in counts. null: no limit."),
      key("verify_md5", &Scan::verify_md5, Flag(),
          "Compare the bytes of CBF images with their Content-MD5; it takes longer than all else.",
          {.stored = false})};
};
template struct Object<Scan>;

}  // namespace xrdct::config
