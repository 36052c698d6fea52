#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>

#include "app/command_line_errors.hpp"
#include "app/context.hpp"
#include "app/ranks.hpp"
#include "app/standard_streams.hpp"
#include "app/version.hpp"
#include "core/errors.hpp"
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
    if (error.get_exit_code() == 0) app::end_quietly_without_reader();
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

/// What was printed has to arrive: in a file on a full disk, for example.
void require_printed() {
  if (!std::cout.flush())
    throw core::IoError("cannot write to standard output: expected space there, or a reader, found none; files of this command are whole");
}

/// After a failure all ranks end in order only where all know of it, and where no output was given up in the middle.
int end_after_error(int status, bool agreed, std::optional<io::MpiSession>& session) {
  if (!agreed || !session || !io::may_end_in_order()) io::abort_all(status);
  session->close();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  app::prepare_standard_streams();
  std::optional<io::MpiSession> session;
  std::optional<io::Communicator> ranks;
  app::Context context;
  try {
    if (runs_on_ranks(argc, argv)) {
      session.emplace(argc, argv);
      ranks.emplace();
      context.communicator = &*ranks;
    }
    int const status = parse_and_run(argc, argv, context);
    require_printed();
    if (session) session->close();
    return status;
  } catch (app::AgreedError const& error) {
    if (context.first_rank()) print_error(error.what(), "xrdct: error: ");
    return end_after_error(static_cast<int>(error.status()), true, session);
  } catch (...) {
    app::AgreedError const error = app::current_error();
    bool const alone = !ranks || ranks->size() == 1;
    print_error(error.what(), alone ? "xrdct: error: " : "xrdct: rank " + std::to_string(ranks->rank()) + ": error: ");
    return end_after_error(static_cast<int>(error.status()), false, session);
  }
}
