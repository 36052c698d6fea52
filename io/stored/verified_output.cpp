// Proves a finished output at any later time.
#include "io/stored/verified_output.hpp"

#include <fcntl.h>

#include "io/files/file_bytes.hpp"
#include "io/stored/file_proof.hpp"

namespace xrdct::io {

Verification verify_output(std::filesystem::path const& file, std::size_t most) {
  auto const regions = regions_of_file(file);
  FileDescriptor descriptor(file, O_RDONLY);
  Verification found{.blocks = regions.blocks(),
                     .datasets = regions.columns().size(),
                     .bytes = size_of_file(descriptor, file),
                     .damage = damaged_others(descriptor, file, regions)};
  auto const blocks = damaged_blocks(descriptor, file, regions, 0, regions.blocks());
  if (!blocks.empty()) found.damage.push_back(damage_text(blocks, regions, most));
  descriptor.close(file);
  return found;
}

}  // namespace xrdct::io
