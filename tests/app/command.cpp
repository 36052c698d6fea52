#include "command.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace xrdct::test {

std::string read_text(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_text(std::filesystem::path const& file, std::string const& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
}

void replace_in(std::filesystem::path const& file, std::string const& from, std::string const& to) {
  std::string text = read_text(file);
  auto const place = text.find(from);
  ASSERT_NE(place, std::string::npos) << from << " is not in " << file;
  write_text(file, text.replace(place, from.size(), to));
}

Outcome xrdct(std::filesystem::path const& folder, std::string const& arguments, int ranks,
              std::string const& environment) {
  static std::atomic<int> number = 0;
  auto const stem = folder / ("run" + std::to_string(++number));
  std::string command = "cd '" + folder.string() + "' && env " + environment + " timeout -k 5 120 ";
  if (ranks > 1) command += std::string(XRDCT_MPIEXEC) + " -n " + std::to_string(ranks) + " ";
  command += std::string(XRDCT_PROGRAM) + " " + arguments + " >'" + stem.string() + ".out' 2>'" +
             stem.string() + ".err' </dev/null";
  int const code = std::system(command.c_str());
  return {.status = WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code),
          .out = read_text(stem.string() + ".out"),
          .errors = read_text(stem.string() + ".err")};
}

Outcome run_alone(std::filesystem::path const& folder, std::string const& arguments) {
  return xrdct(folder, arguments, 1, "OMPI_MCA_ess_singleton_isolated=1");
}

std::filesystem::path fresh_folder() {
  auto const* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "." + test->name();
  for (auto& c : name) {
    if (c == '/') c = '_';
  }
  auto const folder = std::filesystem::current_path() / "scratch" / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

std::filesystem::path simulated_scan(std::filesystem::path const& folder,
                                     std::string const& arguments) {
  auto const run = xrdct(
      folder,
      "simulate --shape 64x80 --rotations 8 --translations 6 --bins 100 --counts 5 --output scan " +
          arguments);
  EXPECT_EQ(run.status, 0) << run.errors << run.out;
  return folder / "scan" / "job.json";
}

std::filesystem::path test_data() {
  char const* folder = std::getenv("XRDCT_TEST_DATA");
  if (folder == nullptr || !std::filesystem::exists(std::filesystem::path(folder) / "reference"))
    return {};
  return folder;
}

}  // namespace xrdct::test
