// Proves a finished output at any later time.
#include "io/stored/verified_output.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <exception>

#include "core/words/errors.hpp"
#include "io/files/file_bytes.hpp"
#include "io/guard/file_origin.hpp"
#include "io/stored/file_proof.hpp"

namespace xrdct::io {

namespace {

// Where the values lie is asked of the file itself.
OutputRegions regions_for_proof(std::filesystem::path const& file) {
  if (!std::filesystem::is_regular_file(file))
    throw core::InputError({.what = "verify " + file.string(),
                            .expected = "an output of xrdct reduce or reconstruct",
                            .found = found_text(file)});
  try {
    return regions_of_file(file);
  } catch (std::exception const& error) {
    throw core::IoError({.what = "trust " + file.string(),
                         .expected = "the structure that xrdct gives its outputs, with checksums",
                         .found = fmt::format("another or a damaged one ({})", error.what()),
                         .attempt = "take it from a copy, or make it again"});
  }
}

}  // namespace

Verification verify_output(std::filesystem::path const& file, std::size_t most) {
  auto const regions = regions_for_proof(file);
  FileDescriptor descriptor(file, O_RDONLY);
  Verification found{.blocks = regions.blocks(),
                     .datasets = regions.columns(),
                     .bytes = size_of_file(descriptor, file),
                     .damage = damaged_others(descriptor, file, regions)};
  auto const blocks = damaged_blocks(descriptor, file, regions, 0, regions.blocks());
  if (!blocks.empty()) found.damage.push_back(damage_text(blocks, regions, most));
  descriptor.close(file);
  return found;
}

}  // namespace xrdct::io
