#include "io/guard/output_guard.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/words/errors.hpp"
#include "io/guard/file_origin.hpp"
#include "io/nexus/nexus.hpp"
#include "tests/io/frames/hdf5_frames.hpp"
#include "tests/io/guard/text_files.hpp"

namespace xrdct::io::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A file as `reduce` (or, with a command, `integrate`) makes it, as far as its origin goes.
void write_result(fs::path const& file, std::string const& program, bool command) {
  WrittenFile open(file, H5P_DEFAULT);
  {
    auto const entry = make_group(open.get(), "entry", "NXentry");
    auto const process = make_group(entry.get(), "process", "NXprocess");
    write_dataset(process.get(), "program", program);
    if (command) write_dataset(process.get(), "command", std::string("xrdct integrate"));
  }
  open.close();
}

template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (core::InputError const& error) {
    return error.what();
  } catch (core::IoError const& error) {
    return std::string("io: ") + error.what();
  }
  return "";
}

std::string refusal(InputFiles const& inputs, OutputFile const& output) {
  return refusal([&] {
    OutputGuard guard(inputs);
    guard.add(output);
    guard.require();
  });
}

TEST(FileOrigin, is_told_by_content_alone) {
  auto const in = fresh_folder();
  EXPECT_EQ(origin_of(in / "none"), FileOrigin::nothing);
  EXPECT_EQ(origin_of(in / "none/none"), FileOrigin::nothing);
  EXPECT_EQ(origin_of(in), FileOrigin::other);
  write_result(in / "reduction", "xrdct", false);
  write_result(in / "patterns.txt", "xrdct", true);
  write_result(in / "another.h5", "xrdct2", false);
  EXPECT_EQ(origin_of(in / "reduction"), FileOrigin::reduction);
  EXPECT_EQ(origin_of(in / "patterns.txt"), FileOrigin::patterns);
  EXPECT_EQ(origin_of(in / "another.h5"), FileOrigin::other);
  fs::create_symlink("reduction", in / "link");
  EXPECT_EQ(origin_of(in / "link"), FileOrigin::reduction);
  write(in / "cut.h5", content(in / "reduction").substr(0, 1500));
  EXPECT_EQ(origin_of(in / "cut.h5"), FileOrigin::other)
      << "not all that an unfinished one begins with";
  write(in / "cut.h5", content(in / "reduction").substr(0, 1500) +
                           "NXentry NXprocess program xrdct revision backend");
  EXPECT_EQ(origin_of(in / "cut.h5"), FileOrigin::unfinished);
}

TEST(FileOrigin, knows_its_texts_and_logs_from_others) {
  auto const in = fresh_folder();
  std::pair<char const*, FileOrigin> const texts[] = {
      {"# xrdct 0.1: integrate\n1 2\n", FileOrigin::text},
      {"! xrdct 0.1.0: view\n! 2theta\n! Values: I\n! 2th_deg  I\n  1.0e+00 nan\n",
       FileOrigin::text},
      {"# xrdct 0.1.0: view\n# q\nq_nm^-1,I\n1,2\n", FileOrigin::text},
      {"# xrdct 0.1.0: view\n# q\n# sample 3\n1 2\n", FileOrigin::other},
      {"# xrdct 0.1.0: view\n# q\n1 2\n# sample 3\n", FileOrigin::other},
      {"# xrdct 0.1.0: view\n# q\n1 2 ice\n", FileOrigin::other},
      {"# xrdct is a program\n", FileOrigin::other},
      {"xrdct", FileOrigin::other},
      {"! made by xrdct: 2theta\r\n", FileOrigin::other},
      {"# scan_xrdct.h5  mean\n", FileOrigin::other},
      {"# of xrdct-results\n", FileOrigin::other},
      {"# pyFAI\n# xrdct\n", FileOrigin::other},
      {"", FileOrigin::other},
      {"{\"output\": \"xrdct\"}", FileOrigin::other},
      {"{\"program\":\"xrdct\",\"version\":1}", FileOrigin::log},
      {" {\n  \"program\" : \"xrdct\"}", FileOrigin::log},
      {"{\"program\":\"other\"}", FileOrigin::other},
      {"{\"by\":1,\"program\":\"xrdct\"}", FileOrigin::other},
      {"\x89PNG\r\n\x1a\n", FileOrigin::other}};
  for (auto const& [text, origin] : texts) {
    write(in / "file", text);
    EXPECT_EQ(origin_of(in / "file"), origin) << text;
  }
}

TEST(FileOrigin, never_opens_what_is_no_file) {
  auto const in = fresh_folder();
  ASSERT_EQ(mkfifo((in / "pipe").c_str(), 0666), 0);
  EXPECT_EQ(origin_of(in / "pipe"), FileOrigin::other);  // and does not wait for a writer
  EXPECT_EQ(found_text(in / "pipe"), "a pipe");
  auto const here = fs::current_path();
  fs::current_path(in);  // names of sockets are short
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "socket");
  int const descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_EQ(bind(descriptor, reinterpret_cast<sockaddr const*>(&address), sizeof address), 0);
  close(descriptor);
  EXPECT_EQ(found_text("socket"), "a socket");
  fs::current_path(here);
}

