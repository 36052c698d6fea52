// Reads one image wherever it lies: in a file of its own, or in HDF5.
#include "io/frames/read_image.hpp"

#include "io/frames/hdf5_image.hpp"
#include "io/images/image_file.hpp"

namespace xrdct::io {

StoredImage read_stored_image(std::string const& location) {
  auto const found = locate_image(location);
  return found.hdf5 ? read_hdf5_image(found.file, found.dataset, found.index)
                    : read_image_file(found.file);
}

Image read_image(std::string const& location) {
  return decoded(read_stored_image(location), location);
}

}  // namespace xrdct::io
