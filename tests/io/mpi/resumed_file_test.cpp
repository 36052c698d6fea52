#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"
#include "io/ranks/agreement.hpp"
#include "io/stored/output_regions.hpp"
#include "io/stored/verified_output.hpp"
#include "output_files.hpp"
#include "small_output.hpp"

namespace {

namespace fs = std::filesystem;
using namespace xrdct;
using namespace xrdct::test;
using core::Writer;
using testing::AllOf;
using testing::HasSubstr;

core::ScanShape const shape{2, 37, 5};

/// Writes so many blocks of each rank; collective.
void write_some(io::SinogramFile& file, io::OutputDescription const& description,
                core::Peers const& peers, std::size_t rounds) {
  auto const [first, last] =
      core::blocks_of_rank(description.blocks().blocks(), peers.rank(), peers.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    if (first + round >= last) {
      file.write(nullptr);
      continue;
    }
    auto const block = small_output::block_of(description, first + round);
    file.write(&block);
  }
}

/// Writes the blocks that a file lacks; collective.
void write_rest(io::SinogramFile& file, io::OutputDescription const& description,
                io::Communicator& communicator) {
  auto const made = file.finished().blocks();
  std::vector<std::size_t> left;
  for (std::size_t block = 0; block < description.blocks().blocks(); ++block)
    if (!std::binary_search(made.begin(), made.end(), block)) left.push_back(block);
  auto const [first, last] =
      core::blocks_of_rank(left.size(), communicator.rank(), communicator.size());
  for (std::size_t i = 0; i < core::rounds(left.size(), communicator.size()); ++i) {
    if (first + i >= last) {
      file.write(nullptr);
      continue;
    }
    auto const block = small_output::block_of(description, left[first + i]);
    file.write(&block);
  }
}

class ResumedFile : public testing::TestWithParam<Writer> {
 protected:
  void make_whole(fs::path const& file) {
    io::SinogramFile output(communicator_, file, description_, run_of(Writer::direct));
    small_output::fill(output, description_, communicator_);
    output.close(small_output::preview_of(description_));
    communicator_.barrier();
  }

  std::string name(std::string const& test) const {
    return test + "_" + std::string(core::name_of(GetParam()));
  }

  io::Communicator communicator_;
  io::OutputDescription description_ =
      small_output::with_positions(small_output::description_of(shape, 70));
};

TEST_P(ResumedFile, goes_on_and_ends_with_the_same_bytes) {
  auto const whole = fresh(communicator_, name("resume_whole")),
             file = fresh(communicator_, name("resume_cut"));
  make_whole(whole);
  {
    io::SinogramFile output(communicator_, file, description_, run_of(GetParam()));
    EXPECT_TRUE(output.finished().blocks().empty());
    write_some(output, description_, communicator_, 2);
    output.suspend();
  }
  EXPECT_FALSE(fs::exists(file));
  io::SinogramFile output(communicator_, file, description_, run_of(GetParam()));
  std::size_t const ranks = static_cast<std::size_t>(communicator_.size());
  EXPECT_GE(output.finished().blocks().size(),
            std::min(2 * ranks, description_.blocks().blocks()) - ranks);
  write_rest(output, description_, communicator_);
  output.close(small_output::preview_of(description_));
  communicator_.barrier();
  EXPECT_TRUE(content(file) == content(whole));
  EXPECT_FALSE(fs::exists(io::journal_folder(file)));
}

TEST_P(ResumedFile, reads_back_what_was_written_and_nothing_that_was_damaged) {
  auto const file = fresh(communicator_, name("resume_read"));
  {
    io::SinogramFile output(communicator_, file, description_, run_of(GetParam()));
    write_some(output, description_, communicator_, 1);
    output.suspend();
  }
  io::SinogramFile output(communicator_, file, description_, run_of(GetParam()));
  auto& finished = output.finished();
  for (std::size_t const block : finished.blocks()) {
    auto const stored = finished.read(block);
    ASSERT_TRUE(stored);
    auto const made = small_output::block_of(description_, block);
    EXPECT_EQ(stored->status, made.status);
    EXPECT_EQ(stored->index, made.index);
    for (std::size_t r = 0; r < made.reductions.size(); ++r) {
      EXPECT_TRUE(
          std::equal(made.reductions[r].intensity.begin(), made.reductions[r].intensity.end(),
                     stored->reductions[r].intensity.begin(),
                     [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }));
      EXPECT_EQ(stored->reductions[r].tally, made.reductions[r].tally);
    }
  }
  communicator_.barrier();
  ASSERT_FALSE(finished.blocks().empty());
  auto const part = io::part_of(file);
  auto const block = finished.blocks().front();
  auto const bytes = content(part);
  communicator_.barrier();
  if (communicator_.rank() == 0) {
    std::string const wanted(
        reinterpret_cast<char const*>(small_output::block_of(description_, block).index.data()),
        sizeof(std::int64_t) * 4);
    auto const at = bytes.find(wanted);
    ASSERT_NE(at, std::string::npos);
    flip(part, at + 3);
  }
  communicator_.barrier();
  EXPECT_FALSE(finished.read(block));
  output.suspend();
}

INSTANTIATE_TEST_SUITE_P(Writers, ResumedFile,
                         testing::Values(Writer::collective, Writer::independent, Writer::direct),
                         [](auto const& each) { return std::string(core::name_of(each.param)); });

TEST(ResumedFileOfAnotherRun, is_refused_and_stays) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "resume_other");
  auto const description = small_output::description_of(shape, 70);
  {
    io::SinogramFile output(communicator, file, description, run_of(Writer::direct, "one job"));
    write_some(output, description, communicator, 1);
    output.suspend();
  }
  auto const before = content(io::part_of(file));
  communicator.barrier();
  try {
    io::SinogramFile(communicator, file, description, run_of(Writer::direct, "other job"));
    ADD_FAILURE();
  } catch (io::AgreedError const& error) {
    EXPECT_EQ(error.status(), core::ExitStatus::wrong_input);
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("the job: one job then, other job now"), HasSubstr("--restart")));
  }
  EXPECT_TRUE(content(io::part_of(file)) == before);
  communicator.barrier();
  auto run = run_of(Writer::direct, "other job");
  run.restart = true;
  io::SinogramFile output(communicator, file, description, run);
  EXPECT_TRUE(output.finished().blocks().empty());
  EXPECT_EQ(output.attempts(), 0);
}