TEST(InputFiles, are_known_by_what_they_are) {
  auto const in = fresh_folder();
  write(in / "a", "1");
  write(in / "b", "1");
  fs::create_hard_link(in / "a", in / "hard");
  fs::create_symlink("hard", in / "soft");
  fs::create_directory_symlink(".", in / "folder");
  InputFiles inputs;
  inputs.add(in / "a", "the mask");
  inputs.add(in / "missing", "the dark");
  inputs.add("", "nothing");
  for (std::string const name : {"a", "hard", "soft", "folder/a", "folder/folder/soft", "./a"})
    EXPECT_EQ(inputs.find(in / name), "the mask (" + (in / "a").string() + ")") << name;
  EXPECT_EQ(inputs.find(in / "b"), std::nullopt);
  EXPECT_EQ(inputs.find(in / "missing"), std::nullopt);
}

TEST(InputFiles, understand_every_way_to_name_an_image) {
  auto const in = fresh_folder();
  std::string const file = (in / "a:b[1].h5").string();
  write_result(file, "xrdct", false);
  for (std::string const& location :
       {file, file + ":/entry/data", file + "::/entry/data", file + ":/entry/data[3]", file + "[3]",
        file + ":3", "silx:" + file + "?path=/entry&slice=1", "fabio://" + file + "?slice=2"}) {
    InputFiles inputs;
    inputs.add_image(location, "the image");
    EXPECT_TRUE(inputs.find(file)) << location;
  }
}

TEST(OutputGuard, an_existing_file_is_kept_unless_it_may_be_replaced) {
  auto const in = fresh_folder();
  write_result(in / "reduction", "xrdct", false);
  write_result(in / "patterns", "xrdct", true);
  write(in / "text", "# xrdct 1.0: view\n");
  write(in / "log", "{\"program\":\"xrdct\"}");
  write(in / "foreign", "precious");
  struct Case {
    char const* file;
    OutputRole kind;
    bool overwrite, allowed;
  };
  Case const cases[] = {{"reduction", OutputRole::reduction, false, false},
                        {"reduction", OutputRole::reduction, true, true},
                        {"patterns", OutputRole::reduction, true, true},
                        {"reduction", OutputRole::patterns, false, false},
                        {"patterns", OutputRole::patterns, false, true},
                        {"text", OutputRole::text, false, true},
                        {"text", OutputRole::picture, false, false},
                        {"text", OutputRole::reduction, true, false},
                        {"log", OutputRole::text, false, false},
                        {"log", OutputRole::reduction, true, false},
                        {"reduction", OutputRole::scan, true, false},
                        {"reduction", OutputRole::slices, true, false},
                        {"reduction", OutputRole::exported, true, false},
                        {"foreign", OutputRole::made_text, true, false}};
  for (auto const& one : cases) {
    auto const told = refusal({}, {in / one.file, one.kind, one.overwrite});
    EXPECT_EQ(told.empty(), one.allowed) << one.file << " " << static_cast<int>(one.kind) << told;
    EXPECT_EQ(refusal([&] { refuse_replacing(in / one.file, one.kind, one.overwrite); }).empty(),
              one.allowed)
        << one.file;
  }
  EXPECT_EQ(refusal({}, {.file = in / "foreign",
                         .role = OutputRole::made_text,
                         .overwrite = true,
                         .texts = {"other", "precious"}}),
            "");
}

TEST(OutputGuard, leaves_nothing_behind) {
  auto const in = fresh_folder();
  for (auto const kind :
       {OutputRole::reduction, OutputRole::slices, OutputRole::patterns, OutputRole::scan,
        OutputRole::text, OutputRole::picture, OutputRole::exported}) {
    OutputGuard guard;
    guard.add({.file = in / "x", .role = kind, .bytes = 1 << 20});
    guard.require(OutputGuard::Space::taken);
    EXPECT_TRUE(fs::is_empty(in));
  }
}

TEST(OutputGuard, tells_all_problems_at_once) {
  auto const in = fresh_folder();
  for (std::string const name : {"a", "b", "c.part"}) write(in / name, "precious");
  OutputGuard guard;
  guard.add({in / "a", OutputRole::text});
  guard.add({in / "b", OutputRole::picture});
  guard.add({in / "c", OutputRole::patterns});
  guard.add({in / "nowhere/d", OutputRole::text});
  try {
    guard.refuse();
    FAIL();
  } catch (core::InputError const& error) {
    EXPECT_EQ(error.problems().size(), 4u);
  }
}

TEST(OutputGuard, compares_the_space_and_the_limits) {
  auto const in = fresh_folder();
  EXPECT_THAT(
      refusal({},
              {.file = in / "x", .role = OutputRole::reduction, .bytes = std::uint64_t{1} << 60}),
      HasSubstr("io: cannot write"));
  EXPECT_THAT(refusal({}, {.file = in / std::string(250, 'x'), .role = OutputRole::reduction}),
              HasSubstr("too long"));
  EXPECT_EQ(refusal({}, {.file = in / std::string(250, 'x'), .role = OutputRole::text}), "");
  EXPECT_TRUE(fs::is_empty(in));
}

TEST(OutputGuard, follows_links_to_their_end) {
  auto const in = fresh_folder();
  fs::create_directory(in / "disk");
  fs::create_symlink("two", in / "one");
  fs::create_symlink(in / "disk/three", in / "two");
  EXPECT_EQ(link_target(in / "one"), in / "disk/three");
  EXPECT_EQ(link_target(in / "plain"), in / "plain");
  fs::create_symlink("loop", in / "loop");
  EXPECT_THAT(refusal([&] { link_target(in / "loop"); }), HasSubstr("loop"));
}

}  // namespace
}  // namespace xrdct::io::test
