// Which files a command may write, and whether it can.
#include "io/guard/output_guard.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "core/words/errors.hpp"
#include "core/words/problems.hpp"
#include "io/files/durable_file.hpp"
#include "io/guard/file_origin.hpp"
#include "io/guard/journal_folder.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

/// A name that is written beside an output.
struct Companion {
  char const* ending;
  std::vector<FileOrigin> replaces;
};

std::vector<Companion> companions_of(OutputRole role) {
  std::vector<FileOrigin> const unfinished{FileOrigin::reduction, FileOrigin::slices,
                                           FileOrigin::patterns, FileOrigin::unfinished};
  switch (role) {
    case OutputRole::reduction:
    case OutputRole::slices:
      return {{".part", unfinished}, {".lock", {}}, {".log.json", {FileOrigin::log}}};
    case OutputRole::patterns:
      return {{".part", unfinished}};
    case OutputRole::scan:
      return {{".part", {FileOrigin::simulation}}};
    case OutputRole::made_text:
    case OutputRole::text:
    case OutputRole::picture:
    case OutputRole::exported:
      break;
  }
  return {};
}

/// Whether runs leave a journal and a lock, to go on later.
bool goes_on(OutputRole role) {
  return role == OutputRole::reduction || role == OutputRole::slices;
}

bool is_asked_for(OutputRole role) {
  return goes_on(role) || role == OutputRole::scan || role == OutputRole::made_text;
}

std::string content_of(fs::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_replaceable(OutputFile const& output, FileOrigin origin) {
  switch (output.role) {
    case OutputRole::reduction:
      return origin == FileOrigin::reduction || origin == FileOrigin::patterns;
    case OutputRole::slices:
      return origin == FileOrigin::slices;
    case OutputRole::patterns:
      return origin == FileOrigin::patterns;
    case OutputRole::scan:
      return origin == FileOrigin::simulation;
    case OutputRole::made_text:
      return fs::is_regular_file(output.file) &&
             std::find(output.texts.begin(), output.texts.end(), content_of(output.file)) !=
                 output.texts.end();
    case OutputRole::text:
      return origin == FileOrigin::text;
    case OutputRole::picture:
      return origin == FileOrigin::picture;
    case OutputRole::exported:
      break;
  }
  return false;
}

char const* replaced_text(OutputRole role) {
  switch (role) {
    case OutputRole::reduction:
      return "a result of xrdct reduce or integrate";
    case OutputRole::slices:
      return "slices of xrdct reconstruct";
    case OutputRole::patterns:
      return "patterns of xrdct integrate";
    case OutputRole::scan:
      return "a file of xrdct simulate";
    case OutputRole::made_text:
      return "the text that xrdct simulate wrote";
    case OutputRole::text:
      return "a text of xrdct";
    case OutputRole::picture:
      return "a picture of xrdct";
    case OutputRole::exported:
      break;
  }
  return "";
}

fs::path folder_of(fs::path const& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}
fs::path beside(fs::path const& file, char const* ending) { return file.string() + ending; }

bool is_there(fs::path const& file) {
  struct stat status;
  return lstat(file.c_str(), &status) == 0;
}

/// A file by its name: what the folder is on the disk, and the last part. Names of files that are
/// not there yet can be compared by it.
using Place = std::tuple<std::uint64_t, std::uint64_t, std::string>;
Place place_of(fs::path const& file) {
  struct stat status;
  if (stat(folder_of(file).c_str(), &status) != 0) return {0, 0, file.string()};
  return {status.st_dev, status.st_ino, file.filename().string()};
}

/// Collects what is wrong with the names that are written.
class Refusals {
 public:
  explicit Refusals(InputFiles const& inputs) : inputs_(inputs) {}

  void look_at(OutputFile const& output) {
    auto const folder = folder_of(output.file);
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
      return add(output.file, fmt::format("the folder {} to exist", folder.string()),
                 is_there(folder) ? found_text(folder) : "none", "make it, or change the name");
    }
    if (!is_new_name(output, output.file)) return;
    look_at_existing(output);
    for (auto const& companion : companions_of(output.role)) look_at(output, companion);
    if (goes_on(output.role)) look_at_journal(output);
  }

  void look_at_existing(OutputFile const& output) {
    if (!is_there(output.file)) return;
    auto const origin = origin_of(output.file);
    bool const own = is_replaceable(output, origin);
    if (own && (output.overwrite || !is_asked_for(output.role))) return;
    if (own)
      return add(output.file, "no such file", "one",
                 "move it, change the name, or give --overwrite (output.overwrite in a job)");
    std::error_code ignored;
    if (!fs::is_regular_file(output.file, ignored))
      return add(output.file, "a name for a file", found_text(output.file),
                 "choose another " + output.give_another);
    std::string const mine = replaced_text(output.role);
    if (mine.empty())
      return add(output.file, "no such file, as exports replace none", "one",
                 "move it, or change the name");
    std::string const found = output.role == OutputRole::made_text
                                  ? "another one, edited or not written by it"
                                  : found_text(output.file);
    add(output.file, "nothing there, or " + mine, found,
        "move it, or change the name" +
            (is_asked_for(output.role)
                 ? " (--overwrite and output.overwrite replace only " + mine + ")"
                 : ""));
  }

  void throw_if_any() const { problems_.throw_if_any(); }

 private:
  void add(fs::path const& file, std::string const& expected, std::string const& found,
           std::string const& advice) {
    problems_.add({.what = "write " + file.string(),
                   .expected = expected,
                   .found = found,
                   .attempt = advice});
  }

  // Neither an input nor written already, by its name or by what it is.
  bool is_new_name(OutputFile const& output, fs::path const& file) {
    std::string const advice = "choose another " + output.give_another;
    if (auto const input = inputs_.find(file)) {
      add(file, "a name of its own", fmt::format("that of {}, which this command reads", *input),
          advice);
      return false;
    }
    if (auto const other = outputs_.find(file); other || !places_.insert(place_of(file)).second) {
      add(file, "a file of its own for each output", "two outputs in one", advice);
      return false;
    }
    outputs_.add(file, "");
    return true;
  }

  void look_at(OutputFile const& output, Companion const& companion) {
    auto const file = beside(output.file, companion.ending);
    if (!is_new_name(output, file) || !is_there(file)) return;
    struct stat status;
    bool const plain = lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    // A lock is empty, and stays behind where a run is killed.
    bool const own = companion.replaces.empty()
                         ? status.st_size == 0
                         : std::find(companion.replaces.begin(), companion.replaces.end(),
                                     origin_of(file)) != companion.replaces.end();
    if (plain && own) return;
    add(file, "this name beside the output to be free, or what xrdct left there",
        plain ? found_text(file) : special_text(file),
        "move it, or choose another " + output.give_another);
  }

  void look_at_journal(OutputFile const& output) {
    auto const folder = journal_folder(output.file);
    if (!is_new_name(output, folder) || may_hold_journal(folder)) return;
    add(folder, "this name beside the output to be free, or the journal of an earlier run",
        fs::is_directory(folder) ? "a folder with other files" : special_text(folder),
        "move it, or choose another " + output.give_another);
  }

  static std::string special_text(fs::path const& file) {
    std::error_code ignored;
    return fs::is_symlink(fs::symlink_status(file, ignored)) ? "a link" : found_text(file);
  }

  InputFiles const& inputs_;
  InputFiles outputs_;
  std::set<Place> places_;
  core::Problems problems_;
};

