// `xrdct export`: slices in the files that other programs open.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/exports/commands.hpp"
#include "app/session/context.hpp"
#include "app/session/option_checks.hpp"
#include "app/view/view_bins.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "core/words/number_text.hpp"
#include "io/exports/ndtomo_file.hpp"
#include "io/exports/tiff_stack.hpp"
#include "io/guard/output_guard.hpp"
#include "io/stored/slices_reader.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

struct ExportOptions {
  ViewOptions choice;  //!< file, reduction, field, channel, azimuth, unit, height
  bool one_height = false;
  std::string tiff, ndtomo;  //!< folder, file; one of them
};

/// A TIFF file and what is in it.
struct Stack {
  fs::path file;
  io::StackChoice choice;
};

std::string chosen_reduction(io::SlicesReader const& slices, ViewOptions const& choice) {
  auto const names = slices.reductions();
  if (choice.reduction.empty()) return names.front();
  if (std::find(names.begin(), names.end(), choice.reduction) != names.end())
    return choice.reduction;
  throw core::InputError(
      {.what = fmt::format("export the reduction {} of {}", choice.reduction, choice.file),
       .expected = "one of " + core::listed(names, ", ")});
}

void require_finished(io::SlicesReader const& slices, ViewOptions const& choice) {
  std::size_t const pending = slices.pending_channels();
  if (pending > 0)
    throw core::InputError({.what = "export " + choice.file,
                            .expected = "finished slices",
                            .found = fmt::format("{} channels that are pending", pending),
                            .attempt = "let its run go on to the end"});
  if (choice.height >= slices.shape().height)
    throw core::InputError(
        {.what = fmt::format("export height {} of {}", choice.height, choice.file),
         .expected = fmt::format("an index below {}", slices.shape().height)});
}

void require_field(io::SlicesReader const& slices, ViewOptions const& choice,
                   std::string const& reduction) {
  bool const errors = slices.has_errors(reduction);
  if (choice.field == "I" || (choice.field == "I_errors" && errors)) return;
  throw core::InputError(
      {.what = fmt::format("export {} of {}", choice.field, choice.file),
       .expected = errors ? "one of I, I_errors" : "I, the slices have no errors",
       .found = choice.field,
       .attempt = "give another --field"});
}

void require_outputs(ViewOptions const& choice, std::vector<fs::path> const& files,
                     std::vector<std::size_t> const& bytes) {
  io::InputFiles inputs;
  inputs.add(choice.file, "the file to export");
  io::OutputGuard guard(std::move(inputs));
  for (std::size_t i = 0; i < files.size(); ++i)
    guard.add({.file = files[i], .role = io::OutputRole::exported, .bytes = bytes[i]});
  guard.require();
}

/// All bins of each height, or with --channel all heights of that bin.
std::vector<Stack> stacks_of(io::SlicesReader const& slices, ExportOptions const& options,
                             std::string const& reduction) {
  auto const& choice = options.choice;
  std::string const start = fs::path(choice.file).stem().string() + "_" + reduction;
  fs::path const folder = options.tiff;
  if (choice.channel || choice.azimuth) {
    std::size_t const bin = chosen_bin(slices, choice, reduction).bin;
    return {{folder / fmt::format("{}_bin_{:04}.tif", start, bin),
             {.reduction = reduction, .field = choice.field, .bin = bin}}};
  }
  std::vector<Stack> stacks;
  std::size_t const first = options.one_height ? choice.height : 0,
                    last = options.one_height ? first + 1 : slices.shape().height;
  for (std::size_t height = first; height < last; ++height)
    stacks.push_back({folder / fmt::format("{}_height_{:04}.tif", start, height),
                      {.reduction = reduction, .field = choice.field, .height = height}});
  return stacks;
}

void require_folder(fs::path const& folder) {
  std::error_code unknown;
  if (!fs::exists(folder, unknown) || fs::is_directory(folder, unknown)) return;
  throw core::InputError({.what = "export to the folder " + folder.string(),
                          .expected = "a folder, or no such name",
                          .found = "a file",
                          .attempt = "give --tiff another name"});
}

