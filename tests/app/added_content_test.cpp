// Files of this program that a user has added something to are the user's: no command replaces
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "command.hpp"
#include "tests/support/linked_files.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class AddedContent : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    ASSERT_EQ(run_alone(folder_,
                        "simulate --shape 32x32 --rotations 2 --translations 2 --bins 10 -o scan")
                  .status,
              0);
  }
  /// Runs a command twice: what it wrote itself is replaced; with the change it is refused, and
  /// stays.
  template <class Change>
  void kept(std::string const& command, std::string const& name, Change change,
            std::string const& overwrite = "") {
    auto const file = folder_ / name;
    fs::remove(file);
    ASSERT_EQ(run_alone(folder_, command + overwrite).status, 0);
    auto const again = run_alone(folder_, command + overwrite);
    EXPECT_EQ(again.status, 0) << again.errors;
    change(file);
    auto const before = read_text(file);
    auto const run = run_alone(folder_, command + overwrite);
    EXPECT_EQ(run.status, 2) << command;
    EXPECT_THAT(run.errors, HasSubstr("something was added")) << command;
    EXPECT_TRUE(read_text(file) == before) << command;
    fs::remove(file);
  }
  fs::path folder_;
};

std::string const integrate = "integrate scan/scan.h5 --frame 0 --poni scan/calib.poni --bins 10 ";

TEST_F(AddedContent, OfResultsIsKept) {
  for (std::string const path : {"/entry/my_fit", "/entry/process/note", "/mine"}) {
    auto const add = [&](fs::path const& file) { write_numbers(file, path, {2}, {1, 2}); };
    if (path != "/mine") kept("reduce scan/job.json -o r.h5", "r.h5", add, " --overwrite");
    kept(integrate + "-o p.h5", "p.h5", add);
  }
  kept(
      "reduce scan/job.json -o r.h5", "r.h5",
      [](fs::path const& file) { write_external_link(file, "/entry/result", "x.h5", "/y"); },
      " --overwrite");
}

TEST_F(AddedContent, OfTextsIsKept) {
  for (std::string const name : {"p.xye", "p.xy", "p.dat", "p.csv"}) {
    kept(integrate + "-o " + name, name, [](fs::path const& file) {
      replace_in(file, "\n# Image", "\n# sample 3, broken\n# Image");
    });
    kept(integrate + "-o " + name, name, [](fs::path const& file) {
      write_text(file, read_text(file) + "the peak at 12 is ice\n");
    });
    kept(integrate + "-o " + name, name,
         [](fs::path const& file) { write_text(file, "# what xrdct gave for sample 3\n1 2\n"); });
  }
}

TEST_F(AddedContent, OfPicturesIsKept) {
  // A comment that another program put in before the pixels, and a picture of another one that says
  // Software xrdct.
  kept(integrate + "-o p.png", "p.png", [](fs::path const& file) {
    auto const png = read_text(file);
    auto const pixels = png.find("IDAT") - 4;
    write_text(file, png.substr(0, pixels) + std::string("\0\0\0\x06tEXtnote\0x....", 18) +
                         png.substr(pixels));
  });
  kept(integrate + "-o p.png", "p.png", [](fs::path const& file) {
    auto const png = read_text(file);
    auto const space = png.find("bKGD") - 4;
    write_text(file, png.substr(0, space) + png.substr(space + 18));
  });
}

TEST_F(AddedContent, OfDrawingsIsKept) {
  for (std::string const name : {"p.svg", "p.pdf"}) {
    kept(integrate + "-o " + name, name, [](fs::path const& file) {
      auto const text = read_text(file);
      write_text(file, text + (text.starts_with("%PDF") ? "%" : "<!-- my sample 3 -->") + "\n");
    });
    kept(integrate + "-o " + name, name, [](fs::path const& file) {
      auto text = read_text(file);
      auto const stroke = text.find("stroke");  // another colour, say
      text[stroke == std::string::npos ? text.size() / 2 : stroke] ^= 1;
      write_text(file, text);
    });
  }
}

TEST_F(AddedContent, OfSimulationsIsKept) {
  write_numbers(folder_ / "scan/truth.h5", "/entry/mine", {1}, {1});
  auto const before = read_text(folder_ / "scan/truth.h5");
  EXPECT_EQ(
      run_alone(
          folder_,
          "simulate --shape 32x32 --rotations 2 --translations 2 --bins 10 -o scan --overwrite")
          .status,
      2);
  EXPECT_TRUE(read_text(folder_ / "scan/truth.h5") == before);
}

TEST_F(AddedContent, NoBrokenFileThatSpeaksOfTheProgramIsTaken) {
  auto broken =
      std::string("\x89HDF\r\n\x1a\n") + std::string(100, '\xff') + "/data/xrdct/scan NXentry";
  write_text(folder_ / "r.h5.part", broken);
  EXPECT_EQ(run_alone(folder_, "reduce scan/job.json -o r.h5").status, 2);
  EXPECT_EQ(read_text(folder_ / "r.h5.part"), broken);
}

}  // namespace
}  // namespace xrdct::test
