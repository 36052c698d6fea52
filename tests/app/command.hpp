#pragma once
#include <filesystem>
#include <string>

namespace xrdct::test {

/// What a command printed and how it ended.
struct Outcome {
  int status = -1;
  std::string out;     //!< standard output
  std::string errors;  //!< standard error
};

/// Runs the program on so many ranks (1: without mpirun) in a folder; a run of more than 120 s is
/// killed and has the status 124.
/// \param environment words before the command such as "XRDCT_SIMD=portable"
Outcome xrdct(std::filesystem::path const& folder, std::string const& arguments, int ranks = 1,
              std::string const& environment = "");

/// The same on one rank, without the daemon that a rank starts otherwise.
Outcome run_alone(std::filesystem::path const& folder, std::string const& arguments);

/// A new empty folder for the test that runs, below the build folder.
std::filesystem::path fresh_folder();

std::string read_text(std::filesystem::path const& file);
void write_text(std::filesystem::path const& file, std::string const& text);
/// Replaces the first occurrence of `from`, which has to be there.
void replace_in(std::filesystem::path const& file, std::string const& from, std::string const& to);

/// Makes a small scan with `xrdct simulate` into folder/scan: 8 × 6 frames of 64 × 80 pixels,
/// unless `arguments` say otherwise; its job is folder/scan/job.json.
std::filesystem::path simulated_scan(std::filesystem::path const& folder,
                                     std::string const& arguments = "");

/// The folder with `data/` and `reference/`, or an empty path.
std::filesystem::path test_data();

}  // namespace xrdct::test
