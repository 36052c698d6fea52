#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace xrdct::golden {

/// Tests on real frames; skipped where XRDCT_TEST_DATA does not name the folder that holds data/
/// and reference/.
class RealData : public testing::Test {
 protected:
  void SetUp() override;
  std::filesystem::path data(std::string const& path) const { return folder_ / "data" / path; }
  std::filesystem::path reference() const { return folder_ / "reference" / "real.h5"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace xrdct::golden
