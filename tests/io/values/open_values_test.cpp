#include "io/values/open_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>

#include "core/words/errors.hpp"
#include "parts_only.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;
using testing::SizeIs;

// Values `first`, `first` + 1 …
void write_list(Hdf5File const& file, std::string const& path, std::size_t size, double first) {
  std::vector<double> values(size);
  std::iota(values.begin(), values.end(), first);
  auto const list = create_dataset(file, path, size == 0 ? Dims{} : Dims{size}, dataset_creation(),
                                   H5T_IEEE_F64LE);
  if (size == 0) values.push_back(first);  // a scalar
  H5Dwrite(list.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

core::ValueName dataset_name(std::string dataset, std::optional<std::int64_t> first = {}) {
  return {.file = {}, .dataset = std::move(dataset), .column = {}, .header = {}, .first = first};
}

/// Entries 1.1, 2.1, 10.1 of a file of BLISS, of 3, 2 and 4 frames.
class ValuesOfEntries : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    file_ = folder_ / "bliss.h5";
    auto const open = create_file(file_);
    double next = 0;
    for (auto const& [number, frames] : entries_) {
      auto const entry = "/" + number + ".1";
      write_list(open, entry + "/measurement/rot", frames, 100 + next);
      write_list(open, entry + "/measurement/longer", frames + 1, next);
      write_list(open, entry + "/measurement/shorter", frames - 1, next);
      write_list(open, entry + "/instrument/dty/value", 0, next);
      write_list(open, entry + "/instrument/positioners/dty", 0, -next);
      write_list(open, entry + "/instrument/positioners/rot", frames, 200 + next);
      next += static_cast<double>(frames);
    }
    write_list(open, "/all", 9, 0.5);
    write_list(open, "/per_entry", 3, 7);
    write_list(open, "/per_line", 5, 70);
    write_list(open, "/eight", 8, 0);
    write_list(open, "/ten", 10, 0);
    create_dataset(open, "/none", {0}, dataset_creation(), H5T_IEEE_F64LE);
  }

  PartsOnly source() const {
    std::vector<FramePart> parts;
    for (auto const& [number, frames] : entries_)
      parts.push_back({file_,
                       "/" + number + ".1/measurement/eiger",
                       {number},
                       0,
                       static_cast<std::int64_t>(frames)});
    return PartsOnly(parts);
  }
  std::vector<double> values(core::ValueName const& name, ScanLines const& lines = {}) const {
    auto const open = open_values(name, source(), lines);
    EXPECT_EQ(open->size(), 9);
    EXPECT_THAT(open->remarks(), SizeIs(0));
    return all_values(*open);
  }
  std::string error(core::ValueName const& name, ScanLines const& lines = {}) const {
    return error_of<core::InputError>([&] { open_values(name, source(), lines); });
  }

  std::vector<std::pair<std::string, std::size_t>> const entries_{{"1", 3}, {"2", 2}, {"10", 4}};
  std::filesystem::path folder_, file_;
};

TEST_F(ValuesOfEntries, are_lists_of_each_one_after_another) {
  EXPECT_THAT(values(dataset_name("/*.1/measurement/rot")),
              ElementsAre(100, 101, 102, 103, 104, 105, 106, 107, 108));
  EXPECT_THAT(values(dataset_name("/*.1/instrument/positioners/rot")),
              ElementsAre(200, 201, 202, 203, 204, 205, 206, 207, 208));
}

TEST_F(ValuesOfEntries, or_one_number_for_each) {
  EXPECT_THAT(values(dataset_name("/*.1/instrument/dty")), ElementsAre(0, 0, 0, 3, 3, 5, 5, 5, 5));
  EXPECT_THAT(values(dataset_name("/*.1/instrument/positioners/dty")),
              ElementsAre(0, 0, 0, -3, -3, -5, -5, -5, -5));
  EXPECT_THAT(values(dataset_name("/per_entry")), ElementsAre(7, 7, 7, 8, 8, 9, 9, 9, 9));
}

TEST_F(ValuesOfEntries, or_one_list_of_all_frames) {
  EXPECT_THAT(values(dataset_name("/all")),
              ElementsAre(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5));
  auto const elsewhere = folder_ / "counters.h5";
  write_list(create_file(elsewhere), "/ic1", 9, 40);
  auto name = dataset_name("/ic1");
  name.file = elsewhere.string();
  EXPECT_THAT(values(name), ElementsAre(40, 41, 42, 43, 44, 45, 46, 47, 48));
  EXPECT_THAT(open_values(name, source())->opened_files(), ElementsAre(elsewhere));
}

