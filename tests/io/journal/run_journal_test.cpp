#include "io/journal/run_journal.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

RunIdentity run_of(std::string const& job) {
  RunIdentity run;
  run.add("the job", job);
  return run;
}

std::vector<CommittedBlock> const first_blocks{{3, 30}, {1, 10}}, more_blocks{{7, 70}};

fs::path begun(std::string const& name, RunIdentity const& run) {
  auto const folder = journal_folder(name);
  begin_journal(folder, run);
  return folder;
}

TEST(RunJournal, tells_what_all_ranks_and_attempts_have_committed) {
  auto const run = run_of("a");
  auto const folder = begun("journal_whole.h5", run);
  auto const seed = journal_seed(run);
  EXPECT_EQ(read_journal(folder, seed, 10).attempts, 0);
  RunJournal one(folder, seed, 0, 0), two(folder, seed, 0, 1), later(folder, seed, 1, 0);
  one.append(first_blocks);
  two.append(more_blocks);
  later.append({{3, 31}});
  auto const reading = read_journal(folder, seed, 10);
  EXPECT_EQ(reading.attempts, 2);
  EXPECT_EQ(reading.blocks, (std::vector<CommittedBlock>{{1, 10}, {3, 31}, {7, 70}}));
}

TEST(RunJournal, counts_a_torn_record_for_nothing_at_every_length) {
  auto const run = run_of("a");
  auto const folder = begun("journal_torn.h5", run);
  auto const seed = journal_seed(run);
  {
    RunJournal journal(folder, seed, 0, 0);
    journal.append(first_blocks);
    journal.append(more_blocks);
  }
  auto const file = journal_file(folder, 0, 0);
  auto const size = fs::file_size(file);
  ASSERT_EQ(size, 96u);
  for (auto length = size; length-- > 0;) {
    fs::resize_file(file, length);
    EXPECT_EQ(read_journal(folder, seed, 10).blocks.size(), length / 32) << length;
  }
}

TEST(RunJournal, believes_no_record_with_a_flipped_bit_or_of_another_run) {
  auto const run = run_of("a");
  auto const folder = begun("journal_flipped.h5", run);
  auto const seed = journal_seed(run);
  RunJournal(folder, seed, 0, 0).append(more_blocks);
  EXPECT_TRUE(read_journal(folder, journal_seed(run_of("b")), 10).blocks.empty());
  EXPECT_TRUE(read_journal(folder, seed, 7).blocks.empty()) << "there is no block 7";
  auto const file = journal_file(folder, 0, 0);
  for (int bit = 0; bit < 256; ++bit) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(bit / 8);
    int const byte = stream.get();
    stream.seekp(bit / 8);
    stream.put(static_cast<char>(byte ^ 1 << bit % 8));
    stream.close();
    EXPECT_TRUE(read_journal(folder, seed, 10).blocks.empty()) << bit;
    std::fstream back(file, std::ios::in | std::ios::out | std::ios::binary);
    back.seekp(bit / 8);
    back.put(static_cast<char>(byte));
  }
  EXPECT_EQ(read_journal(folder, seed, 10).blocks, more_blocks);
}

TEST(RunJournal, belongs_to_one_run) {
  auto const folder = begun("journal_owner.h5", run_of("a"));
  ASSERT_TRUE(journal_owner(folder));
  EXPECT_EQ(difference(*journal_owner(folder), run_of("a")), "");
  EXPECT_NE(difference(*journal_owner(folder), run_of("b")), "");
  EXPECT_FALSE(journal_owner("no_journal"));
  RunJournal(folder, 1, 0, 0).append(more_blocks);
  begin_journal(folder, run_of("b"));
  EXPECT_EQ(read_journal(folder, 1, 10).attempts, 0) << "what was there is gone";
}

TEST(RunJournal, never_writes_into_the_file_of_another_attempt) {
  auto const run = run_of("a");
  auto const folder = begun("journal_twice.h5", run);
  RunJournal const first(folder, 1, 0, 0);
  EXPECT_THROW(RunJournal(folder, 1, 0, 0), core::IoError);
}

TEST(JournalFolder, removes_its_own_files_alone) {
  auto const folder = begun("journal_foreign.h5", run_of("a"));
  EXPECT_TRUE(may_hold_journal(folder));
  EXPECT_TRUE(may_hold_journal("nothing_there"));
  std::ofstream(folder / "precious") << "data";
  EXPECT_FALSE(may_hold_journal(folder));
  remove_journal(folder);
  EXPECT_TRUE(fs::exists(folder / "precious"));
  EXPECT_FALSE(fs::exists(journal_owner_file(folder)));
  fs::remove(folder / "precious");
  remove_journal(folder);
  EXPECT_FALSE(fs::exists(folder));
  std::ofstream("journal_file.h5.journal") << "a file";
  EXPECT_FALSE(may_hold_journal("journal_file.h5.journal"));
}

}  // namespace
}  // namespace xrdct::io
