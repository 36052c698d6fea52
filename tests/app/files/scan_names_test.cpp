// Names of files of scans.
#include "app/files/scan_names.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

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