void make_folder(fs::path const& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem)
    throw core::IoError({.what = "make the folder " + folder.string(),
                         .expected = "to have the right to",
                         .found = problem.message(),
                         .attempt = "give --tiff another name"});
}

void export_tiff(io::SlicesReader const& slices, ExportOptions const& options,
                 std::string const& reduction) {
  auto const stacks = stacks_of(slices, options, reduction);
  require_folder(options.tiff);
  std::vector<fs::path> files;
  std::vector<std::size_t> bytes;
  for (auto const& [file, choice] : stacks) {
    files.push_back(file);
    bytes.push_back(io::tiff_stack_bytes(slices, choice));
  }
  make_folder(options.tiff);
  require_outputs(options.choice, files, bytes);
  for (auto const& [file, choice] : stacks) {
    io::write_tiff_stack(file, slices, choice);
    std::cout << file.string() << ": "
              << (choice.bin ? slices.shape().height : slices.pattern_shape(reduction).bins())
              << " pages of " << slices.side() << " x " << slices.side() << " voxels" << std::endl;
  }
}

void export_ndtomo(io::SlicesReader const& slices, ExportOptions const& options,
                   std::string const& reduction) {
  auto const& choice = options.choice;
  std::size_t const columns = slices.pattern_shape(reduction).columns;
  require_outputs(choice, {options.ndtomo},
                  {slices.side() * slices.side() * columns * sizeof(float)});
  io::write_ndtomo(options.ndtomo, slices,
                   {.reduction = reduction,
                    .field = choice.field,
                    .height = choice.height,
                    .row = chosen_row(slices, choice, reduction).bin});
  std::cout << options.ndtomo << ": " << slices.side() << " x " << slices.side() << " voxels of "
            << columns << " channels" << std::endl;
}

void run_export(ExportOptions const& options) {
  if (options.tiff.empty() == options.ndtomo.empty())
    throw core::InputError({.what = "export " + options.choice.file,
                            .expected = "--tiff FOLDER or --ndtomo FILE",
                            .found = options.tiff.empty() ? "none" : "both"});
  if (!options.ndtomo.empty() && options.choice.channel)
    throw core::InputError({.what = "use --channel",
                            .expected = "--tiff, which writes one channel",
                            .found = "--ndtomo, which writes all",
                            .attempt = "leave it out"});
  io::SlicesReader const slices(options.choice.file);
  std::string const reduction = chosen_reduction(slices, options.choice);
  require_finished(slices, options.choice);
  require_field(slices, options.choice, reduction);
  if (options.tiff.empty())
    export_ndtomo(slices, options, reduction);
  else
    export_tiff(slices, options, reduction);
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
  auto const options = std::make_shared<ExportOptions>();
  auto& choice = options->choice;
  CLI::App* command = app.add_subcommand(
      "export", "Write slices for other programs: TIFF stacks, or a volume that nDTomo opens");
  command->add_option("file", choice.file, "Output of xrdct reconstruct")
      ->check(some_name())
      ->required();
  command
      ->add_option("--tiff", options->tiff,
                   "Folder for TIFF stacks: a file for each height with a page for each bin, or "
                   "with --channel one file with a page for each height")
      ->check(some_name());
  command
      ->add_option("--ndtomo", options->ndtomo,
                   "HDF5 file with the slices of one height as nDTomo opens them")
      ->check(some_name());
  command->add_option("--reduction", choice.reduction, "Which reduction; default: the first");
  command->add_option("--field", choice.field, "I (default) or I_errors");
  auto* height = command
                     ->add_option("--height", choice.height,
                                  "Index of the height; default: all for --tiff, else 0")
                     ->check(whole_number(0, 1000000000));
  command->add_option("--channel", choice.channel,
                      "With --tiff: a channel, e.g. q=21.3 in the unit of the file, or bin=500");
  command->add_option("--azimuth", choice.azimuth,
                      "Azimuth of a cake or an azimuthal pattern, e.g. chi=-30 [deg], bin=12");
  command->callback([options, height, &context] {
    options->one_height = height->count() > 0;
    context.work = [options] { run_export(*options); };
  });
}

}  // namespace xrdct::app
