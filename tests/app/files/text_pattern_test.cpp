#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "io/stored/sinogram_reader.hpp"
#include "tests/app/command.hpp"

/// Text patterns are what programs for Rietveld refinement take them for.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr double wavelength_A = 12.398419843320026 / 60.0;  // of the simulated beam

std::vector<std::string> lines_of(std::filesystem::path const& file) {
  std::vector<std::string> lines;
  std::istringstream text(read_text(file));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::vector<double> numbers_of(std::string const& line) {
  std::vector<double> values;
  std::istringstream words(line);
  for (double value = 0; words >> value;) values.push_back(value);
  EXPECT_TRUE(words.eof()) << "no number in: " << line;
  return values;
}

/// What a program reads: rows of numbers, and where it takes x for q, the wavelength that it uses.
struct Reading {
  std::vector<std::vector<double>> rows;
  double wavelength_of_q = 0.0;
};

/// As GSAS-II in 2024: comments first, by ', # or !; the first one with the letter q makes x a q,
/// and its second word the wavelength (1 if it is no number); then lines of two or three words; an
/// intensity above 0 needs an error above 0.
Reading read_as_gsas(std::filesystem::path const& file) {
  Reading reading;
  bool begin = true;
  for (auto const& line : lines_of(file)) {
    if (begin && std::string("'#!").find(line.at(0)) != std::string::npos) {
      if (line.find('q') == std::string::npos || reading.wavelength_of_q != 0.0) continue;
      std::istringstream words(line);
      std::string word;
      words >> word;
      if (!(words >> reading.wavelength_of_q)) reading.wavelength_of_q = 1.0;
      continue;
    }
    begin = false;
    auto const row = numbers_of(line);
    EXPECT_TRUE(row.size() == 2 || row.size() == 3) << line;
    if (row.size() == 3 && row[1] > 0.0) {
      EXPECT_GT(row[2], 0.0) << line;
    }
    reading.rows.push_back(row);
  }
  return reading;
}

/// As FullProf (`mark` '!' or '#'), TOPAS (') and numpy (#): lines with that mark are left out, x
/// increases, no value is NaN.
std::vector<std::vector<double>> read_plain(std::filesystem::path const& file, char mark) {
  std::vector<std::vector<double>> rows;
  for (auto const& line : lines_of(file)) {
    if (line.at(0) == mark) continue;
    rows.push_back(numbers_of(line));
    for (double const value : rows.back()) EXPECT_TRUE(std::isfinite(value));
    if (rows.size() > 1) {
      EXPECT_GT(rows.back()[0], rows[rows.size() - 2][0]);
    }
  }
  return rows;
}

double two_theta_deg(double q_nm) {
  return 360.0 / std::numbers::pi * std::asin(0.1 * q_nm * wavelength_A / (4.0 * std::numbers::pi));
}

/// A scan with a reduction in each of some units.
class TextPattern : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    replace_in(
        simulated_scan(folder_), "\"reductions\": [",
        R"("reductions": [{"name": "q", "bins": 100}, {"name": "d", "unit": "d_A", "bins": 60, "radial_range": [0.9, 6]}, {"name": "log", "unit": "log10(q.m)_None", "bins": 60, "radial_range": [9.8, 10.9]},
                  {"name": "angle", "unit": "2th_deg", "bins": 60, "radial_range": [0, 40], "empty": 0},
                  {"name": "cake", "pattern": "cake", "bins": 60, "azimuthal_bins": 8}, {"name": "around", "pattern": "azimuthal", "azimuthal_bins": 8},)");
    auto const run = xrdct(folder_, "reduce scan/job.json --output out.h5");
    ASSERT_EQ(run.status, 0) << run.errors;
  }
  Outcome view(std::string const& arguments) {
    return xrdct(folder_, "view out.h5 --pattern 3,2 " + arguments);
  }
  std::filesystem::path folder_;
};

