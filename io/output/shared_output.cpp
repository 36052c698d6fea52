// One folder for all ranks: a name alone does not tell, as every node has its /tmp.
#include "io/output/shared_output.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"
#include "io/ranks/agreement.hpp"

namespace xrdct::io {
namespace {

// Network file systems may show a new file of another node a moment later.
constexpr std::chrono::milliseconds longest_delay{2000}, next_look{50};

/// Whether the probe is there with its text; another reason not to read it is thrown.
bool is_there(std::filesystem::path const& probe, std::string const& text,
              std::filesystem::path const& file) {
  FileDescriptor const descriptor(open(probe.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0 && errno != ENOENT && errno != ENOTDIR && errno != ESTALE) {
    throw core::IoError({.what = "look into the folder of " + file.string(),
                         .expected = "to read a file there",
                         .found = fmt::format("\"{}\"", std::strerror(errno)),
                         .attempt = "check its permissions and the limits of this node"});
  }
  std::string found(text.size() + 1, '\0');
  return read(descriptor.get(), found.data(), found.size()) == static_cast<ssize_t>(text.size()) &&
         found.compare(0, text.size(), text) == 0;
}

void expect_probe(std::filesystem::path const& probe, std::string const& text,
                  std::filesystem::path const& file) {
  for (auto waited = longest_delay; !is_there(probe, text, file); waited -= next_look) {
    if (waited.count() <= 0) {
      throw core::IoError({.what = "write " + file.string() + " together",
                           .expected = "the folder that rank 0 writes to",
                           .found = "another one of this name, or none",
                           .attempt = "choose an output on a file system that all nodes share"});
    }
    std::this_thread::sleep_for(next_look);
  }
}

}  // namespace

void require_shared(Communicator& communicator, std::filesystem::path const& file) {
  if (communicator.size() == 1) return;
  auto const now = std::chrono::system_clock::now().time_since_epoch().count();
  std::error_code unknown;
  bool const there =
      !file.has_parent_path() || std::filesystem::is_directory(file.parent_path(), unknown);
  std::string const text =
      communicator.broadcast(there ? fmt::format("{}-{}", getpid(), now) : std::string());
  if (text.empty()) return;  // rank 0 will say so when it makes the file
  auto const probe = file.parent_path() / (".xrdct-" + text + ".shared");
  on_first_rank(communicator, [&] { write_file(probe, text); });
  auto const remove = [&] {
    std::error_code ignored;
    if (communicator.rank() == 0) std::filesystem::remove(probe, ignored);
  };
  try {
    on_all_ranks(communicator, [&] { expect_probe(probe, text, file); });
  } catch (...) {
    remove();
    throw;
  }
  remove();
}

void require_descriptors(int number) {
  std::vector<FileDescriptor> kept;
  for (int i = 0; i < number; ++i) {
    kept.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (kept.back().get() >= 0) continue;
    throw core::IoError({.what = "open the output",
                         .expected = fmt::format("{} free file descriptors", number),
                         .found = std::to_string(i),
                         .attempt = "raise the limit, ulimit -n"});
  }
}

}  // namespace xrdct::io
