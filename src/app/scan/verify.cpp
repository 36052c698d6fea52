// `xrdct verify`: whether the bytes of a finished output are still those that were written.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "app/scan/commands.hpp"
#include "app/scan/report.hpp"
#include "app/session/context.hpp"
#include "app/session/option_checks.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "core/words/number_text.hpp"
#include "core/words/problems.hpp"
#include "io/stored/verified_output.hpp"

namespace xrdct::app {
namespace {

constexpr std::size_t most_lines = 10;

/// One file; a line for people. \throws core::IoError it is damaged, or has no checksums
std::string verify(std::filesystem::path const& file) {
  auto const begin = std::chrono::steady_clock::now();
  auto const found = io::verify_output(file, most_lines);
  if (!found.damage.empty())
    throw core::IoError({.what = "trust " + file.string(),
                         .expected = "the bytes that xrdct wrote",
                         .found = "others in " + core::listed(found.damage, " and "),
                         .attempt = "take it from a copy, or reduce the scan again"});
  double const seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return fmt::format("{}: whole: {} blocks of {} datasets, previews and structure, {} in {}",
                     file.string(), found.blocks, found.datasets,
                     core::bytes_text(static_cast<double>(found.bytes)), duration_text(seconds));
}

}  // namespace

void add_verify(CLI::App& app, Context&) {
  auto const files = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand(
      "verify", "Read finished outputs and compare every byte with its checksum");
  command->add_option("files", *files, "Outputs of xrdct reduce or reconstruct")
      ->check(some_name())
      ->required();
  command->callback([files] {
    core::Problems problems;
    for (auto const& file : *files)
      problems.attempt("", [&] { std::cout << verify(file) << std::endl; });
    problems.throw_if_any();
  });
}

}  // namespace xrdct::app
