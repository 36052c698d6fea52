#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>

#include "app/command_line_errors.hpp"
#include "app/context.hpp"
#include "app/ranks.hpp"
#include "app/version.hpp"
#include "io/communicator.hpp"

namespace {

using namespace xrdct;

/// Subcommands that share their work among ranks; the others run without MPI, and so does `--help`.
bool runs_on_ranks(int argc, char** argv) {
  static constexpr std::array<std::string_view, 3> parallel{"reduce", "check", "simulate"};
  if (argc < 2 || std::find(parallel.begin(), parallel.end(), std::string_view(argv[1])) == parallel.end()) return false;
  return std::none_of(argv + 2, argv + argc, [](std::string_view word) { return word == "--help" || word == "-h"; });
}

int parse_and_run(int argc, char** argv, app::Context& context) {
  CLI::App program(
      "xrdct reduces X-ray diffraction computed tomography: detector frames to sinograms.\nStart: xrdct simulate --help, or write a job file and run "
      "xrdct check job.json",
      "xrdct");
  program.set_version_flag("--version", std::string("xrdct ") + app::version + " (" + app::revision + ")");
  program.require_subcommand(1);
  program.fallthrough(false);
  app::add_reduce(program, context);
  app::add_check(program, context);
  app::add_integrate(program, context);
  app::add_view(program, context);
  app::add_simulate(program, context);
  if (auto const unknown = app::unknown_words(program, argc, argv); !unknown.empty()) throw app::AgreedError(core::ExitStatus::wrong_input, unknown);
  try {
    program.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    if (error.get_exit_code() == 0) return context.first_rank() ? program.exit(error, std::cout, std::cerr) : 0;
    throw app::AgreedError(core::ExitStatus::wrong_input, "cannot read the command line: " + std::string(error.what()) +
                                                              app::help_of_option(program, argc > 1 ? argv[1] : "", error.what()) +
                                                              "; see xrdct --help, xrdct COMMAND --help");
  }
  return static_cast<int>(context.status);
}

/// Prints an error line by line, so that each can be found in a log of many ranks.
void print_error(std::string const& text, std::string const& prefix) {
  std::string_view rest = text;
  while (!rest.empty()) {
    auto const end = std::min(rest.find('\n'), rest.size());
    std::cerr << prefix << rest.substr(0, end) << "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::cerr << std::flush;
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<io::MpiSession> session;
  std::optional<io::Communicator> ranks;
  app::Context context;
  if (runs_on_ranks(argc, argv)) {
    session.emplace(argc, argv);
    ranks.emplace();
    context.communicator = &*ranks;
  }
  try {
    return parse_and_run(argc, argv, context);
  } catch (app::AgreedError const& error) {
    if (context.first_rank()) print_error(error.what(), "xrdct: error: ");
    return static_cast<int>(error.status());
  } catch (...) {
    app::AgreedError const error = app::current_error();
    bool const alone = !ranks || ranks->size() == 1;
    print_error(error.what(), alone ? "xrdct: error: " : "xrdct: rank " + std::to_string(ranks->rank()) + ": error: ");
    if (!alone) io::abort_all(static_cast<int>(error.status()));
    return static_cast<int>(error.status());
  }
}
