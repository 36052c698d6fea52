#include "io/hdf5/written_hdf5.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "core/words/errors.hpp"
#include "io/nexus/nexus.hpp"

namespace {

using namespace xrdct;

// Runs `work` in a process of its own, where files may not grow beyond `bytes`: HDF5 after a
// failure is not for the tests that follow.
int status_with_little_space(rlim_t bytes, int (*work)()) {
  pid_t const child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    rlimit const limit{bytes, bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
    _exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int write_little_file() {
  try {
    io::WrittenFile file("written.h5", H5P_DEFAULT);
    {
      auto const entry = io::make_group(file.get(), "entry", "NXentry");
      std::vector<double> const values(500, 1.0);
      io::write_attribute(
          io::write_dataset(entry.get(), "values", std::span<double const>(values)).get(), "units",
          std::string("mm"));
    }
    file.close();
  } catch (core::IoError const&) {
    return io::hdf5_was_abandoned() ? 3 : 1;
  }
  return io::hdf5_was_abandoned() ? 1 : 0;
}

TEST(WrittenFile, is_whole_or_throws_for_any_space) {
  ASSERT_EQ(status_with_little_space(1 << 20, write_little_file), 0);
  auto const whole = std::filesystem::file_size("written.h5");
  for (rlim_t bytes = 0; bytes < whole; bytes += 96) {
    std::filesystem::remove("written.h5");
    EXPECT_EQ(status_with_little_space(bytes, write_little_file), 3)
        << bytes << " of " << whole << " bytes";
  }
}

int forget_an_object() {
  // A name of its own: tests of this file may run at the same time.
  io::WrittenFile file("forgotten.h5", H5P_DEFAULT);
  auto const group = io::make_group(file.get(), "entry", "NXentry");
  try {
    file.close();
  } catch (core::IoError const&) {
    return 3;
  }
  return 0;
}

TEST(WrittenFile, is_not_called_finished_while_objects_are_open) {
  EXPECT_EQ(status_with_little_space(1 << 20, forget_an_object), 3);
}

}  // namespace
