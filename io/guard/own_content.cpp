// Tells files that are as this program wrote them from those that somebody has added to.
#include "io/guard/own_content.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <set>
#include <string>
#include <vector>

#include "io/nexus/nexus.hpp"
#include "io/nexus/output_layout.hpp"

namespace xrdct::io {
namespace {

using namespace std::string_view_literals;
using Names = std::set<std::string, std::less<>>;

/// The names that may stand in a file.
struct Known {
  Names in_entry;    //!< /entry/…
  Names below;       //!< anywhere below these
  Names attributes;  //!< of all objects
  bool nothing_else = true;
};

std::vector<std::string> texts_of(hid_t file, std::string const& path,
                                  std::string const& attribute) {
  hid_t const id = H5Oopen(file, path.c_str(), H5P_DEFAULT);
  if (id < 0) return {};
  std::vector<std::string> texts;
  try {
    if (has_attribute(id, attribute)) texts = read_attribute(id, attribute);
  } catch (std::exception const&) {
    texts.clear();  // not as this program writes it
  }
  H5Oclose(id);
  return texts;
}

// Those of reductions and motors are chosen in the job.
Known names_of_results(hid_t file) {
  Known known;
  known.in_entry = {"title", "frames", "preview", "process", "result", "conditioning"};
  known.below = {"I",
                 "I_errors",
                 "std",
                 "count",
                 "pixels",
                 "radial_axis",
                 "azimuthal_axis",
                 "frame",
                 "title",
                 "sum_signal",
                 "sum_variance",
                 "sum_normalization",
                 "sum_normalization2",
                 "total_intensity",
                 "status",
                 "index",
                 "monitor",
                 "number",
                 "name",
                 "program",
                 "version",
                 "revision",
                 "engine",
                 "backend",
                 "command",
                 "job",
                 "poni",
                 "configuration",
                 "inputs",
                 "type",
                 "data",
                 "path",
                 "bytes",
                 "solid_angle_applied",
                 "polarization_applied",
                 "monitor_applied",
                 "checksums",
                 "blocks",
                 "others",
                 "sinograms",
                 "identity"};
  for (auto const& field : tally_fields) known.below.insert(field.name);
  known.attributes = {"NX_class",  "default",        "reductions",   "signal",
                      "axes",      "rotation",       "pattern",      "radial_unit",
                      "method",    "error_model",    "splitting",    "threshold",
                      "cycles",    "quantiles",      "radial_range", "azimuth_range_deg",
                      "empty",     "lost",           "units",        "long_name",
                      "unit_name", "interpretation", "algorithm",    "columns"};
  known.attributes.insert({"slices", "results", "auxiliary_signals", "step", "step_units", "centre",
                           "sense", "first_bin", "window", "footprint", "iterations", "relaxation",
                           "non_negative", "additive", "bins_per_unit", "per"});
  for (auto const& reduction : texts_of(file, "entry", "reductions")) {
    known.in_entry.insert(reduction);
    known.below.insert({reduction, "mean_" + reduction, "maximum_" + reduction});
    for (auto const& axis : texts_of(file, "entry/" + reduction, "axes")) known.below.insert(axis);
  }
  for (auto const& reduction : texts_of(file, "entry", "slices")) {
    known.in_entry.insert(reduction);
    known.below.insert({reduction, "mean_" + reduction});
    for (auto const& axis : texts_of(file, "entry/" + reduction, "axes")) known.below.insert(axis);
    for (auto const& result : texts_of(file, "entry/conditioning/" + reduction, "results"))
      known.below.insert(result);
  }
  return known;
}

Known names_of_simulation() {
  Known known;
  known.in_entry = {"data",        "instrument", "monitor",    "parameters", "calibration",
                    "job",         "table",      "components", "phase_maps", "sinograms",
                    "expected",    "detector",   "frames",     "sample",     "title",
                    "measurement", "end_reason", "snapshots"};
  return known;
}

// "entry" of NeXus, "entry_0000" of LImA, "1.1" of BLISS.
bool is_simulated_entry(std::string_view name) {
  auto const digits = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  auto const dot = name.find('.');
  return name == "entry"sv || name == "entry_0000"sv ||
         (dot != std::string_view::npos && digits(name.substr(0, dot)) &&
          digits(name.substr(dot + 1)));
}

std::string link_name(hid_t file, char const* group, hsize_t index) {
  std::array<char, 64> name{};
  if (H5Lget_name_by_idx(file, group, H5_INDEX_NAME, H5_ITER_NATIVE, index, name.data(),
                         name.size(), H5P_DEFAULT) < 0)
    return {};
  return name.data();
}

bool holds_simulated_entry(hid_t file, Known const& known, std::string const& entry) {
  H5G_info_t info;
  if (!is_simulated_entry(entry) ||
      H5Gget_info_by_name(file, entry.c_str(), &info, H5P_DEFAULT) < 0)
    return false;
  for (hsize_t i = 0; i < info.nlinks; ++i)
    if (!known.in_entry.contains(link_name(file, entry.c_str(), i))) return false;
  return true;
}

bool is_known_attribute(Names const& known, std::string_view name) {
  return known.contains(name) || name.ends_with("_indices") || name.starts_with("by_");
}

herr_t look_at_attribute(hid_t, char const* name, H5A_info_t const*, void* target) {
  auto& known = *static_cast<Known*>(target);
  known.nothing_else = known.nothing_else && is_known_attribute(known.attributes, name);
  return known.nothing_else ? 0 : 1;
}

// No exception may pass through HDF5.
herr_t look_at_link(hid_t root, char const* path, H5L_info_t const* info, void* target) {
  auto& known = *static_cast<Known*>(target);
  std::string_view const full(path),
      in_entry = full.substr(std::min(full.find('/') + 1, full.size()));
  auto const name = full.substr(full.rfind('/') + 1);
  bool const top = full.find('/') == std::string_view::npos, direct = in_entry == name;
  known.nothing_else = known.nothing_else && info->type == H5L_TYPE_HARD &&
                       (top      ? name == "entry"sv
                        : direct ? known.in_entry.contains(name)
                                 : known.below.contains(name));
  if (known.nothing_else && H5Aiterate_by_name(root, path, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr,
                                               look_at_attribute, target, H5P_DEFAULT) < 0)
    known.nothing_else = false;
  return known.nothing_else ? 0 : 1;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view next_line(std::string_view& text) {
  auto const end = std::min(text.find('\n'), text.size());
  auto const line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Behind the comment sign and a blank; the letter q may have become a Q.
bool is_header_line(std::string_view line) {
  constexpr std::array starts{"Image: "sv,
                              "Pixels: "sv,
                              "Mask applied: "sv,
                              "Dark current applied: "sv,
                              "Flat field applied: "sv,
                              "Solid angle applied: "sv,
                              "Polarization factor: "sv,
                              "Normalization factor: "sv,
                              "Values: "sv,
                              "Bins left out: "sv,
                              "In these lines Q "sv};
  auto const words = line.substr(std::min<std::size_t>(2, line.size()));
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return words.starts_with(start); });
}

bool is_numbers(std::string_view line) {
  return line.find_first_not_of("0123456789+-.e, nainf\r") == std::string_view::npos;
}

}  // namespace

bool holds_results_alone(hid_t file) {
  auto known = names_of_results(file);
  bool const looked =
      H5Aiterate2(file, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, look_at_attribute, &known) >= 0 &&
      H5Lvisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, look_at_link, &known) >= 0;
  return looked && known.nothing_else;
}

