// The program: parses the command line, starts MPI where a command needs it, and ends with a
// status.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string_view>

#include "app/exports/commands.hpp"
#include "app/images/commands.hpp"
#include "app/inspect/commands.hpp"
#include "app/scan/commands.hpp"
#include "app/session/command_line_errors.hpp"
#include "app/session/context.hpp"
#include "app/session/standard_streams.hpp"
#include "app/session/version.hpp"
#include "app/session/warnings.hpp"
#include "app/simulation/commands.hpp"
#include "app/slices/commands.hpp"
#include "app/view/commands.hpp"
#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/communicator.hpp"
#include "io/ranks/watchdog.hpp"

namespace {

using namespace xrdct;

/// A subcommand, and whether its work is shared among ranks; the others run without MPI.
struct Command {
  std::string_view name;
  void (*add)(CLI::App& program, app::Context& context);
  bool on_ranks;
};

/// All subcommands, in the order of the help.
constexpr std::array<Command, 9> commands{{{"inspect", app::add_inspect, false},
                                           {"reduce", app::add_reduce, true},
                                           {"check", app::add_check, true},
                                           {"verify", app::add_verify, false},
                                           {"integrate", app::add_integrate, false},
                                           {"reconstruct", app::add_reconstruct, true},
                                           {"view", app::add_view, false},
                                           {"export", app::add_export, false},
                                           {"simulate", app::add_simulate, true}}};

/// Whether this command line needs MPI. Help never does.
bool runs_on_ranks(int argc, char** argv) {
  if (argc < 2) return false;
  auto const named = std::find_if(commands.begin(), commands.end(),
                                  [&](Command const& command) { return command.name == argv[1]; });
  if (named == commands.end() || !named->on_ranks) return false;
  return std::none_of(argv + 2, argv + argc,
                      [](std::string_view word) { return word == "--help" || word == "-h"; });
}

/// Leaves what the command line asks for in `context.work`; help and version print and leave
/// nothing.
int parse(CLI::App& program, int argc, char** argv, app::Context const& context) {
  if (auto const unknown = app::unknown_words(program, argc, argv); !unknown.empty())
    throw core::InputError(unknown);
  try {
    program.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    if (error.get_exit_code() == 0) app::end_quietly_without_reader();
    if (error.get_exit_code() == 0)
      return context.first_rank() ? program.exit(error, std::cout, std::cerr) : 0;
    throw core::InputError("cannot read the command line: " + std::string(error.what()) +
                           app::help_of_option(program, argc > 1 ? argv[1] : "", error.what()) +
                           "; see xrdct --help, xrdct COMMAND --help");
  }
  return 0;
}

int parse_and_run(int argc, char** argv, app::Context& context) {
  CLI::App program(
      "xrdct: X-ray diffraction computed tomography, from detector frames to sinograms and "
      "slices.\n"
      "Start: xrdct inspect FILES --poni calib.poni with your own scan, xrdct simulate --help "
      "without one",
      "xrdct");
  program.set_version_flag("--version",
                           std::string("xrdct ") + app::version + " (" + app::revision + ")");
  program.require_subcommand(1);
  program.fallthrough(false);
  for (auto const& command : commands) command.add(program, context);
  int status = 0;
  auto const read = [&] { status = parse(program, argc, argv, context); };
  if (context.communicator != nullptr) {
    io::on_all_ranks(*context.communicator, read);
    io::require_same(*context.communicator,
                     {{"the program", std::string(app::version) + " " + app::revision},
                      {"the command", argc > 1 ? argv[1] : ""}},
                     "work together");
  } else {
    read();
  }
  if (!context.work) return status;
  context.work();
  return static_cast<int>(context.status);
}

/// What was printed has to arrive: in a file on a full disk, for example.
void require_printed() {
  if (!std::cout.flush())
    throw core::IoError({.what = "write to standard output",
                         .expected = "space there, or a reader",
                         .found = "none",
                         .attempt = "files of this command are whole"});
}

/// For all ranks to come to the start.
constexpr double longest_start_s = 300.0;

/// MPI for the subcommands that use it. A rank that does not come keeps the others waiting in here.
struct Parallel {
  Parallel(int& argc, char**& argv)
      : start(std::in_place, longest_start_s, core::progress_noted, [] { end_start(); }),
        session(argc, argv) {
    start.reset();
  }
  [[noreturn]] static void end_start() {
    io::abort_all(static_cast<int>(core::ExitStatus::watchdog), [] {
      app::tell_error(
          core::text({.what = "start the run",
                      .expected = fmt::format("all ranks within {:g} s", longest_start_s),
                      .found = "some of them",
                      .attempt = "look whether a node has failed, then run again"}),
          "");
    });
  }
  std::optional<io::Watchdog> start;
  io::MpiSession session;
  io::Communicator ranks;
};

int run(int argc, char** argv, app::Context& context, std::optional<Parallel>& parallel) {
  if (runs_on_ranks(argc, argv)) {
    parallel.emplace(argc, argv);
    context.communicator = &parallel->ranks;
  }
  int const status = parse_and_run(argc, argv, context);
  if (!parallel) {
    require_printed();
    return status;
  }
  // One rank that cannot print, or end, is a failure of all: none may end MPI while another aborts.
  io::on_all_ranks(parallel->ranks, require_printed);
  if (parallel->session.close(parallel->ranks)) return status;
  throw io::AgreedError(core::ExitStatus::io_failed,
                        core::Problem{.what = "end HDF5",
                                      .expected = "all files to be closed",
                                      .found = "one that is not",
                                      .attempt = "run again"});
}

/// Ends all ranks for the exception that is being handled, which the others do not know of. There
/// may be no memory for a text.
[[noreturn]] void end_alone(std::optional<Parallel> const& parallel) {
  int status = static_cast<int>(core::ExitStatus::internal_error);
  try {
    io::AgreedError const error = io::current_error();
    status = static_cast<int>(error.status());
    std::string const place = parallel ? parallel->ranks.place() : "";
    io::abort_all(status, [&] { app::tell_error(error.what(), place); });
  } catch (...) {
    std::fputs("xrdct: error: cannot allocate memory for a message\n", stderr);
    io::abort_all(status);
  }
}

}  // namespace

int main(int argc, char** argv) {
  app::prepare_standard_streams();
  std::optional<Parallel> parallel;
  app::Context context;
  try {
    return run(argc, argv, context, parallel);
  } catch (io::AgreedError const& error) {
    int const status = static_cast<int>(error.status());
    if (context.first_rank()) app::tell_error(error.what(), error.place());
    if (!parallel) io::abort_all(status);  // HDF5 may have given a file up: exit() would close it
    if (parallel->session.close(parallel->ranks)) return status;
    io::abort_together(parallel->ranks, status);
  } catch (...) {
    end_alone(parallel);
  }
}
