// Changes values in HDF5 files for tests of programs that know nothing of HDF5.
#include "replaced_values.hpp"

#include <hdf5.h>

#include <stdexcept>

namespace xrdct::test {

void replace_values(std::filesystem::path const& file, std::string const& dataset,
                    std::vector<double> const& values) {
  hid_t const opened = H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  hid_t const data = H5Dopen2(opened, dataset.c_str(), H5P_DEFAULT);
  hid_t const space = H5Dget_space(data);
  bool const as_many = H5Sget_simple_extent_npoints(space) == static_cast<hssize_t>(values.size());
  bool const written = as_many && H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                           values.data()) >= 0;
  H5Sclose(space);
  H5Dclose(data);
  H5Fclose(opened);
  if (!written) throw std::runtime_error("cannot replace " + dataset + " of " + file.string());
}

}  // namespace xrdct::test
