// Commands that take long, in small: their inputs, and the end of a run in the middle.
#include "tests/app/ended_runs.hpp"

#include <chrono>

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;

void make_scan(fs::path const& folder) {
  auto const made = xrdct(folder,
                          "simulate --shape 64x80 --rotations 64 --translations 6 --bins 100 "
                          "--counts 5 --output scan");
  ASSERT_EQ(made.status, 0) << made.errors;
  auto const job = folder / "scan" / "job.json";
  std::string text = read_text(job);
  text.insert(text.rfind('}'), ", \"run\": {\"commit_s\": 0}");
  write_text(job, text);
}

void make_sinograms(fs::path const& folder) {
  auto const made = xrdct(folder,
                          "simulate --shape 64x64 --heights 3 --rotations 12 --translations 11 "
                          "--sample-radius 1.3 --bins 70 --counts 20 --output scan");
  ASSERT_EQ(made.status, 0) << made.errors;
  replace_in(folder / "scan/job.json", R"("reductions": [)",
             R"("reductions": [{"name": "cake", "pattern": "cake", "azimuthal_bins": 9,
                "bins": 20},)");
  auto const run = xrdct(folder, "reduce scan/job.json --quiet -o sinograms.h5");
  ASSERT_EQ(run.status, 0) << run.errors;
  write_text(folder / "slices.json", R"({"sinograms": {"file": "sinograms.h5"},
    "run": {"commit_s": 0, "threads": 1}})");
}

}  // namespace

LongCommand const& reduce_command() {
  static LongCommand const command{.name = "reduce",
                                   .words = "reduce scan/job.json",
                                   .input = "scan/scan.h5",
                                   .other_job = "--set reductions[0].bins=101",
                                   .piece = "blocks",
                                   .failing_write = 60,
                                   .make = make_scan};
  return command;
}

LongCommand const& reconstruct_command() {
  static LongCommand const command{.name = "reconstruct",
                                   .words = "reconstruct slices.json",
                                   .input = "sinograms.h5",
                                   .other_job = "--window hann",
                                   .piece = "units",
                                   .failing_write = 80,
                                   .make = make_sinograms};
  return command;
}

void LongRuns::SetUp() {
  folder_ = fresh_folder();
  command_.make(folder_);
}

Outcome LongRuns::run(std::string const& options, int ranks, std::string const& environment) const {
  return xrdct(folder_, command_.words + " -o out.h5 " + options, ranks, environment);
}

void LongRuns::interrupt(int ranks) const {
  auto const ended =
      run("--writer direct", ranks,
          "LD_PRELOAD=" XRDCT_FAILING_CALLS " FAULT_FILE=out.h5.part FAULT_CALLS=pwrite FAULT_AT=" +
              std::to_string(command_.failing_write));
  ASSERT_EQ(ended.status, 3) << ended.errors << ended.out;
  ASSERT_TRUE(fs::exists(part()) && fs::exists(journal()) && !fs::exists(output()));
}

std::string LongRuns::undisturbed() const {
  auto const whole = xrdct(folder_, command_.words + " -o undisturbed.h5 --overwrite");
  EXPECT_EQ(whole.status, 0) << whole.errors;
  return read_text(folder_ / "undisturbed.h5");
}

void LongRuns::touch_input() const {
  fs::last_write_time(folder_ / command_.input,
                      fs::file_time_type::clock::now() + std::chrono::seconds(5));
}

}  // namespace xrdct::test