TEST(ResumedFileOfDamagedStructure, is_refused) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "resume_structure");
  auto const description = small_output::description_of(shape, 70);
  io::SinogramFile(communicator, file, description, run_of(Writer::direct)).suspend();
  if (communicator.rank() == 0) {
    auto const at = content(io::part_of(file)).find(description.canonical_job);
    ASSERT_NE(at, std::string::npos);
    flip(io::part_of(file), at);
  }
  communicator.barrier();
  try {
    io::SinogramFile(communicator, file, description, run_of(Writer::direct));
    ADD_FAILURE();
  } catch (io::AgreedError const& error) {
    EXPECT_EQ(error.status(), core::ExitStatus::io_failed);
    EXPECT_THAT(error.what(), HasSubstr("damaged"));
  }
}

TEST(VerifiedOutput, names_the_block_and_the_dataset_of_a_flipped_bit) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "verified");
  auto const description = small_output::with_positions(small_output::description_of(shape, 70));
  io::SinogramFile output(communicator, file, description, run_of(Writer::collective));
  small_output::fill(output, description, communicator);
  output.close(small_output::preview_of(description));
  communicator.barrier();
  if (communicator.rank() == 0) {
    EXPECT_TRUE(io::verify_output(file, 5).damage.empty());
    auto const regions = io::regions_of_file(file);
    for (std::size_t column = 0; column < regions.columns(); ++column) {
      std::size_t const block = column % regions.blocks();
      auto const region = regions.region(block, column);
      for (auto const at : {region.address, region.address + region.bytes - 1}) {
        flip(file, at);
        auto const found = io::verify_output(file, 5);
        ASSERT_EQ(found.damage.size(), 1u);
        EXPECT_EQ(found.damage.front(),
                  regions.describe(block) + " of " + regions.path(block, column));
        flip(file, at);
      }
    }
    flip(file, regions.previews().front().address);
    EXPECT_THAT(io::verify_output(file, 5).damage.front(), HasSubstr("/entry/preview"));
    flip(file, regions.previews().front().address);
    flip(file, regions.row(1).address + 8);
    EXPECT_EQ(io::verify_output(file, 5).damage.front(),
              regions.describe(1) + " of " + regions.path(1, 1));
    flip(file, regions.row(1).address + 8);
    EXPECT_TRUE(io::verify_output(file, 5).damage.empty());
  }
  communicator.barrier();
}

}  // namespace
