#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/app/command.hpp"

namespace xrdct::test {

/// A command that writes <folder>/out.h5, and what it reads.
struct LongCommand {
  std::string name;       //!< of the command, and of its tests
  std::string words;      //!< it and its job
  std::string input;      //!< a file that it reads
  std::string other_job;  //!< an option that makes its job another one
  std::string piece;      //!< what its journal counts
  int failing_write = 0;  //!< of the output, when some pieces are done
  void (*make)(std::filesystem::path const& folder) = nullptr;  //!< its inputs
};

/// 16 blocks of a scan of 64 × 6 places, each in the journal when it is done.
LongCommand const& reduce_command();
/// Slices of patterns and cakes of 3 heights, 12 rotations × 11 translations: 3 × (2 + 9) units by
/// FBP, each in the journal when it is done.
LongCommand const& reconstruct_command();

/// Runs of one of these commands in a folder of its own.
class LongRuns : public testing::Test {
 protected:
  explicit LongRuns(LongCommand const& command) : command_(command) {}
  void SetUp() override;

  std::filesystem::path output() const { return folder_ / "out.h5"; }
  std::filesystem::path part() const { return folder_ / "out.h5.part"; }
  std::filesystem::path journal() const { return folder_ / "out.h5.journal"; }

  Outcome run(std::string const& options = "", int ranks = 1,
              std::string const& environment = "") const;
  /// Ends a run by a write of the output that fails. Not under the address sanitizer, which has to
  /// be the first library that is preloaded.
  void interrupt(int ranks = 1) const;
  /// The bytes of <folder>/undisturbed.h5, made by a run that nothing happens to.
  std::string undisturbed() const;
  /// Makes the input younger than every output.
  void touch_input() const;

  LongCommand const& command_;
  std::filesystem::path folder_;
};

}  // namespace xrdct::test
