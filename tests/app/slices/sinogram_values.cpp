// Changes values in sinogram files.
#include "sinogram_values.hpp"

#include <hdf5.h>

#include <algorithm>
#include <stdexcept>

#include "io/values/value_reader.hpp"

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

void reorder_lines(std::filesystem::path const& file, std::vector<std::size_t> const& order) {
  for (std::string const dataset :
       {"/entry/mean/I", "/entry/mean/I_errors", "/entry/mean/count", "/entry/mean/rotation",
        "/entry/frames/status", "/entry/frames/rotation", "/entry/frames/translation"}) {
    auto const values = io::read_values(file, dataset);
    std::size_t const line = values.size() / order.size();
    std::vector<double> moved(values.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(order[i] * line), line,
                  moved.begin() + static_cast<std::ptrdiff_t>(i * line));
    replace_values(file, dataset, moved);
  }
}

}  // namespace xrdct::test
