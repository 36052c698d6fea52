// How many threads every command starts: what the environment says of it, what is too much, and on
// how many processors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Threads : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    ASSERT_EQ(run_alone(folder_,
                        "simulate --shape 32x32 --rotations 2 --translations 2 --bins 10 -o scan")
                  .status,
              0);
  }

  Outcome run(std::string const& command, std::string const& environment = "") const {
    return xrdct(folder_, command, 1, "OMPI_MCA_ess_singleton_isolated=1 " + environment);
  }

  /// A Kokkos without OpenMP has one thread, whatever is asked for.
  bool has_openmp() const {
    return run("check scan/job.json -o none.h5").out.find("(OpenMP") != std::string::npos;
  }

  std::filesystem::path folder_;
};

std::vector<std::string> const commands{
    "check scan/job.json -o none.h5", "reduce scan/job.json -q --overwrite -o out.h5",
    "integrate scan/scan.h5 --poni scan/calib.poni --bins 10 -o p.xye",
    "simulate --shape 32x32 --rotations 2 --translations 2 --overwrite -o again"};

TEST_F(Threads, AreNoMoreThanTheKernelsHaveRoomFor) {
  for (auto const& command : commands) {
    for (auto const& tried :
         {run(command + " --threads 600"), run(command, "OMP_NUM_THREADS=600")}) {
      EXPECT_EQ(tried.status, 2) << command;
      EXPECT_THAT(tried.errors,
                  HasSubstr("cannot start 600 threads: expected at most 512 for each process"))
          << command;
    }
  }
  replace_in(folder_ / "scan/job.json", "\"output\"", "\"run\": {\"threads\": 65536}, \"output\"");
  for (std::string const command : {"check", "reduce"}) {
    auto const tried = xrdct(folder_, command + " scan/job.json -o none.h5", 2);
    EXPECT_EQ(tried.status, 2);
    EXPECT_THAT(tried.errors, HasSubstr("cannot start 65536 threads"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.h5"));
}

TEST_F(Threads, AreNoMoreThanOpenMpAllows) {
  if (!has_openmp()) GTEST_SKIP() << "needs OpenMP";
  auto const check = [&](std::string const& arguments) {
    return run("check scan/job.json -o none.h5" + arguments, "OMP_THREAD_LIMIT=1");
  };
  EXPECT_EQ(check("").status, 0);
  auto const refused = check(" --threads 2");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("expected at most 1 for each process"));
}

TEST_F(Threads, AreNoMoreThanTheMachineAllows) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer needs more memory than any limit";
#endif
  write_text(folder_ / "limited", "#!/bin/sh\nulimit -s 8192\nulimit -v 1500000\nexec \"$@\"\n");
  std::filesystem::permissions(folder_ / "limited", std::filesystem::perms::owner_all);
  for (auto const& command : commands) {
    auto const tried = run(command + " --threads 400", "./limited");  // 400 stacks do not fit
    EXPECT_EQ(tried.status, 2) << command;
    EXPECT_THAT(tried.errors, AllOf(HasSubstr("cannot start 400 threads"), HasSubstr("after 1")))
        << command;
  }
}

TEST_F(Threads, AreCountedByProcessorsAndNotByTheFirstOneThatIsBound) {
  auto const processors = std::thread::hardware_concurrency();
  if (processors < 2 || !has_openmp()) GTEST_SKIP() << "needs two processors and OpenMP";
  for (std::string const bind : {"spread", "close", "true"}) {
    auto const all = "--threads " + std::to_string(processors);
    auto const reduced =
        run("reduce scan/job.json -q --overwrite -o out.h5 " + all, "OMP_PROC_BIND=" + bind);
    EXPECT_EQ(reduced.status, 0);
    EXPECT_THAT(reduced.errors, Not(HasSubstr("processors"))) << bind;
    EXPECT_THAT(run("check scan/job.json -o none.h5", "OMP_PROC_BIND=" + bind).out,
                HasSubstr("1 x " + std::to_string(processors) + " threads"))
        << bind;
  }
  EXPECT_THAT(run("reduce scan/job.json -q --overwrite -o out.h5 --threads 2",
                  "OMP_PROC_BIND=close OMP_PLACES='{0}'")
                  .errors,
              HasSubstr("2 threads on 1 processors"));
}

TEST_F(Threads, AreNotThoseOfVariablesOfTheLibraryOfKernels) {
  for (std::string const value : {"7", "0", "many", ""}) {
    for (std::string const command :
         {"check scan/job.json -o none.h5", "reduce scan/job.json -q --overwrite -o out.h5",
          "integrate scan/scan.h5 --poni scan/calib.poni --bins 10 -o p.xye"}) {
      auto const tried = run(command + " --threads 1", "KOKKOS_NUM_THREADS=" + value);
      EXPECT_EQ(tried.status, 0) << command << value << tried.errors;
      EXPECT_THAT(tried.errors, HasSubstr("KOKKOS_NUM_THREADS=" + value + " is ignored"));
    }
  }
  EXPECT_EQ(run("check scan/job.json -o none.h5", "KOKKOS_DISABLE_WARNINGS=0").status, 0);
  auto const refused = run("check scan/job.json -o none.h5", "KOKKOS_RAND_DEVICES=1");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("cannot start the kernels"), HasSubstr("unset them"),
                                    Not(HasSubstr("internal"))));
}

}  // namespace
}  // namespace xrdct::test
