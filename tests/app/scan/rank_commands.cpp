#include "tests/app/scan/rank_commands.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <sstream>

namespace xrdct::test {

Outcome run_ranks(std::filesystem::path const& folder, RankCommand const& command) {
  std::string const program = std::string(XRDCT_PROGRAM) + " " + command.command + " ";
  auto const& other = command.other_words.empty() ? command.words : command.other_words;
  write_text(folder / "last.sh",
             "echo $$ > last.pid\n" + command.before + "\nexec " + program + other + "\n");
  std::string const last = (command.own_mounts ? "unshare -m sh last.sh" : "sh last.sh");
  std::string line = "timeout -k 1 " + std::to_string(command.limit_s) + " ";
  if (command.ranks == 1)
    line += last;
  else
    line += std::string(XRDCT_MPIEXEC) + " -n " + std::to_string(command.ranks - 1) + " " +
            program + command.words + " : -n 1 " + last;
  write_text(folder / "run.sh", "cd '" + folder.string() + "' && rm -f last.pid run.pid\n" + line +
                                    " >run.out 2>run.err </dev/null &\nrun=$!\n" +
                                    (command.meanwhile.empty()
                                         ? ""
                                         : "for i in $(seq 600); do [ -e out.h5.part ] && break; "
                                           "sleep 0.05; done; sleep 0.3\n"
                                           "last=$(cat last.pid)\n"
                                           "launcher=$(cat /proc/$run/task/$run/children)\n" +
                                               command.meanwhile + "\n") +
                                    "wait $run\nstatus=$?\n"
                                    "[ -n \"$last\" ] && kill -KILL $last 2>/dev/null\n"
                                    "exit $status\n");
  int const code = std::system(("sh '" + (folder / "run.sh").string() + "' 2>/dev/null").c_str());
  return {.status = WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code),
          .out = read_text(folder / "run.out"),
          .errors = read_text(folder / "run.err")};
}

bool can_mount() {
  return std::system("unshare -m sh -c 'mount -t tmpfs t /tmp' >/dev/null 2>&1") == 0;
}

int last_words(Outcome const& outcome) {
  std::istringstream lines(outcome.errors);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    bool const ours = line.rfind("xrdct: ", 0) == 0 && line.find("warning") == std::string::npos;
    count += ours;
  }
  return count;
}

bool names_rank_2(Outcome const& outcome) {
  auto const begin = outcome.errors.find("no sign of ");
  if (begin == std::string::npos) return false;
  auto const named = outcome.errors.substr(begin, outcome.errors.find(';', begin) - begin);
  return named.find("rank 2 on ") != std::string::npos;
}

}  // namespace xrdct::test
