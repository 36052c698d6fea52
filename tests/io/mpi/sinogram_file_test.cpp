#include "io/output/sinogram_file.hpp"
#include "io/ranks/agreement.hpp"
#include "io/stored/sinogram_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "output_files.hpp"
#include "small_output.hpp"

namespace {

using namespace xrdct;
using namespace xrdct::test;
using core::Writer;
using io::SinogramFile;
using testing::AllOf;
using testing::HasSubstr;

// Edge chunks in bins (1000 = 15·64 + 40), and with A = 1; edge chunks in lines, too (37 = 18·2 +
// 1).
core::ScanShape const wide_shape{2, 19, 61};
core::ScanShape const tall_shape{2, 37, 5};

// Each test has files of its own; all ranks call it, so that none looks before rank 0 is done.
template <class Action>
std::string message_of(core::ExitStatus status, Action action) {
  try {
    action();
  } catch (io::AgreedError const& error) {
    EXPECT_EQ(error.status(), status);
    return error.what();
  }
  return "";
}

// While it lives, this process can open no more files.
class FewFiles {
 public:
  explicit FewFiles(bool here) {
    getrlimit(RLIMIT_NOFILE, &before_);
    int const next = dup(0);  // the lowest number that is free
    close(next);
    rlimit const few{here ? static_cast<rlim_t>(next) : before_.rlim_cur, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewFiles() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewFiles(FewFiles const&) = delete;
  FewFiles& operator=(FewFiles const&) = delete;

 private:
  rlimit before_{};
};

void expect_equal_bytes_of_writers(core::ScanShape shape, std::size_t bins,
                                   std::string const& name) {
  io::Communicator communicator;
  auto const description = small_output::description_of(shape, bins);
  std::string reference;
  for (Writer const writer : {Writer::direct, Writer::independent, Writer::collective}) {
    auto const file = fresh(communicator, name);
    small_output::write(communicator, file, description, writer);
    communicator.barrier();
    if (communicator.rank() != 0) continue;
    SCOPED_TRACE("writer " + std::string(core::name_of(writer)));
    expect_equal_bytes(file, description, reference);
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".lock"));
  }
}

// The files stay: ctest compares them with those of other numbers of ranks.
TEST(SinogramFile, all_writers_give_the_same_bytes) {
  expect_equal_bytes_of_writers(wide_shape, 1000, "wide");
}
TEST(SinogramFile, all_writers_give_the_same_bytes_with_a_short_last_block) {
  expect_equal_bytes_of_writers(tall_shape, 70, "tall");
}
TEST(SinogramFile, all_writers_give_the_same_bytes_for_one_place) {
  expect_equal_bytes_of_writers({1, 1, 1}, 10, "one");
}

TEST(SinogramFile, refuses_an_existing_output_and_leaves_it_alone) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "existing");
  if (communicator.rank() == 0) std::ofstream(file) << "precious";
  communicator.barrier();
  auto const description = small_output::description_of(tall_shape, 70);
  auto const message = message_of(core::ExitStatus::wrong_input, [&] {
    SinogramFile const output(communicator, file, description,
                              small_output::run_of(Writer::collective, false));
  });
  EXPECT_THAT(message, AllOf(HasSubstr("existing.h5"), HasSubstr("output.overwrite")));
  EXPECT_EQ(content(file), "precious");
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
}

TEST(SinogramFile, overwrites_its_own_when_asked_and_replaces_a_stale_part) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "overwritten"), other = fresh(communicator, "left_behind");
  auto const old = small_output::description_of({1, 1, 1}, 10),
             description = small_output::description_of(tall_shape, 70);
  small_output::write(communicator, file, old, Writer::direct);
  small_output::write(communicator, other, old, Writer::direct);
  if (communicator.rank() == 0) std::filesystem::rename(other, file.string() + ".part");
  communicator.barrier();
  std::string const before = content(file);
  communicator.barrier();
  SinogramFile output(communicator, file, description,
                      small_output::run_of(Writer::collective, true));
  EXPECT_TRUE(content(file) == before);
  small_output::fill(output, description, communicator);
  output.close(small_output::preview_of(description));
  EXPECT_GT(std::filesystem::file_size(file), io::estimated_file_bytes(description));
  EXPECT_LE(std::filesystem::file_size(file),
            io::estimated_file_bytes(description) + io::structure_bytes(description));
}

