// Lists of input files, as outputs tell them.
#include "io/nexus/making.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace xrdct::io {
namespace {

std::vector<InputFile> files(std::size_t count) {
  std::vector<InputFile> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back({"cbf/img_" + std::to_string(1'000'000 + i) + ".cbf", 10});
  return all;
}

TEST(ListedInputs, AreAllUpToSoManyAndOneLineBeyond) {
  EXPECT_EQ(listed_inputs({}).size(), 0u);
  EXPECT_EQ(listed_inputs(files(100'000)), files(100'000));
  auto many = files(100'001);
  auto const listed = listed_inputs(many);
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].bytes, 1'000'010);
  EXPECT_THAT(listed[0].path,
              testing::MatchesRegex("cbf/img_%07d.cbf \\(100001 files, hash [0-9a-f]+\\)"));
  many[5].bytes = 9;
  many[6].bytes = 11;
  EXPECT_NE(listed_inputs(many), listed);
}

}  // namespace
}  // namespace xrdct::io
