#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

// Every test program writes into its own part of the build folder, wherever it is started from; a
// build that was carried elsewhere into where it is.
namespace {

[[maybe_unused]] bool const moved = [] {
  std::error_code error;
  std::filesystem::current_path(XRDCT_TEST_BINARY_DIR, error);
  std::string const folder = std::filesystem::current_path().string();
  return setenv("TEST_TMPDIR", folder.c_str(), 1) == 0;  // testing::TempDir
}();

}  // namespace
