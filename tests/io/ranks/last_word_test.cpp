#include "io/ranks/last_word.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace xrdct::io {
namespace {

constexpr std::uint64_t key = 0x1234'5678'9abc'def0;

/// Another process that asks for the last word, and lives until it is ended. Later ones have to end
/// first: they hold its pipe open.
class Process {
 public:
  explicit Process(std::uint64_t run) {
    if (pipe(says_.data()) != 0 || pipe(ends_.data()) != 0) return;
    id_ = fork();
    if (id_ != 0) return;
    close(ends_[1]);
    prepare_last_word(run, 0);
    char byte = have_last_word() ? 'y' : 'n';
    bool const told = write(says_[1], &byte, 1) == 1;
    bool const ended = read(ends_[0], &byte, 1) == 0;
    _exit(told && ended ? 0 : 1);
  }
  bool has_word() {
    char byte = '?';
    EXPECT_EQ(read(says_[0], &byte, 1), 1);
    return byte == 'y';
  }
  void end() {
    close(ends_[1]);
    waitpid(id_, nullptr, 0);
  }

 private:
  std::array<int, 2> says_{}, ends_{};
  pid_t id_ = -1;
};

TEST(LastWord, IsThatOfTheFirstAsLongAsItLives) {
  Process first(key + static_cast<std::uint64_t>(getpid()));
  EXPECT_TRUE(first.has_word());
  first.end();
  Process second(key + static_cast<std::uint64_t>(getpid()));
  EXPECT_TRUE(second.has_word());
  Process third(key + static_cast<std::uint64_t>(getpid()));
  EXPECT_FALSE(third.has_word());
  Process of_another_run(key - 1 - static_cast<std::uint64_t>(getpid()));
  EXPECT_TRUE(of_another_run.has_word());
  for (auto* process : {&of_another_run, &third, &second}) process->end();
}

TEST(LastWord, IsThatOfEachProcessThatIsAlone) {
  Process first(0), second(0);
  EXPECT_TRUE(first.has_word());
  EXPECT_TRUE(second.has_word());
  second.end();
  first.end();
}

}  // namespace
}  // namespace xrdct::io
