#include "io/values/text_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "io/values/table_text.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using test::error_of;
using test::fresh_folder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;
using testing::Optional;

class TextTable : public testing::Test {
 protected:
  void SetUp() override { file_ = fresh_folder() / "table.txt"; }
  void write(std::string const& text) const { std::ofstream(file_, std::ios::binary) << text; }
  std::vector<double> column(std::string const& text, std::string const& name) const {
    write(text);
    auto const found = read_column(file_, name);
    EXPECT_FALSE(found.constant);
    return found.values;
  }
  std::string error(std::string const& text, std::string const& name) const {
    write(text);
    return error_of<core::InputError>([&] { read_column(file_, name); });
  }
  std::filesystem::path file_;
};

TEST_F(TextTable, has_commas_semicolons_tabs_or_blanks) {
  for (std::string const separator : {",", ";", "\t", " ", ", ", "   ", " ; "}) {
    auto const line = [&](std::string const& a, std::string const& b, std::string const& c) {
      return a + separator + b + separator + c + "\n";
    };
    auto const text =
        line("rot", "dty", "ic1") + line("0", "-1.5", "1e6") + line("+1", ".5", "2e6");
    EXPECT_THAT(column(text, "dty"), ElementsAre(-1.5, 0.5)) << separator;
    EXPECT_THAT(column(text, "ic1"), ElementsAre(1e6, 2e6)) << separator;
    EXPECT_THAT(column(text, "1"), ElementsAre(0, 1)) << separator;
    EXPECT_THAT(column_names(file_), ElementsAre("rot", "dty", "ic1")) << separator;
  }
}

TEST_F(TextTable, names_may_be_in_the_last_comment_that_has_as_many) {
  for (std::string const sign : {"# ", "#", "% ", "! ", "// ", "##  "}) {
    auto const text =
        sign + "scan of 2 points\n" + sign + "rot dty ic1\n" + sign + "done\n0 1 2\n3 4 5\n";
    EXPECT_THAT(column(text, "dty"), ElementsAre(1, 4)) << sign;
  }
  EXPECT_THAT(column("# rot  ring current\n1 2\n3 4\n", "ring current"), ElementsAre(2, 4));
  EXPECT_THAT(column("#rot,dty\n1 2\n3 4\n", "dty"), ElementsAre(2, 4));
}

TEST_F(TextTable, columns_without_names_have_numbers) {
  EXPECT_THAT(column("1 2 3\n4 5 6\n", "3"), ElementsAre(3, 6));
  EXPECT_THAT(column("7\n8\n9\n", "1"), ElementsAre(7, 8, 9));
  EXPECT_THAT(column_names(file_), ElementsAre("1"));
  EXPECT_THAT(error("1 2 3\n4 5 6\n", "4"),
              HasSubstr("expected a column \"4\", found 3 columns without names; give the number "
                        "of the column, counted from 1"));
  EXPECT_THAT(error("1 2 3\n4 5 6\n", "ic1"), HasSubstr("found 3 columns without names"));
  EXPECT_THAT(error("1 2 3\n4 5 6\n", "0"), HasSubstr("counted from 1"));
}

TEST_F(TextTable, takes_quotes_comments_blank_lines_and_any_ends_of_lines) {
  EXPECT_THAT(column("\"a, b\",\"c \"\"d\"\"\"\n\"1\",2\n3,'4'\n", "a, b"), ElementsAre(1, 3));
  EXPECT_THAT(column_names(file_), ElementsAre("a, b", "c \"d\""));
  EXPECT_THAT(column("\xEF\xBB\xBFrot;ic1\r\n1;2\r\n\r\n# a pause\r\n3;4\r\n", "rot"),
              ElementsAre(1, 3));
  EXPECT_THAT(column("rot\tic1\r1\t2\r3\t4\r", "ic1"), ElementsAre(2, 4));
  EXPECT_THAT(column("rot,ic1,\n1,2,\n3,4,\n", "ic1"), ElementsAre(2, 4));
  EXPECT_THAT(column("rot ic1\n1 2\n3 4", "ic1"), ElementsAre(2, 4)) << "no end of the last line";
}

TEST_F(TextTable, texts_in_other_columns_do_no_harm) {
  EXPECT_THAT(
      column("file,time,ic1\na_1.cbf,2021-11-17 20:14,5\na_2.cbf,2021-11-17 20:15,6\n", "ic1"),
      ElementsAre(5, 6));
  EXPECT_THAT(column("file ic1\na_1.cbf 5\n", "ic1"), ElementsAre(5));
  EXPECT_THAT(column("a,b\n1,nan\n2,-inf\n", "b"),
              ElementsAre(IsNan(), -std::numeric_limits<double>::infinity()));
}

