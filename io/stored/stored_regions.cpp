// Finds the regions of an output that is finished, by what it says of itself.
#include <hdf5.h>

#include "io/hdf5/hdf5_handle.hpp"
#include "io/nexus/output_layout.hpp"
#include "io/nexus/slices_layout.hpp"
#include "io/stored/dataset_address.hpp"
#include "io/stored/output_regions.hpp"
#include "io/stored/slices_reader.hpp"
#include "io/stored/stored_description.hpp"

namespace xrdct::io {
namespace {

OutputRegions regions_of(std::filesystem::path const& file, BlockedLayout const& layout) {
  auto const open = open_hdf5_for_reading(file);
  std::vector<std::uint64_t> addresses;
  for (auto const& wanted : layout.datasets) {
    Hdf5Dataset const dataset(H5Dopen2(open.get(), wanted.path.c_str(), H5P_DEFAULT),
                              "open dataset " + wanted.path + " in " + file.string());
    addresses.push_back(address_of(dataset.get(), wanted));
  }
  return {layout, addresses};
}

}  // namespace

OutputRegions regions_of_file(std::filesystem::path const& file) {
  return holds_slices(file) ? regions_of(file, SlicesLayout(stored_slices_description(file)))
                            : regions_of(file, OutputLayout(stored_description(file)));
}

}  // namespace xrdct::io
