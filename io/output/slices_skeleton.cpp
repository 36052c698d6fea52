// Makes a file of slices with all that it will hold but their values.
#include "io/output/slices_skeleton.hpp"

#include <fmt/core.h>
#include <hdf5.h>

#include <string>

#include "core/words/names.hpp"
#include "io/nexus/nexus.hpp"
#include "io/nexus/process_group.hpp"
#include "io/output/skeleton_parts.hpp"

namespace xrdct::io {
namespace {

std::string status_words() {
  std::string words;
  for (auto const& [name, status] : core::words_of<core::SliceStatus>)
    words += fmt::format("{}{}: {}", words.empty() ? "" : ", ", static_cast<int>(status), name);
  return words;
}

void write_voxel_axes(hid_t group, SlicesDescription const& description) {
  write_axis(group, description.height);
  std::string const text = description.axes.unit_text();
  for (bool const rows : {true, false}) {
    std::string const name = rows ? "y" : "x";
    write_axis(group, {.name = name,
                       .unit = description.axes.unit,
                       .positions = rows ? description.y() : description.x(),
                       .label = labelled(name, text)});
  }
}

// Empty ones say nothing and are left out.
void write_slice_making(hid_t group, SlicesDescription const& description,
                        SlicesOfReduction const& of) {
  auto const& axes = description.axes;
  write_attribute(group, "step", axes.step);
  if (!axes.unit.empty()) write_attribute(group, "step_units", axes.unit);
  if (axes.centre) write_attribute(group, "centre", *axes.centre);
  write_attribute(group, "sense", std::string(core::name_of(axes.sense)));
  write_attribute(group, "first_bin", static_cast<std::int64_t>(of.first_bin));
  write_attribute(group, "bins_per_unit", static_cast<std::int64_t>(of.bins_per_unit));
  auto const& making = of.making;
  auto const write_word = [&](std::string const& name, std::string const& word) {
    if (!word.empty()) write_attribute(group, name, word);
  };
  write_word("algorithm", making.algorithm);
  write_word("window", making.window);
  write_word("footprint", making.footprint);
  if (making.iterations) write_attribute(group, "iterations", *making.iterations);
  if (making.relaxation) write_attribute(group, "relaxation", *making.relaxation);
  write_attribute(group, "non_negative", std::int64_t{making.non_negative ? 1 : 0});
  write_attribute(group, "additive", std::int64_t{making.additive ? 1 : 0});
}

void write_slice_groups(hid_t entry, SlicesDescription const& description) {
  for (auto const& of : description.reductions) {
    std::vector<std::string> axes{description.height.name, "y", "x"};
    for (auto const& axis : bin_axes(of.reduction.kind)) axes.push_back(axis);
    auto const group =
        make_plot(entry, of.reduction.name, "I", axes, description.title + " " + of.reduction.name);
    write_making(group.get(), of.reduction);
    write_slice_making(group.get(), description, of);
    write_voxel_axes(group.get(), description);
    write_bin_axes(group.get(), of.reduction);
  }
}

void write_preview_group(hid_t entry, SlicesDescription const& description) {
  std::vector<std::string> names;
  for (auto const& of : description.reductions) names.push_back("mean_" + of.reduction.name);
  auto const group = make_plot(entry, "preview", names.front(), {description.height.name, "y", "x"},
                               "mean slice over all bins");
  if (names.size() > 1)
    write_attribute(group.get(), "auxiliary_signals",
                    std::vector<std::string>(names.begin() + 1, names.end()));
  write_voxel_axes(group.get(), description);
}

void write_conditioning_groups(hid_t entry, SlicesDescription const& description) {
  auto const conditioning = make_group(entry, "conditioning", "NXcollection");
  for (auto const& of : description.reductions) {
    auto const group = make_group(conditioning.get(), of.reduction.name, "NXcollection");
    std::vector<std::string> names{"status"};
    for (auto const& result : of.results) names.push_back(result.name);
    write_attribute(group.get(), "results", names);
  }
}

void write_slices_process(hid_t entry, SlicesDescription const& description) {
  auto const process = make_group(entry, "process", "NXprocess");
  write_program(process.get(), {description.version, description.revision, description.engine,
                                description.backend});
  write_note(process.get(), "job", "application/json", description.canonical_job);
  write_note(process.get(), "poni", "text/plain", description.poni_text);
  write_inputs(process.get(), description.inputs);
  {
    auto const sinograms = make_group(process.get(), "sinograms", "NXcollection");
    write_dataset(sinograms.get(), "path", description.sinogram_file);
    if (!description.sinogram_identity.empty())
      write_dataset(sinograms.get(), "identity", description.sinogram_identity);
  }
  make_group(process.get(), "checksums", "NXcollection");
}

// In the order of the layout's datasets.
std::vector<std::string> long_names_of(SlicesDescription const& description,
                                       SlicesLayout const& layout) {
  std::vector<std::string> names(layout.datasets.size());
  std::string const text = description.axes.unit_text(), per = text.empty()      ? "unit of x and y"
                                                               : text == "steps" ? "step"
                                                                                 : text;
  for (std::size_t r = 0; r < layout.reductions.size(); ++r) {
    auto const& of = layout.reductions[r];
    names[of.intensity] = "intensity per " + per;
    if (of.error) names[*of.error] = "standard error of the intensity per " + per;
    names[of.mean] = "mean over the bins with a value";
    names[of.status] = "status (" + status_words() + ")";
    for (std::size_t i = 0; i < of.results.size(); ++i) {
      auto const& result = description.reductions[r].results[i];
      names[of.results[i]] = result.label.empty() ? result.name : result.label;
    }
  }
  names[layout.checksums] = "checksums of the stored bytes [block][column]";
  names[layout.other_checksums] = "checksums of {structure, previews}";
  return names;
}

void describe_results(hid_t file, SlicesDescription const& description,
                      SlicesLayout const& layout) {
  for (std::size_t r = 0; r < layout.reductions.size(); ++r) {
    auto const& results = description.reductions[r].results;
    for (std::size_t i = 0; i < results.size(); ++i) {
      std::string const path = layout.datasets[layout.reductions[r].results[i]].path;
      WrittenDataset const dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
      write_attribute(dataset.get(), "per", std::string(results[i].per_bin ? "channel" : "height"));
      if (!results[i].unit.empty()) write_attribute(dataset.get(), "units", results[i].unit);
    }
  }
}

}  // namespace

std::vector<std::uint64_t> write_slices_skeleton(std::filesystem::path const& file,
                                                 SlicesDescription const& description,
                                                 SlicesLayout const& layout) {
  silence_hdf5();
  auto output = create_output(file);
  {
    auto const entry = make_group(output.get(), "entry", "NXentry");
    write_attribute(entry.get(), "default", std::string("preview"));
    std::vector<std::string> names;
    for (auto const& of : description.reductions) names.push_back(of.reduction.name);
    write_attribute(entry.get(), "slices", names);
    write_dataset(entry.get(), "title", description.title);
    write_slice_groups(entry.get(), description);
    write_preview_group(entry.get(), description);
    write_conditioning_groups(entry.get(), description);
    write_slices_process(entry.get(), description);
  }
  auto const long_names = long_names_of(description, layout);
  std::vector<std::uint64_t> addresses;
  for (std::size_t i = 0; i < layout.datasets.size(); ++i)
    addresses.push_back(make_output_dataset(output.get(), layout.datasets[i], long_names[i]));
  for (std::size_t r = 0; r < layout.reductions.size(); ++r) {
    bool const is_cake = description.reductions[r].reduction.kind == core::PatternKind::cake;
    mark_interpretation(output.get(), layout.datasets[layout.reductions[r].intensity].path,
                        is_cake ? "image" : "spectrum");
    mark_interpretation(output.get(), layout.datasets[layout.reductions[r].mean].path, "image");
  }
  describe_results(output.get(), description, layout);
  describe_checksums(output.get(), layout);
  output.close();
  for (auto const& of : layout.reductions)
    fill_bytes(file, addresses.at(of.status), layout.datasets[of.status].stored_bytes(),
               static_cast<std::byte>(core::SliceStatus::pending));
  return addresses;
}

}  // namespace xrdct::io
