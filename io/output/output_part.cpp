// Decides whether a run begins its output or goes on with one.
#include "io/output/output_part.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <system_error>
#include <utility>

#include "core/words/errors.hpp"
#include "io/files/file_bytes.hpp"
#include "io/guard/output_guard.hpp"
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

void make_part(fs::path const& part, SkeletonBytes const& skeleton) {
  fs::path const fresh = part.string() + ".new";
  try {
    skeleton.copy_to(fresh);
  } catch (...) {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    throw;
  }
  rename_durably(fresh, part);
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

void require_output(fs::path const& file, bool overwrite) {
  require_folder(file);
  OutputGuard guard;
  guard.add({file, OutputRole::reduction, overwrite});
  guard.require();
}

OutputPart open_part(fs::path const& file, OutputDescription const& description,
                     OutputLayout const& layout, OutputRun const& run) {
  fs::path const part = part_of(file), journal = journal_folder(file);
  SkeletonBytes const skeleton(description, layout);
  OutputRegions const regions(description.blocks(), layout, skeleton.addresses());
  OutputPart out{.addresses = skeleton.addresses(),
                 .structure = structure_checksum(skeleton.descriptor(), skeleton.name(), regions),
                 .seed = journal_seed(run.identity),
                 .journal = {}};
  if (auto earlier = earlier_attempts(file, run, regions.blocks())) {
    require_structure(part, skeleton.size(), out.structure, regions);
    out.journal = std::move(*earlier);
    return out;
  }
  fs::remove(part);
  require_space(file, estimated_file_bytes(description));
  begin_journal(journal, run.identity);
  try {
    make_part(part, skeleton);
  } catch (...) {
    remove_journal(journal);
    throw;
  }
  return out;
}

}  // namespace xrdct::io
