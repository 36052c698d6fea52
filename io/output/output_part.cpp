// Decides whether a run begins its output or goes on with one.
#include "io/output/output_part.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"
#include "io/files/file_bytes.hpp"
#include "io/output/skeleton_bytes.hpp"
#include "io/stored/file_proof.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

void require_folder(fs::path const& file) {
  if (std::error_code ignored;
      !file.has_parent_path() || fs::is_directory(file.parent_path(), ignored))
    return;
  throw core::IoError({.what = "create " + file.string(),
                       .expected = "the folder " + file.parent_path().string(),
                       .found = "none",
                       .attempt = "create it first"});
}

void require_same_run(fs::path const& file, RunIdentity const& before, RunIdentity const& now) {
  auto const differs = difference(before, now);
  if (differs.empty()) return;
  throw core::InputError(
      {.what = "go on with " + part_of(file).string(),
       .expected = "the run that began it",
       .found = differs,
       .attempt =
           "run it as then, choose another output, or discard what is there with --restart"});
}

void require_structure(fs::path const& part, std::uint64_t size, std::uint64_t structure,
                       OutputRegions const& regions) {
  FileDescriptor descriptor(part, O_RDONLY);
  bool const whole = size_of_file(descriptor, part) == size &&
                     structure_checksum(descriptor, part, regions) == structure;
  descriptor.close(part);
  if (whole) return;
  throw core::IoError({.what = "go on with " + part.string(),
                       .expected = "the structure that this run gives it",
                       .found = "a damaged one",
                       .attempt = "check the file system; --restart discards it and begins again"});
}

// A run that is ended here leaves bytes that nobody knows: in the journal they are known by their
// name.
void make_part(fs::path const& part, fs::path const& journal, SkeletonBytes const& skeleton) {
  fs::path const fresh = journal_structure_file(journal);
  skeleton.copy_to(fresh);
  rename_durably(fresh, part);
}

bool is_side_file(fs::path const& file, std::string const& part) {
  std::string const name = file.filename().string();
  auto const is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  for (std::string const kind : {".data.", ".metadata."}) {
    std::size_t const start = part.size() + kind.size();
    if (name.size() > start && name.starts_with(part + kind) &&
        std::all_of(name.begin() + static_cast<std::ptrdiff_t>(start), name.end(), is_digit))
      return true;
  }
  return false;
}

// What OMPIO made beside the output for a run that was ended before it took that away (see
// mpi_io_sink.cpp).
void remove_side_files(fs::path const& part) {
  std::error_code none;
  std::vector<fs::path> found;
  auto const folder = part.has_parent_path() ? part.parent_path() : fs::path(".");
  for (auto const& entry : fs::directory_iterator(folder, none))
    if (is_side_file(entry.path(), part.filename().string())) found.push_back(entry.path());
  for (auto const& file : found) fs::remove(file, none);
}

}  // namespace

fs::path part_of(fs::path const& output) { return output.string() + ".part"; }

std::optional<JournalReading> earlier_attempts(fs::path const& file, OutputRun const& run,
                                               std::size_t blocks) {
  if (run.restart || !fs::exists(part_of(file))) return {};
  fs::path const journal = journal_folder(file);
  auto const owner = journal_owner(journal);
  if (!owner) return {};
  require_same_run(file, *owner, run.identity);
  return read_journal(journal, journal_seed(run.identity), blocks);
}

void require_output(fs::path const& file, OutputRole role, bool overwrite) {
  require_folder(file);
  OutputGuard guard;
  guard.add({file, role, overwrite});
  guard.require();
}

void remove_remains(fs::path const& file, OutputRole role) {
  auto const journal = journal_folder(file);
  std::error_code none;
  if (!fs::exists(journal, none) && !fs::exists(file.string() + ".lock", none)) return;
  RunLock const lock(file);
  if (fs::exists(journal_owner_file(journal), none)) begin_part(file, role);
  remove_side_files(part_of(file));
  remove_journal(journal);
}

OutputPart open_part(fs::path const& file, BlockedOutput const& output, OutputRun const& run) {
  fs::path const part = part_of(file), journal = journal_folder(file);
  remove_side_files(part);
  auto earlier = earlier_attempts(file, run, output.layout.blocks);
  if (!earlier) {
    fs::remove(part);
    require_space(file, stored_bytes(output.layout));
  }
  SkeletonBytes const skeleton(output.skeleton_bytes, output.write_skeleton);
  OutputRegions const regions(output.layout, skeleton.addresses());
  OutputPart out{.addresses = skeleton.addresses(),
                 .structure = structure_checksum(skeleton.descriptor(), skeleton.name(), regions),
                 .seed = journal_seed(run.identity),
                 .journal = {}};
  if (earlier) {
    require_structure(part, skeleton.size(), out.structure, regions);
    out.journal = std::move(*earlier);
    return out;
  }
  begin_journal(journal, run.identity);
  try {
    make_part(part, journal, skeleton);
  } catch (...) {
    remove_journal(journal);
    throw;
  }
  return out;
}

}  // namespace xrdct::io
