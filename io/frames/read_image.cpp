// Reads one image wherever it lies: in a file of its own, or in HDF5.
#include "io/frames/read_image.hpp"

#include "io/frames/hdf5_image.hpp"

namespace xrdct::io {

StoredImage read_stored_image(std::string const& location) {
  return read_stored_image(locate_image(location));
}

StoredImage read_stored_image(ImageLocation const& location) {
  return location.hdf5 ? read_hdf5_image(location.file, location.dataset, location.index)
                       : read_image_file(location.file);
}

Image read_image(std::string const& location) {
  return decoded(read_stored_image(location), location);
}

}  // namespace xrdct::io