TEST(SinogramFile, replaces_nothing_that_is_not_its_own) {
  io::Communicator communicator;
  auto const description = small_output::description_of(tall_shape, 70);
  for (std::string const ending : {"", ".part", ".lock"}) {
    auto const file = fresh(communicator, "foreign");
    if (communicator.rank() == 0) std::ofstream(file.string() + ending) << "precious";
    communicator.barrier();
    auto const message = message_of(core::ExitStatus::wrong_input, [&] {
      SinogramFile const output(communicator, file, description,
                                small_output::run_of(Writer::direct, true));
    });
    EXPECT_THAT(message, AllOf(HasSubstr("foreign.h5" + ending),
                               HasSubstr("a file that xrdct did not write")));
    EXPECT_EQ(content(file.string() + ending), "precious");
    communicator.barrier();
  }
  fresh(communicator, "foreign");
}

TEST(SinogramFile, looks_again_before_it_takes_its_name) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "meanwhile");
  auto const description = small_output::description_of(tall_shape, 70);
  SinogramFile output(communicator, file, description, small_output::run_of(Writer::direct, true));
  small_output::fill(output, description, communicator);
  if (communicator.rank() == 0) std::ofstream(file) << "precious";
  communicator.barrier();
  auto const message = message_of(core::ExitStatus::io_failed,
                                  [&] { output.close(small_output::preview_of(description)); });
  EXPECT_THAT(message, HasSubstr("whole in meanwhile.h5.part"));
  EXPECT_EQ(content(file), "precious");
  EXPECT_TRUE(std::filesystem::exists(file.string() + ".part"));
}

TEST(SinogramFile, keeps_its_part_without_close) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "unfinished");
  auto const description = small_output::description_of(tall_shape, 70);
  {
    SinogramFile const output(communicator, file, description,
                              small_output::run_of(Writer::direct, false));
  }
  EXPECT_TRUE(std::filesystem::exists(file.string() + ".part"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(SinogramFile, says_which_places_are_not_written_yet) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "begun");
  auto const description = small_output::description_of(tall_shape, 70);
  auto const plan = description.blocks();
  for (auto const writer : {Writer::collective, Writer::independent, Writer::direct}) {
    SinogramFile output(communicator, file, description, small_output::run_of(writer, true));
    std::filesystem::path const part = file.string() + ".part";
    if (communicator.rank() == 0) {
      EXPECT_EQ(io::SinogramReader(part).pending_places(), tall_shape.places());
    }
    communicator.barrier();
    auto const block = small_output::block_of(description, 1);
    output.write(communicator.rank() == 0 ? &block : nullptr);
    communicator.barrier();
    if (communicator.rank() == 0) {
      io::SinogramReader const reader(part);
      auto const [first, places] = plan.places_of(1);
      EXPECT_EQ(reader.pending_places(), tall_shape.places() - places);
      auto const total = reader.total_intensity(0), channel = reader.channel("mean", "count", 0, 3);
      for (std::size_t place = 0; place < tall_shape.slow * tall_shape.fast; ++place) {
        std::size_t const slow = place / tall_shape.fast, fast = place % tall_shape.fast;
        bool const written = place >= first && place < first + places;
        EXPECT_EQ(reader.status(0, slow, fast) == core::FrameStatus::pending, !written) << place;
        EXPECT_EQ(std::isnan(channel[place]), !written) << place;
        EXPECT_TRUE(written || std::isnan(total[place])) << place;
        auto const line = reader.line("cake", "I", 0, slow, 0, 2);
        EXPECT_TRUE(written || std::isnan(line[2 * fast + 1])) << place;
      }
      EXPECT_TRUE(std::isnan(reader.mean_pattern("mean").at(0)));
    }
    communicator.barrier();
    small_output::fill(output, description, communicator);
    output.close(small_output::preview_of(description));
    EXPECT_EQ(io::SinogramReader(file).pending_places(), 0u);
    communicator.barrier();
  }
}

