// What counts as written by this program alone, and what happens when an output begins and ends.
#include "io/guard/own_content.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "core/words/errors.hpp"
#include "io/guard/file_origin.hpp"
#include "io/guard/output_guard.hpp"
#include "io/nexus/nexus.hpp"
#include "tests/io/frames/hdf5_frames.hpp"
#include "tests/io/guard/text_files.hpp"

namespace xrdct::io::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A result with one reduction "mean", and what `add` puts into /entry.
FileOrigin origin_with(fs::path const& file,
                       std::function<void(hid_t file, hid_t entry)> const& add) {
  WrittenFile open(file, H5P_DEFAULT);
  {
    write_attribute(open.get(), "NX_class", std::string("NXroot"));
    auto const entry = make_group(open.get(), "entry", "NXentry");
    write_attribute(entry.get(), "reductions", std::vector<std::string>{"mean"});
    auto const process = make_group(entry.get(), "process", "NXprocess");
    write_dataset(process.get(), "program", std::string("xrdct"));
    auto const mean = make_group(entry.get(), "mean", "NXdata");
    write_attribute(mean.get(), "axes",
                    std::vector<std::string>{"height", "omega", "dty", "radial_axis"});
    write_dataset(mean.get(), "omega", std::string("stands for an axis"));
    add(open.get(), entry.get());
  }
  open.close();
  return origin_of(file);
}

TEST(OwnContent, is_known_by_all_names_of_objects_and_attributes) {
  auto const file = fresh_folder() / "r.h5";
  EXPECT_EQ(origin_with(file, [](hid_t, hid_t) {}), FileOrigin::reduction);
  EXPECT_EQ(origin_with(file,
                        [](hid_t, hid_t entry) {
                          auto const frames = make_group(entry, "frames", "NXcollection");
                          for (auto const* name : {"omega", "dty", "number"})
                            write_dataset(frames.get(), name, std::string("of each place"));
                        }),
            FileOrigin::reduction)
      << "the names of motors are those of the axes";
  auto const text = std::string("x");
  std::function<void(hid_t, hid_t)> const additions[] = {
      [&](hid_t, hid_t entry) { write_dataset(entry, "fit", text); },
      [&](hid_t, hid_t entry) { write_dataset(entry, "omega", text); },
      [&](hid_t root, hid_t entry) {
        make_group(entry, "frames", "NXcollection");
        write_dataset(root, "entry/frames/phi", text);
      },
      [&](hid_t root, hid_t) { write_dataset(root, "entry/mean/dty2", text); },
      [&](hid_t root, hid_t) { write_dataset(root, "other", text); },
      [&](hid_t, hid_t entry) { write_attribute(entry, "comment", text); },
      [&](hid_t root, hid_t) { write_attribute(root, "comment", text); },
      [&](hid_t, hid_t entry) {
        write_attribute(write_dataset(entry, "title", text).get(), "note", text);
      },
      [&](hid_t, hid_t entry) {
        H5Lcreate_soft("/entry/mean", entry, "result", H5P_DEFAULT, H5P_DEFAULT);
      },
      [&](hid_t, hid_t entry) {
        H5Lcreate_external("x.h5", "/y", entry, "result", H5P_DEFAULT, H5P_DEFAULT);
      }};
  for (auto const& add : additions)
    EXPECT_EQ(origin_with(file, add), FileOrigin::other) << &add - additions;
}

TEST(OwnContent, of_an_unfinished_result_has_all_its_words) {
  EXPECT_FALSE(looks_like_unfinished_result("/data/xrdct/scan_0001.h5 NXentry program"));
  EXPECT_TRUE(
      looks_like_unfinished_result("NXentry NXprocess program xrdct version revision backend"));
}

// A file that came there during the run stays, and the message tells where the result is.
TEST(OutputMoments, keep_what_came_there_meanwhile) {
  auto const in = fresh_folder();
  auto const told = [](std::function<void()> const& action) -> std::string {
    try {
      action();
    } catch (core::IoError const& error) {
      return error.what();
    }
    return "";
  };
  write(in / "a", "precious");
  write(in / "a.part", "the result");
  for (auto const role : {OutputRole::reduction, OutputRole::patterns, OutputRole::scan}) {
    EXPECT_THAT(told([&] { finish_part(in / "a", role, true); }),
                HasSubstr("whole in " + (in / "a.part").string()));
    EXPECT_THAT(told([&] { begin_part(in / "a", role); }), HasSubstr("a.part"));
    EXPECT_EQ(content(in / "a") + content(in / "a.part"), "preciousthe result");
  }
  EXPECT_EQ(told([&] { finish_part(in / "new", OutputRole::patterns, false); }).empty(), false);
  fs::rename(in / "a.part", in / "b.part");
  EXPECT_EQ(told([&] { finish_part(in / "b", OutputRole::patterns, false); }), "");
  EXPECT_EQ(content(in / "b"), "the result");

  WrittenFile open(in / "c.part", H5P_DEFAULT);
  fs::remove(in / "c.part");
  write(in / "c.part", "of another program");
  EXPECT_THAT(told([&] { open.close(); }), HasSubstr("found another one"));
  EXPECT_EQ(content(in / "c.part"), "of another program");
}

}  // namespace
}  // namespace xrdct::io::test
