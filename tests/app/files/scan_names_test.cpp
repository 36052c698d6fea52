// Names of files of scans.
#include "app/files/scan_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;

TEST(ScanNames, ResultsAreNamedAfterTheScan) {
  EXPECT_EQ(app::stem_of_scan({"scan_0001_master.h5"}), "scan_0001");
  EXPECT_EQ(app::stem_of_scan({"data/scan.h5", "data/other.h5"}), "scan");
  EXPECT_EQ(app::stem_of_scan({"img_%05d.cbf"}), "img");
  EXPECT_EQ(app::stem_of_scan({"raw/img_*.cbf"}), "img");
  EXPECT_EQ(app::stem_of_scan({"raw/*.tif"}), "raw");
  EXPECT_EQ(app::stem_of_scan({"cbf/"}), "cbf");
  EXPECT_EQ(app::stem_of_scan({"a.cbf.gz"}), "a");
  EXPECT_EQ(app::stem_of_scan({"@list.txt"}), "list");
  EXPECT_EQ(app::stem_of_scan({"*.tif"}), "scan");
  EXPECT_EQ(app::stem_of_scan({}), "scan");
}

TEST(ScanNames, FramesAreToldFromJobs) {
  auto const folder = fresh_folder();
  auto const with = [&](std::string const& name, std::string const& text) {
    write_text(folder / name, text);
    return app::names_frames((folder / name).string());
  };
  EXPECT_TRUE(with("scan.h5", "\x89HDF\r\n\x1a\n"));
  EXPECT_TRUE(with("odd_name", "###CBF: VERSION 1.5\n"));
  EXPECT_FALSE(with("job", "{\"scan\": {}}"));
  EXPECT_FALSE(app::names_frames((folder / "not_there").string()));
  EXPECT_TRUE(app::names_frames(folder.string()));
  EXPECT_TRUE(app::names_frames("img_*.cbf"));
  EXPECT_TRUE(app::names_frames("img_%05d.cbf"));
  EXPECT_TRUE(app::names_frames("@list.txt"));
}

TEST(ScanNames, WhatAShellHasExpandedIsAPatternAgain) {
  auto const folder = fresh_folder();
  auto const relative = fs::proximate(folder);
  std::vector<std::string> words;
  for (int i = 1; i <= 30; ++i) {
    auto const name = "img_" + std::string(i < 10 ? "000" : "00") + std::to_string(i) + ".cbf";
    write_text(folder / name, "###CBF");
    words.push_back((relative / name).string());
  }
  auto const pattern = [&](std::string const& name) {
    return std::vector<std::string>{(relative / name).string()};
  };
  EXPECT_EQ(app::shorter_names(words), pattern("img_%04d.cbf"));
  auto gap = words;
  gap.erase(gap.begin() + 10);
  EXPECT_EQ(app::shorter_names(gap), gap);  // the pattern would name a file that is not meant
  fs::remove(folder / "img_0011.cbf");
  EXPECT_EQ(app::shorter_names(gap), pattern("img_*.cbf"));
  std::reverse(gap.begin(), gap.end());
  EXPECT_EQ(app::shorter_names(gap), gap);
  EXPECT_EQ(app::shorter_names({"a.h5", "b.h5"}).size(), 2u);
}

TEST(ScanNames, PathsAreThoseOfTheJob) {
  EXPECT_EQ(app::as_in_job("/data/scan.h5", "jobs"), "/data/scan.h5");
  EXPECT_EQ(app::as_in_job("scan.h5", ""), "scan.h5");
  EXPECT_EQ(app::as_in_job("raw/scan.h5", fs::current_path()), "raw/scan.h5");
  EXPECT_EQ(app::as_in_job("scan.h5", "jobs"), "../scan.h5");
  EXPECT_EQ(app::as_in_job("jobs/scan.h5", "jobs"), "scan.h5");
  EXPECT_EQ(app::as_in_job("raw/", "jobs"), "../raw/");
  EXPECT_EQ(app::as_in_job("@list.txt", "jobs"), "@../list.txt");
  EXPECT_EQ(app::as_in_job("@/data/list.txt", "jobs"), "@/data/list.txt");
}

}  // namespace
}  // namespace xrdct::test
