#include "tests/golden/real_data.hpp"

#include <cstdlib>

namespace xrdct::golden {

void RealData::SetUp() {
  char const* folder = std::getenv("XRDCT_TEST_DATA");
  if (folder == nullptr || *folder == '\0')
    GTEST_SKIP() << "XRDCT_TEST_DATA does not name the folder with data/ and reference/: real "
                    "frames not tested";
  folder_ = folder;
  ASSERT_TRUE(std::filesystem::exists(reference())) << reference() << " is missing";
}

}  // namespace xrdct::golden