TEST_F(TextPattern, IsIntensityOverTwoTheta) {
  ASSERT_EQ(view("-o one.xye").status, 0);
  ASSERT_EQ(view("-o one.xy").status, 0);
  io::SinogramReader const reader(folder_ / "out.h5");
  auto const q = reader.radial("q").positions;
  auto const intensity = reader.pattern("q", "I", 0, 3, 2),
             errors = reader.pattern("q", "I_errors", 0, 3, 2);
  for (std::string const name : {"one.xye", "one.xy"}) {
    auto const reading = read_as_gsas(folder_ / name);
    EXPECT_EQ(reading.wavelength_of_q, 0.0) << name << " is over 2theta";
    EXPECT_EQ(read_plain(folder_ / name, '#'), reading.rows);
    std::size_t row = 0;
    for (std::size_t bin = 0; bin < q.size(); ++bin) {
      if (std::isnan(intensity[bin]) || (name == "one.xye" && errors[bin] == 0.0F)) continue;
      ASSERT_LT(row, reading.rows.size());
      EXPECT_NEAR(reading.rows[row][0], two_theta_deg(q[bin]), 1e-6 * two_theta_deg(q[bin]));
      EXPECT_NEAR(reading.rows[row][1], intensity[bin], 1e-6 * std::abs(intensity[bin]))
          << "intensity stays that of the bin";
      if (name == "one.xye") {
        EXPECT_NEAR(reading.rows[row][2], errors[bin], 1e-6 * errors[bin]);
      }
      ++row;
    }
    EXPECT_EQ(row, reading.rows.size());
  }
  auto const lines = lines_of(folder_ / "one.xye");
  EXPECT_THAT(lines[0], StartsWith("# xrdct "));
  EXPECT_THAT(lines[1], StartsWith("# 2theta in deg, wavelength 0.20664"));
}

TEST_F(TextPattern, IncreasesWhateverTheUnitOfTheBins) {
  for (std::string const name : {"q", "d", "log", "angle", "mean"}) {
    ASSERT_EQ(view("-o a.xye --reduction " + name).status, 0);
    auto const rows = read_plain(folder_ / "a.xye", '#');
    EXPECT_EQ(read_as_gsas(folder_ / "a.xye").wavelength_of_q, 0.0) << name;
    EXPECT_GT(rows.size(), 20u) << name;
    EXPECT_LT(rows.back()[0], 40.0);
  }
  ASSERT_EQ(view("-o cake.xy --reduction cake --azimuth 22.5").status, 0);
  EXPECT_GT(read_plain(folder_ / "cake.xy", '#').size(), 10u);
}

TEST_F(TextPattern, LeavesBinsWithoutPixelsOutAndCountsThem) {
  ASSERT_EQ(view("-o a.xy --reduction angle").status, 0);
  io::SinogramReader const reader(folder_ / "out.h5");
  auto const count = reader.pattern("angle", "count", 0, 3, 2);
  auto const empty = static_cast<std::size_t>(std::count(count.begin(), count.end(), 0.0F));
  ASSERT_GT(empty, 0u);
  EXPECT_EQ(read_plain(folder_ / "a.xy", '#').size(), count.size() - empty)
      << "whatever value the job gives them";
  EXPECT_THAT(read_text(folder_ / "a.xy"), HasSubstr(std::to_string(empty) + " without a value"));
}

TEST_F(TextPattern, HasTheUnitThatIsAskedFor) {
  ASSERT_EQ(view("-o q.xye --unit q_A^-1").status, 0);
  auto const reading = read_as_gsas(folder_ / "q.xye");
  EXPECT_NEAR(reading.wavelength_of_q, wavelength_A, 1e-7)
      << "GSAS-II finds the wavelength that it needs";
  ASSERT_EQ(view("-o two.xye").status, 0);
  auto const angles = read_as_gsas(folder_ / "two.xye").rows;
  ASSERT_EQ(angles.size(), reading.rows.size());
  for (std::size_t row = 0; row < angles.size(); ++row)
    EXPECT_NEAR(angles[row][0], two_theta_deg(10.0 * reading.rows[row][0]), 1e-5);
  ASSERT_EQ(view("-o d.xy --unit d_A").status, 0);
  EXPECT_THAT(lines_of(folder_ / "d.xy")[1], StartsWith("# d in A, wavelength 0.20664"));
  EXPECT_THAT(view("-o a.xy --unit qx_nm^-1").errors, HasSubstr("depend on 2theta alone"));
  EXPECT_EQ(view("-o a.xy --unit 2theta").status, 2);
  EXPECT_THAT(view("-o a.xy --unit q_A^-1 --reduction around").errors,
              HasSubstr("found azimuthal patterns"));
}

TEST_F(TextPattern, OverTheAzimuthSaysSo) {
  ASSERT_EQ(view("-o a.xye --reduction around").status, 0);
  EXPECT_THAT(lines_of(folder_ / "a.xye")[1], StartsWith("# chi in deg, the azimuth"));
  EXPECT_EQ(read_plain(folder_ / "a.xye", '#').size(), 8u);
}