TEST_F(ValuesOfEntries, or_one_number_for_all_or_for_each_line) {
  EXPECT_THAT(values(dataset_name("/1.1/instrument/dty")), testing::Each(0.0));
  ScanLines const lines{.first_frame = 0, .frames_per_line = 2, .lines = 5};
  EXPECT_THAT(values(dataset_name("/per_line"), lines),
              ElementsAre(70, 70, 71, 71, 72, 72, 73, 73, 74));
  ScanLines const later{.first_frame = 1, .frames_per_line = 2, .lines = 5};
  auto const shifted = open_values(dataset_name("/per_line"), source(), later);
  EXPECT_THAT(all_values(*shifted), ElementsAre(IsNan(), 70, 70, 71, 71, 72, 72, 73, 73));
}

TEST_F(ValuesOfEntries, first_says_where_the_lists_begin) {
  EXPECT_THAT(values(dataset_name("/ten", 1)), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(values(dataset_name("/ten", 0)), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(values(dataset_name("/*.1/measurement/longer", 1)),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(ValuesOfEntries, frames_behind_the_end_of_a_list_have_none_and_are_told) {
  auto const open = open_values(dataset_name("/*.1/measurement/shorter", 0), source());
  EXPECT_THAT(all_values(*open), ElementsAre(0, 1, IsNan(), 3, IsNan(), 5, 6, 7, IsNan()));
  EXPECT_THAT(open->remarks(),
              ElementsAre("/1.1/measurement/shorter in " + file_.string() +
                          " and 2 more lists ends before the frames do: 3 of 9 frames have no "
                          "value"));
}

TEST_F(ValuesOfEntries, lengths_that_do_not_fit_are_an_error_with_both) {
  EXPECT_EQ(error(dataset_name("/eight")),
            "cannot use /eight in " + file_.string() +
                ": expected one value for each of the 9 frames of /1.1/measurement/eiger in " +
                file_.string() +
                " and 2 more, found 8; name the counter of this scan, or give \"first\": 0: the "
                "last 1 frames have no value then");
  EXPECT_THAT(error(dataset_name("/ten"), {0, 2, 5}),
              AllOf(HasSubstr("of the 9 frames"), HasSubstr(", or one for each of the 5 lines"),
                    HasSubstr("found 10; \"first\": 0 takes the first ones")));
  EXPECT_THAT(error(dataset_name("/*.1/measurement/longer")),
              HasSubstr("cannot use /1.1/measurement/longer in " + file_.string() +
                        ": expected one value for each of the 3 frames of "
                        "/1.1/measurement/eiger in " +
                        file_.string() + ", found 4;"));
  EXPECT_THAT(error(dataset_name("/none")), HasSubstr("found 0; name the counter of this scan"));
  EXPECT_THAT(
      error(dataset_name("/eight", 8)),
      HasSubstr("expected more than 8 values (`first`), found 8; values are counted from 0"));
}

TEST_F(ValuesOfEntries, names_that_are_not_there_are_an_error) {
  EXPECT_THAT(error(dataset_name("/*.1/measurement/rott")), HasSubstr("did you mean \"rot\"?"));
  EXPECT_THAT(error(dataset_name("/*.1/*/rot")), HasSubstr("expected at most 1 `*`"));
  EXPECT_THAT(error(dataset_name("/1.1/instrument")), HasSubstr("found a group"));
}

TEST_F(ValuesOfEntries, of_an_aborted_entry_begin_with_its_frames) {
  auto parts = source().parts();
  parts[1].aborted = true;
  auto const file = folder_ / "aborted.h5";
  {
    auto const open = create_file(file);
    for (auto& part : parts) {
      auto const entry = "/" + part.stars[0] + ".1/";
      part.file = file;
      auto const frames = static_cast<std::size_t>(part.frames);
      write_list(open, entry + "more", part.aborted ? frames + 2 : frames, 0);
      write_list(open, entry + "one", part.aborted ? 1 : frames, 7);
      write_list(open, entry + "scalar", 0, 7);
    }
  }
  PartsOnly const aborted(parts);
  auto const more = open_values(dataset_name("/*.1/more"), aborted);
  EXPECT_THAT(all_values(*more), ElementsAre(0, 1, 2, 0, 1, 0, 1, 2, 3));
  EXPECT_THAT(more->remarks(), ElementsAre("/2.1/more in " + file.string() +
                                           " has 4 values for 2 frames, as its scan was aborted: "
                                           "both are taken from the first on"));
  EXPECT_THAT(all_values(*open_values(dataset_name("/*.1/one"), aborted)),
              ElementsAre(7, 8, 9, 7, IsNan(), 7, 8, 9, 10));
  EXPECT_THAT(all_values(*open_values(dataset_name("/*.1/scalar"), aborted)), testing::Each(7.0));
}

// As lists of several files are, longer than what is kept of them.
TEST_F(ValuesOfEntries, long_lists_are_read_as_needed) {
  auto const file = folder_ / "long.h5";
  constexpr std::int64_t length = 3 << 20;
  {
    auto const open = create_file(file);
    write_list(open, "/1.1/rot", length, 0);
    write_list(open, "/2.1/rot", length, length);
  }
  PartsOnly const both(
      {{file, "/1.1/eiger", {"1"}, 0, length}, {file, "/2.1/eiger", {"2"}, 0, length}});
  auto const open = open_values(dataset_name("/*.1/rot"), both);
  for (auto const frame : std::vector<std::int64_t>{0, 17, 2 * length - 1, length, length - 1, 1})
    EXPECT_EQ(open->at(frame), static_cast<double>(frame));
  EXPECT_LT(open->memory_bytes(), length * sizeof(double) + (2u << 20));
}

TEST(ValuesOfFiles, are_one_list_in_the_first_or_one_in_each) {
  auto const folder = fresh_folder();
  std::vector<FramePart> parts;
  for (int f = 0; f < 3; ++f) {
    parts.push_back({folder / (std::to_string(f) + ".h5"), "/entry/data", {}, 0, 2 + f});
    auto const open = create_file(parts.back().file);
    write_list(open, "/ic1", static_cast<std::size_t>(2 + f), 10.0 * f);
    write_list(open, "/dty", 0, f);
    if (f == 0) write_list(open, "/whole", 9, 0);
    if (f == 0) write_list(open, "/longer", 12, 0);
  }
  PartsOnly const source(parts);
  auto const values = [&](core::ValueName const& name) {
    return all_values(*open_values(name, source));
  };
  EXPECT_THAT(values(dataset_name("/ic1")), ElementsAre(0, 1, 10, 11, 12, 20, 21, 22, 23));
  EXPECT_THAT(values(dataset_name("/dty")), ElementsAre(0, 0, 1, 1, 1, 2, 2, 2, 2));
  EXPECT_THAT(values(dataset_name("/whole")), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(values(dataset_name("/longer", 3)), ElementsAre(3, 4, 5, 6, 7, 8, 9, 10, 11));
  auto const each = open_values(dataset_name("/ic1"), source);
  EXPECT_THAT(each->opened_files(), ElementsAre(parts[0].file, parts[1].file, parts[2].file));
  EXPECT_THAT(error_of<core::InputError>([&] { values(dataset_name("/longer")); }),
              HasSubstr("for each of the 2 frames of /entry/data"));
}

TEST(ValuesOfImages, need_a_file_or_a_header) {
  auto const folder = fresh_folder();
  PartsOnly const source({{folder / "a.cbf", "", {}, 0, 1}, {folder / "b.cbf", "", {}, 0, 1}});
  auto const error = [&](core::ValueName const& name) {
    return error_of<core::InputError>([&] { open_values(name, source); });
  };
  EXPECT_THAT(error(dataset_name("/ic1")),
              HasSubstr("expected the file that it is in, as the frames are images, found none"));
  core::ValueName column = dataset_name("");
  column.column = "ic1";
  EXPECT_THAT(error(column),
              HasSubstr("expected the file of the table, found none; give \"file\""));
  std::ofstream(folder / "table.csv") << "ic1\n3\n4\n";
  column.file = (folder / "table.csv").string();
  auto const values = open_values(column, source);
  EXPECT_THAT(all_values(*values), ElementsAre(3, 4));
  EXPECT_EQ(values->name(), "column ic1 of " + column.file);
  std::ofstream(folder / "table.csv") << "ic1\n3\n4\n5\n";
  EXPECT_EQ(error(column), "cannot use column ic1 of " + column.file +
                               ": expected one value for each of the 2 frames of " +
                               (folder / "a.cbf").string() +
                               " and 1 more, found 3; \"first\": 0 takes the first ones, "
                               "\"first\": 1 leaves out one before them; or name the counter of "
                               "this scan");
  column.first = 1;
  EXPECT_THAT(all_values(*open_values(column, source)), ElementsAre(4, 5));
}

TEST(ValuesOfSpec, are_columns_and_motors_of_a_scan) {
  auto const file = fresh_folder() / "spec.dat";
  std::ofstream(file)
      << "#F spec.dat\n#O0 dty  rot\n\n#S 1 ascan\n#P0 2.5 1\n#L rot  ic1\n1 10\n2 20\n"
      << "\n#S 2 ascan\n#P0 3.5 1\n#L rot  ic1\n1 11\n2 21\n";
  PartsOnly const source({{"a.cbf", "", {}, 0, 1}, {"b.cbf", "", {}, 0, 1}});
  core::ValueName name{
      .file = file.string() + ":/2.1", .dataset = {}, .column = "ic1", .header = {}};
  EXPECT_THAT(all_values(*open_values(name, source)), ElementsAre(11, 21));
  EXPECT_EQ(value_file(name), file);
  name.column = "dty";
  name.first = 0;
  EXPECT_THAT(all_values(*open_values(name, source)), ElementsAre(3.5, 3.5));
  name.file = file.string();
  EXPECT_THAT(error_of<core::InputError>([&] { open_values(name, source); }),
              HasSubstr("expected one scan, found 1.1 (ascan), 2.1 (ascan); name a scan, as in " +
                        file.string() + ":/1.1"));
}

}  // namespace
}  // namespace xrdct::io