TEST(SinogramFile, is_begun_in_pieces_whatever_its_size) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "many_places");
  auto description = small_output::description_of({1, 1100, 1000}, 1);  // more than a piece
  description.reductions = {description.reductions.front()};
  SinogramFile const output(communicator, file, description,
                            small_output::run_of(Writer::direct, true));
  if (communicator.rank() == 0) {
    EXPECT_EQ(io::SinogramReader(file.string() + ".part").pending_places(), 1100u * 1000u);
  }
  communicator.barrier();
  fresh(communicator, "many_places");
}

TEST(SinogramFile, tells_all_ranks_that_the_disk_is_too_small) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "huge");
  auto const description = small_output::description_of({1000, 10000, 1000}, 1000);
  auto const message = message_of(core::ExitStatus::io_failed, [&] {
    SinogramFile const output(communicator, file, description,
                              small_output::run_of(Writer::collective, false));
  });
  EXPECT_THAT(message,
              AllOf(HasSubstr("huge.h5"), HasSubstr("of free space, found"), HasSubstr("bytes")));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".journal"));
}

TEST(SinogramFile, fails_on_all_ranks_where_one_cannot_open_it) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer looks at the types of exceptions through pipes, for which no "
                  "descriptor is left here";
#endif
  io::Communicator communicator;
  auto const description = small_output::description_of(tall_shape, 70);
  for (auto const writer : {Writer::direct, Writer::independent}) {
    auto const file = fresh(communicator, "unopened");
    FewFiles const few(communicator.rank() == communicator.size() - 1);
    auto const message = message_of(core::ExitStatus::io_failed, [&] {
      SinogramFile const output(communicator, file, description,
                                small_output::run_of(writer, false));
    });
    EXPECT_THAT(message, AllOf(HasSubstr("unopened.h5"), HasSubstr("Too many open files")));
  }
}

TEST(SinogramFile, tells_that_the_folder_is_missing) {
  io::Communicator communicator;
  auto const description = small_output::description_of(tall_shape, 70);
  auto const message = message_of(core::ExitStatus::io_failed, [&] {
    SinogramFile const output(communicator, "no/such/folder/x.h5", description,
                              small_output::run_of(Writer::collective, false));
  });
  EXPECT_THAT(message, HasSubstr("expected the folder no/such/folder, found none"));
}

TEST(SinogramFile, refuses_a_second_run_on_the_same_output) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "shared");
  auto const description = small_output::description_of(tall_shape, 70);
  SinogramFile const first(communicator, file, description,
                           small_output::run_of(Writer::direct, false));
  auto const message = message_of(core::ExitStatus::io_failed, [&] {
    SinogramFile const second(communicator, file, description,
                              small_output::run_of(Writer::direct, false));
  });
  EXPECT_THAT(message, HasSubstr("locked by another process"));
}

TEST(SinogramFile, refuses_names_that_cannot_stand_side_by_side) {
  io::Communicator communicator;
  auto description = small_output::description_of(tall_shape, 70);
  description.fast.name = description.slow.name;
  EXPECT_THROW(SinogramFile(communicator, "names.h5", description,
                            small_output::run_of(Writer::direct, false)),
               io::AgreedError);
  description = small_output::description_of(tall_shape, 70);
  description.reductions[1].name = "frames";
  EXPECT_THROW(SinogramFile(communicator, "names.h5", description,
                            small_output::run_of(Writer::direct, false)),
               io::AgreedError);
}

}  // namespace
