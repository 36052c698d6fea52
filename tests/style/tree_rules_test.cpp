#include "tests/style/tree_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace xrdct::style {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

/// A small tree of its own, in the test's temporary folder.
class SampleTree : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            (std::string("xrdct_style_") +
             testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    write("src/core/words/words.hpp", "#pragma once\n#include <vector>\n");
    write("io/frames/source.hpp", "#pragma once\n#include \"core/words/words.hpp\"\n");
    write("io/hdf5/handle.hpp", "#pragma once\n#include <hdf5.h>\n");
    write(
        "io/frames/source.cpp",
        "#include \"io/frames/source.hpp\"\n#include <fcntl.h>\n#include \"io/hdf5/handle.hpp\"\n");
    write("src/app/main.cpp", "#include <CLI/CLI.hpp>\n#include \"io/frames/source.hpp\"\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(std::string const& path, std::string const& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  auto breach(std::string const& file, int line, std::string const& text) {
    return Contains(AllOf(Field(&Breach::file, file), Field(&Breach::line, line),
                          Field(&Breach::text, HasSubstr(text))));
  }

  fs::path root_;
};

TEST_F(SampleTree, without_breach_is_accepted) { EXPECT_THAT(check_tree(root_), IsEmpty()); }

TEST_F(SampleTree, finds_arrows_in_the_wrong_direction) {
  write("src/core/bad.cpp", "#include <string>\n#include \"io/frames/source.hpp\"\n");
  write("src/pipeline/bad.cpp", "#include \"io/frames/source.hpp\"\n");
  EXPECT_THAT(check_tree(root_), breach("src/core/bad.cpp", 2, "core may not include io"));
  EXPECT_THAT(check_tree(root_), breach("src/pipeline/bad.cpp", 1, "pipeline may not include io"));
}

TEST_F(SampleTree, finds_arrows_up_between_rooms) {
  write("io/hdf5/bad.cpp", "#include \"io/frames/source.hpp\"\n");
  write("kokkos/frame_reducer.hpp", "#pragma once\n#include \"kokkos/tile/words.hpp\"\n");
  write("kokkos/tile/words.hpp", "#pragma once\n");
  write("kokkos/tile/bad.cpp", "#include \"kokkos/frame_reducer.hpp\"\n");
  auto const breaches = check_tree(root_);
  EXPECT_THAT(breaches, breach("io/hdf5/bad.cpp", 1, "the room hdf5 may not include"));
  EXPECT_THAT(
      breaches,
      breach("kokkos/tile/bad.cpp", 1,
             "the room tile may not include \"kokkos/frame_reducer.hpp\": allowed are space"));
  EXPECT_THAT(breaches, testing::SizeIs(2));
}

TEST_F(SampleTree, finds_unknown_rooms_and_full_ones) {
  write("io/attic/lamp.cpp", "\n");
  for (int i = 0; i < 26; ++i) write("src/pipeline/part_" + std::to_string(i) + ".cpp", "\n");
  auto const breaches = check_tree(root_);
  EXPECT_THAT(breaches, breach("io/attic/lamp.cpp", 0, "not in one of the rooms of io/"));
  EXPECT_THAT(breaches, breach("src/pipeline/", 0, "more than 25"));
}

TEST_F(SampleTree, finds_foreign_includes_outside_their_room) {
  write("src/core/bad.cpp", "#include <Kokkos_Core.hpp>\n");
  write("config/bad.cpp", "#  include <mpi.h>\n");
  write("io/codec/bad.cpp", "#include <hdf5.h>\n");
  write("io/bad.cpp", "#include <Eigen/Dense>\n");
  auto const breaches = check_tree(root_);
  EXPECT_THAT(breaches, breach("src/core/bad.cpp", 1, "belongs to Kokkos"));
  EXPECT_THAT(breaches, breach("config/bad.cpp", 1, "belongs to MPI"));
  EXPECT_THAT(breaches, breach("io/codec/bad.cpp", 1, "neither MPI nor HDF5"));
  EXPECT_THAT(breaches, breach("io/bad.cpp", 1, "unknown foreign include"));
}

TEST_F(SampleTree, finds_public_headers_that_reach_or_name_something_foreign) {
  write("io/frames/source.hpp",
        "#pragma once\n#include \"io/hdf5/handle.hpp\"\n// MPI_Comm in a comment is "
        "nothing\nstruct S { MPI_Comm c; };\n");
  auto const breaches = check_tree(root_);
  EXPECT_THAT(breaches, breach("src/app/main.cpp", 2, "reaches <hdf5.h>"));
  EXPECT_THAT(breaches, breach("io/frames/source.hpp", 4, "names MPI_"));
  EXPECT_THAT(breaches, testing::Not(breach("io/frames/source.hpp", 3, "MPI_")));
}

TEST_F(SampleTree, finds_strange_entries_marks_and_places) {
  write("notes.md", "nothing\n");
  write("io/bad.cpp", std::string("// TO") + "DO later\nchar const* p = \"/ro" + "ot/data\";\n");
  auto const breaches = check_tree(root_);
  EXPECT_THAT(breaches, breach("notes.md", 0, "top-level"));
  EXPECT_THAT(breaches, breach("io/bad.cpp", 1, "unfinished"));
  EXPECT_THAT(breaches, breach("io/bad.cpp", 2, "path of one machine"));
}

TEST_F(SampleTree, accepts_a_neighbour_in_tests_alone) {
  write("tests/io/CMakeLists.txt", "frames/sample_test.cpp\n");
  write("tests/io/frames/sample.hpp", "#pragma once\n");
  write("tests/io/frames/sample_test.cpp", "#include \"sample.hpp\"\n");
  EXPECT_THAT(check_tree(root_), IsEmpty());
}

TEST_F(SampleTree, accepts_a_header_that_cmake_makes) {
  write("src/app/session/version.hpp.in", "#pragma once\n");
  write("src/app/session/version.cpp", "#include \"app/session/version.hpp\"\n");
  EXPECT_THAT(check_tree(root_), IsEmpty());
}

TEST_F(SampleTree, finds_includes_that_no_folder_holds) {
  write("io/bad.cpp", "#include \"handle.hpp\"\n");
  EXPECT_THAT(check_tree(root_), breach("io/bad.cpp", 1, "cannot find"));
}

TEST_F(SampleTree, finds_tests_that_nobody_builds) {
  write("tests/core/scan/order_test.cpp", "\n");
  EXPECT_THAT(check_tree(root_), breach("tests/core/scan/order_test.cpp", 0, "no CMakeLists.txt"));
  write("tests/core/CMakeLists.txt", "xrdct_test(core SOURCES scan/order_test.cpp)\n");
  EXPECT_THAT(check_tree(root_), IsEmpty());
}

TEST(ThisTree, keeps_the_rules) {
  std::string text;
  for (Breach const& breach : check_tree(fs::path(XRDCT_TEST_SOURCE_DIR).parent_path()))
    text += breach.file + ":" + std::to_string(breach.line) + ": " + breach.text + "\n";
  EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace xrdct::style