bool holds_simulation_alone(hid_t file) {
  auto const known = names_of_simulation();
  H5G_info_t root;
  if (H5Gget_info(file, &root) < 0) return false;
  for (hsize_t i = 0; i < root.nlinks; ++i)  // none in that of a run that was killed
    if (!holds_simulated_entry(file, known, link_name(file, "/", i))) return false;
  return true;
}

bool looks_like_unfinished_result(std::string_view start) {
  constexpr std::array<std::string_view, 6> words{"NXentry",  "NXprocess", "program",
                                                  "revision", "backend",   "xrdct"};
  return std::all_of(words.begin(), words.end(), [&](std::string_view word) {
    return start.find(word) != std::string_view::npos;
  });
}

bool is_written_text(std::string_view text) {
  if (text.size() < 9 || "#'!"sv.find(text.front()) == std::string_view::npos) return false;
  if (!text.substr(1).starts_with(" xrdct "sv) || !is_digit(text[8])) return false;
  char const comment = text.front();
  bool in_header = true, columns_named = false;
  for (std::size_t number = 0; !text.empty(); ++number) {
    // the last of the first bytes may be cut
    bool const whole = text.find('\n') != std::string_view::npos;
    auto const line = next_line(text);
    if (!whole && number > 1) return true;
    in_header = in_header && line.starts_with(comment);
    if (in_header && number < 2) continue;  // the program and the axis
    bool const is_axis_and_intensity =
        !columns_named &&
        (line.find("  I") != std::string_view::npos || line.find(",I") != std::string_view::npos);
    if (in_header ? is_header_line(line) : is_numbers(line)) continue;
    if (!is_axis_and_intensity) return false;
    columns_named = true;
  }
  return true;
}

}  // namespace xrdct::io