[[noreturn]] void fail(fs::path const& file, std::string const& expected, std::string const& found,
                       std::string const& advice) {
  throw core::IoError(
      {.what = "write " + file.string(), .expected = expected, .found = found, .attempt = advice});
}

// What a folder can refuse although files can be made in it: to take away the old file.
void check_replacing(fs::path const& file, std::string const& advice) {
  struct stat status, folder;
  if (lstat(file.c_str(), &status) != 0 || stat(folder_of(file).c_str(), &folder) != 0) return;
  bool const kept = (folder.st_mode & S_ISVTX) != 0 && geteuid() != 0 &&
                    status.st_uid != geteuid() && folder.st_uid != geteuid();
  if (kept)
    fail(file, "a file that you may replace",
         "one of another user in a folder where only owners may (sticky)", advice);
  struct statx more;
  if (statx(AT_FDCWD, file.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &more) == 0 &&
      (more.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0)
    fail(file, "a file that may be replaced", "one that is immutable or append-only (lsattr)",
         advice);
}

void check_writing(fs::path const& file, std::string const& advice) {
  if (!is_there(file) || faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0) return;
  fail(file, "a file that you may write to", std::string("\"") + std::strerror(errno) + "\"",
       advice);
}

// A run that holds it, on this machine or another one that shares the file system.
void check_lock(fs::path const& file, std::string const& advice) {
  auto const lock = beside(file, ".lock");
  check_writing(lock, advice);
  int const descriptor = open(lock.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return;
  bool const held = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(descriptor);
  if (held)
    fail(file, "no other run on it", lock.string() + " locked by another process",
         "wait for that run, or " + advice);
}

/// A file that is made in a folder to see whether it can be, and loses its name at once.
class TrialFile {
 public:
  /// \param name the longest name that the run will make there; the trial has one of this length
  TrialFile(fs::path const& folder, std::string name) {
    constexpr std::size_t random = 6;
    name.resize(std::max(name.size(), random + 2) - random, '~');
    std::string path = (folder / (name + "XXXXXX")).string();
    descriptor_ = mkostemp(path.data(), O_CLOEXEC);
    error_ = errno;
    if (descriptor_ >= 0) unlink(path.c_str());  // so that a run that is killed now leaves nothing
  }
  ~TrialFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  TrialFile(TrialFile const&) = delete;
  TrialFile& operator=(TrialFile const&) = delete;

  /// Why it could not be made; 0: it was.
  int error() const { return descriptor_ < 0 ? error_ : 0; }
  /// Takes space, where the file system can. \returns false: there is not enough
  bool take(std::uint64_t bytes) const {
    int result = -1;
    do {
      result = fallocate(descriptor_, 0, 0, static_cast<off_t>(bytes));
    } while (result != 0 && errno == EINTR);
    return result == 0 || (errno != ENOSPC && errno != EDQUOT);
  }

 private:
  int descriptor_ = -1, error_ = 0;
};

/// The outputs in one folder.
struct Folder {
  fs::path example;     //!< one of them, for messages
  std::string longest;  //!< name that will be made
  std::string advice;
  std::uint64_t bytes = 0, largest = 0;
  std::uint64_t freed = 0;  //!< by what is removed before the space is taken
};

void try_file(fs::path const& example, TrialFile const& trial, std::string const& advice) {
  if (trial.error() == 0) return;
  if (trial.error() == ENAMETOOLONG)
    fail(example,
         "a name with room for the endings that xrdct adds during the run, such as .log.json",
         "one that is too long", advice);
  fail(example, "a folder that can be written to",
       std::string("\"") + std::strerror(trial.error()) + "\" for " + folder_of(example).string(),
       advice);
}

void try_space(Folder const& folder, TrialFile const& trial, OutputGuard::Space space) {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      limit.rlim_cur < std::max<std::uint64_t>(folder.largest, 1))
    fail(folder.example, "leave to write " + size_text(folder.largest) + " into one file",
         "a limit of " + size_text(limit.rlim_cur) + " (ulimit -f)", "raise the limit");
  constexpr std::uint64_t least = 4096;
  std::uint64_t const needed = std::max(folder.bytes, least),
                      free = free_bytes(folder.example) + folder.freed;
  bool const enough = free >= needed && trial.take(space == OutputGuard::Space::taken
                                                       ? needed - std::min(needed - 1, folder.freed)
                                                       : least);
  if (!enough)
    fail(folder.example, size_text(needed) + " of free space", space_text(needed, free),
         "free space there, or " + folder.advice);
}

std::uint64_t bytes_on_disk(fs::path const& file) {
  struct stat status;
  return lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1
             ? static_cast<std::uint64_t>(status.st_blocks) * 512
             : 0;
}

}  // namespace