TEST_F(TextTable, what_is_no_number_is_named_with_its_line) {
  EXPECT_EQ(error("rot,ic1\n1,2\n\n3,off\n", "ic1"),
            "cannot read column ic1 of " + file_.string() +
                ": expected a number in line 4, found \"off\"; write nan where a value is not "
                "known");
  EXPECT_THAT(error("rot,ic1,i0\n1,2,3\n3,,4\n", "ic1"), HasSubstr("in line 3, found nothing"));
  EXPECT_THAT(error("rot,ic1\n1,2\n3,\n", "ic1"), HasSubstr("in line 3, found nothing"));
  EXPECT_THAT(error("rot;ic1\n1,5;2,5\n", "ic1"),
              HasSubstr("found \"2,5\"; write decimal points, not commas"));
  EXPECT_THAT(error("rot ic1\n1,5 2,5\n", "ic1"), HasSubstr("write decimal points, not commas"));
}

TEST_F(TextTable, rows_have_as_many_cells_as_the_first) {
  EXPECT_EQ(error("rot,dty,ic1\n1,2,3\n4\n", "rot"),
            "cannot read column rot of " + file_.string() +
                ": expected 3 cells in line 3 as in line 1, found 1; give each row as many, with "
                "one separator throughout");
  EXPECT_THAT(error("1 2\n1 2 3\n", "1"),
              HasSubstr("expected 2 cells in line 2 as in line 1, found 3"));
}

TEST_F(TextTable, a_wrong_name_is_told_with_those_there_are) {
  EXPECT_THAT(error("rot,dty,ic1\n1,2,3\n", "ic2"),
              AllOf(HasSubstr("expected a column \"ic2\", found rot, dty, ic1"),
                    HasSubstr("did you mean \"ic1\"?")));
  EXPECT_THAT(error("rot,dty\n1,2\n", "monitor"),
              HasSubstr("found rot, dty; name one of these, or its number, counted from 1"));
  EXPECT_THAT(error("rot,dty,rot\n1,2,3\n", "rot"),
              HasSubstr("found several of this name; name its number, counted from 1"));
  std::string many = "c0";
  for (int i = 1; i < 100; ++i) many += ",c" + std::to_string(i);
  std::string row = "0";
  for (int i = 1; i < 100; ++i) row += ",0";
  EXPECT_THAT(error(many + "\n" + row + "\n", "monitor"), HasSubstr("c39, … (100 names)"));
}

TEST_F(TextTable, what_is_no_table_is_told) {
  EXPECT_THAT(error("", "a"), HasSubstr("expected lines of numbers, found none"));
  EXPECT_THAT(error("# only a comment\n", "a"), HasSubstr("expected lines of numbers, found none"));
  EXPECT_THAT(error(std::string("\x89HDF\r\n\x1a\n\0\0", 10), "a"),
              HasSubstr("expected lines of text in UTF-8, found HDF5"));
  EXPECT_THAT(error(std::string("r\0o\0t\0", 6), "a"),
              HasSubstr("found bytes that are none; store the table as CSV in UTF-8"));
  EXPECT_THAT(error(std::string((1u << 20) + 1, 'x'), "a"), HasSubstr("lines of text"));
  auto const unreadable = [](std::filesystem::path const& file) {
    return error_of<core::IoError>([&] { read_column(file, "a"); });
  };
  EXPECT_THAT(unreadable(file_.string() + "x"), HasSubstr("expected a file, found none"));
  EXPECT_THAT(unreadable(file_.parent_path()), HasSubstr("found a folder"));
  EXPECT_THAT(unreadable("/dev/null"), HasSubstr("found a pipe, a socket or a device"));
  write("rot,ic1\n1,2\n");
  EXPECT_THAT(error_of<core::InputError>([&] { read_column(file_, "ic1", "3.1"); }),
              HasSubstr("cannot read scan 3.1 of " + file_.string() + ": expected a file of SPEC"));
}

TEST(NumberIn, takes_numbers_alone) {
  for (auto const& [text, number] : std::vector<std::pair<char const*, double>>{
           {"1", 1}, {"+1.5", 1.5}, {"-.5e3", -500}, {"1E-3", 1e-3}, {"1e400", HUGE_VAL}})
    EXPECT_THAT(number_in(text), Optional(number)) << text;
  for (char const* text : {"", " ", "1 ", "1,5", "1.5s", "--1", "+-1", "0x10", "e5", "1_000"})
    EXPECT_EQ(number_in(text), std::nullopt) << text;
}

}  // namespace
}  // namespace xrdct::io