TEST_F(TextPattern, KeepsTheUnitOfTheBinsInDatAndCsv) {
  ASSERT_EQ(view("-o a.dat").status, 0);
  io::SinogramReader const reader(folder_ / "out.h5");
  EXPECT_NEAR(read_plain(folder_ / "a.dat", '#').back()[0], reader.radial("q").positions.back(),
              1e-4);
  ASSERT_EQ(view("-o A.CSV --reduction d").status, 0);
  EXPECT_THAT(read_text(folder_ / "A.CSV"), HasSubstr("\nd_A,I,sigma\n"));
}

TEST_F(TextPattern, HasTheMarkThatTopasSkips) {
  ASSERT_EQ(view("-o a.xye --comment \"'\"").status, 0);
  EXPECT_FALSE(read_plain(folder_ / "a.xye", '\'').empty());
  EXPECT_EQ(read_as_gsas(folder_ / "a.xye").wavelength_of_q, 0.0);
  ASSERT_EQ(
      xrdct(folder_, "integrate scan/scan.h5:7 --poni scan/calib.poni -o a.xy --comment !").status,
      0);
  EXPECT_FALSE(read_plain(folder_ / "a.xy", '!').empty());
  EXPECT_EQ(view("-o a.xye --comment %").status, 2);
}

TEST_F(TextPattern, IsTakenForTwoThetaWhateverItsFilesAreCalled) {
  std::filesystem::copy_file(folder_ / "out.h5", folder_ / "sequence.h5");
  ASSERT_EQ(xrdct(folder_, "view sequence.h5 --pattern 3,2 -o a.xye").status, 0);
  EXPECT_EQ(read_as_gsas(folder_ / "a.xye").wavelength_of_q, 0.0);
  std::filesystem::copy_file(folder_ / "scan" / "scan.h5", folder_ / "q\nr.h5");
  ASSERT_EQ(xrdct(folder_, "integrate 'q\nr.h5:7' --poni scan/calib.poni -o b.xye").status, 0);
  EXPECT_EQ(read_as_gsas(folder_ / "b.xye").wavelength_of_q, 0.0);
  EXPECT_FALSE(read_plain(folder_ / "b.xye", '#').empty())
      << "a line break in a name stays in its line";
}

TEST_F(TextPattern, OfOneImageIsThatOfItsPlace) {
  std::string const common =
      "integrate scan/scan.h5:20 --poni scan/calib.poni --polarization 0.99 --bins 100 ";
  ASSERT_EQ(xrdct(folder_, common + "-o a.xye -o a.dat").status, 0);
  ASSERT_EQ(xrdct(folder_, common + "--unit q_nm^-1 -o b.xye").status, 0);
  auto const angles = read_as_gsas(folder_ / "a.xye").rows,
             bins = read_plain(folder_ / "a.dat", '#'), asked = read_plain(folder_ / "b.xye", '#');
  ASSERT_EQ(angles.size(), asked.size());
  ASSERT_LE(angles.size(), bins.size());
  for (std::size_t row = 0; row < angles.size(); ++row) {
    EXPECT_NEAR(angles[row][0], two_theta_deg(asked[row][0]), 1e-5);
    EXPECT_EQ(angles[row][1], asked[row][1]);
  }
}

TEST_F(TextPattern, NeedsAWavelength) {
  auto const poni = folder_ / "scan" / "calib.poni";
  std::string const text = read_text(poni);
  auto const line = text.find("Wavelength:");
  write_text(poni, text.substr(0, line) + text.substr(text.find('\n', line) + 1));
  EXPECT_EQ(xrdct(folder_, "integrate scan/scan.h5:0 --poni scan/calib.poni --unit 2th_deg -o a.xy")
                .status,
            0);
  EXPECT_THAT(lines_of(folder_ / "a.xy")[1], StartsWith("# 2theta in deg, wavelength not given"));
  write_text(
      folder_ / "scan" / "job.json",
      R"({"scan": {"files": ["scan.h5"], "shape": {"slow": 8, "fast": 6}}, "calibration": {"poni": "calib.poni"},
    "reductions": [{"unit": "2th_deg", "bins": 50}], "output": {"file": "no.h5"}})");
  ASSERT_EQ(xrdct(folder_, "reduce scan/job.json").status, 0);
  auto const without = xrdct(folder_, "view scan/no.h5 --pattern 1,1 -o b.xy");
  EXPECT_EQ(without.status, 2);
  EXPECT_THAT(without.errors, AllOf(HasSubstr("expected the wavelength"), HasSubstr("--unit")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "b.xy"));
  EXPECT_EQ(xrdct(folder_, "view scan/no.h5 --pattern 1,1 -o b.xy --unit 2th_deg").status, 0);
  EXPECT_THAT(xrdct(folder_, "view scan/no.h5 --pattern 1,1 -o c.dat --unit q_nm^-1").errors,
              HasSubstr("expected a wavelength"));
}