void OutputGuard::refuse() const {
  Refusals refusals(inputs_);
  for (auto const& output : outputs_) refusals.look_at(output);
  refusals.throw_if_any();
}

void OutputGuard::require(Space space) const {
  refuse();
  std::map<std::string, Folder> folders;
  for (auto const& output : outputs_) {
    std::string const advice = "choose another " + output.give_another;
    auto& folder =
        folders
            .try_emplace(folder_of(output.file).string(), Folder{output.file, {}, advice, 0, 0, 0})
            .first->second;
    bool const in_place = companions_of(output.role).empty();
    if (in_place) check_writing(output.file, advice);
    check_replacing(output.file, advice);
    std::string name = output.file.filename().string();
    if (goes_on(output.role)) check_lock(output.file, advice);
    for (auto const& companion : companions_of(output.role)) {
      auto const file = beside(output.file, companion.ending);
      check_replacing(file, advice);
      if (companion.ending == std::string(".log.json")) check_writing(file, advice);
      if (companion.ending == std::string(".part")) folder.freed += bytes_on_disk(file);
      if (file.filename().string().size() > name.size()) name = file.filename().string();
    }
    if (name.size() > folder.longest.size()) folder.longest = name;
    folder.bytes += output.bytes;
    folder.largest = std::max(folder.largest, output.bytes);
  }
  for (auto const& [path, folder] : folders) {
    TrialFile const trial(path, folder.longest);
    try_file(folder.example, trial, folder.advice);
    try_space(folder, trial, space);
  }
}

void refuse_replacing(fs::path const& file, OutputRole role, bool overwrite) {
  InputFiles const none;
  Refusals refusals(none);
  refusals.look_at_existing({file, role, overwrite});
  refusals.throw_if_any();
}

void begin_part(fs::path const& file, OutputRole role) {
  auto const part = beside(file, ".part");
  if (!is_there(part)) return;
  auto const replaced = companions_of(role).front().replaces;
  struct stat status;
  bool const own = lstat(part.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
                   std::find(replaced.begin(), replaced.end(), origin_of(part)) != replaced.end();
  if (!own)
    fail(part, "this name beside the output to be free still", found_text(part),
         "move it and run again");
  fs::remove(part);
}

void finish_part(fs::path const& file, OutputRole role, bool overwrite) {
  auto const part = beside(file, ".part");
  try {
    refuse_replacing(file, role, overwrite);
  } catch (core::InputError const& error) {
    throw core::IoError(std::string(error.what()) +
                        " (it came there during the run, whose result is whole in " +
                        part.string() + ": rename that)");
  }
  rename_durably(part, file);
}

bool may_hold_log(fs::path const& file) {
  auto const origin = origin_of(file);
  struct stat status;
  return lstat(file.c_str(), &status) != 0 ||
         (S_ISREG(status.st_mode) && origin == FileOrigin::log);
}

void try_folder(fs::path const& folder) {
  TrialFile const trial(folder, "xrdct");
  try_file(folder / "", trial, "choose another folder");
}

}  // namespace xrdct::io
