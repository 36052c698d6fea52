// Closed standard streams, and pipes that nobody reads any more.
#include "app/session/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace xrdct::app {

void prepare_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one. What is reported on standard error may be lost; what is
    // asked for on standard output may not.
    if (open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY) != stream) break;
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void end_quietly_without_reader() { std::signal(SIGPIPE, SIG_DFL); }

}  // namespace xrdct::app