TEST(TextOfFewCounts, HasNoErrorOfZeroAndTellsWhatIsLeftOut) {
  auto const folder = fresh_folder();
  ASSERT_EQ(xrdct(folder,
                  "simulate --shape 64x80 --rotations 8 --translations 6 --bins 100 --counts 0.01 "
                  "--output scan")
                .status,
            0);
  replace_in(folder / "scan" / "job.json", "\"poisson\"",
             "\"azimuthal\"");  // from the spread of the pixels: 0 where all have no count
  ASSERT_EQ(xrdct(folder, "reduce scan/job.json --output out.h5").status, 0);
  ASSERT_EQ(xrdct(folder, "view out.h5 --pattern 3,2 -o a.xye").status, 0);
  ASSERT_EQ(xrdct(folder, "view out.h5 --pattern 3,2 -o a.xy").status, 0);
  auto const all = read_plain(folder / "a.xy", '#'), weighted = read_as_gsas(folder / "a.xye").rows;
  EXPECT_LT(weighted.size(), all.size());
  for (auto const& row : weighted) EXPECT_GT(row.at(2), 0.0);
  EXPECT_THAT(read_text(folder / "a.xye"),
              HasSubstr(std::to_string(all.size() - weighted.size()) + " with an error of 0"));
}

TEST_F(TextPattern, EndingsSayWhatIsWritten) {
  std::vector<std::pair<std::string, std::string>> const commands{
      {"view out.h5 -o ", ".png, .svg or .pdf"},
      {"view out.h5 --channel q=20 -o ", ".png, .svg or .pdf"},
      {"view out.h5 --pattern 1,1 -o ", ".png, .svg, .pdf, .xy, .xye, .dat or .csv"},
      {"view out.h5 --reduction cake --pattern 1,1 -o ",
       ".png, .svg, .pdf, .xy, .xye, .dat or .csv"},
      {"integrate scan/scan.h5:0 --poni scan/calib.poni -o ",
       ".png, .svg, .pdf, .xy, .xye, .dat, .csv, .h5, .hdf5, .hdf or .nxs"},
      {"reduce scan/job.json --output ", ".h5, .hdf5, .hdf or .nxs"},
      {"check scan/job.json --output ", ".h5, .hdf5, .hdf or .nxs"}};
  for (auto const& [command, endings] : commands) {
    for (std::string const name :
         {"p.eps", "p.tif", "p.npy", "p.fxye", "p.jpg", "p.EPS", "p.png.bak"}) {
      auto const run = xrdct(folder_, command + name);
      EXPECT_EQ(run.status, 2) << command << name;
      EXPECT_THAT(run.errors, AllOf(HasSubstr(name), HasSubstr("ends with " + endings)))
          << command << name;
      EXPECT_FALSE(std::filesystem::exists(folder_ / name)) << command << name;
    }
  }
  EXPECT_THAT(xrdct(folder_, "view out.h5 -o p").errors, HasSubstr("found no ending"));
  EXPECT_THAT(xrdct(folder_, "view out.h5 --pattern 1,1 -o .xye").errors,
              HasSubstr("found no ending"));
  EXPECT_EQ(xrdct(folder_, "view out.h5 -o P.PNG").status, 0);
  EXPECT_THAT(read_text(folder_ / "P.PNG"), StartsWith("\x89PNG"));
  EXPECT_EQ(xrdct(folder_, "view out.h5 --pattern 1,1 -o P.XyE").status, 0);
  EXPECT_THAT(read_text(folder_ / "P.XyE"), StartsWith("# xrdct"));
  EXPECT_EQ(
      xrdct(folder_, "integrate scan/scan.h5:0 --poni scan/calib.poni -o I.XYE -o I.H5 -o I.PNG")
          .status,
      0);
  EXPECT_THAT(read_text(folder_ / "I.XYE"), StartsWith("# xrdct"));
  EXPECT_THAT(read_text(folder_ / "I.H5"), StartsWith("\x89HDF"));
  EXPECT_EQ(xrdct(folder_, "view out.h5 --reduction cake --pattern 1,1 -o a.csv").status, 2);
}

}  // namespace
}  // namespace xrdct::test
