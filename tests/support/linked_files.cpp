// HDF5 files that refer to each other.
#include "linked_files.hpp"

#include <hdf5.h>

#include <fstream>
#include <stdexcept>

namespace xrdct::test {
namespace {

hid_t checked(hid_t id) {
  if (id < 0) throw std::runtime_error("cannot make an HDF5 file for a test");
  return id;
}

class File {
 public:
  explicit File(std::filesystem::path const& file)
      : id_(checked(std::filesystem::exists(file)
                        ? H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                        : H5Fcreate(file.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT))),
        links_(checked(H5Pcreate(H5P_LINK_CREATE))) {
    H5Pset_create_intermediate_group(links_, 1);
  }
  ~File() {
    H5Pclose(links_);
    H5Fclose(id_);
  }
  File(File const&) = delete;
  File& operator=(File const&) = delete;
  hid_t id() const { return id_; }
  hid_t links() const { return links_; }

 private:
  hid_t id_, links_;
};

hid_t space_of(std::vector<std::size_t> const& shape) {
  std::vector<hsize_t> const dims(shape.begin(), shape.end());
  return checked(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr));
}

}  // namespace

void write_numbers(std::filesystem::path const& file, std::string const& path,
                   std::vector<std::size_t> const& shape, std::vector<int> const& values) {
  File const open(file);
  hid_t const space = space_of(shape);
  hid_t const dataset = checked(H5Dcreate2(open.id(), path.c_str(), H5T_STD_I32LE, space,
                                           open.links(), H5P_DEFAULT, H5P_DEFAULT));
  checked(H5Dwrite(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  H5Dclose(dataset);
  H5Sclose(space);
}

void write_hdf5_text(std::filesystem::path const& file, std::string const& path,
                     std::string const& text) {
  File const open(file);
  hid_t const space = checked(H5Screate(H5S_SCALAR)), type = checked(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, text.size());
  hid_t const dataset = checked(
      H5Dcreate2(open.id(), path.c_str(), type, space, open.links(), H5P_DEFAULT, H5P_DEFAULT));
  checked(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()));
  H5Dclose(dataset);
  H5Tclose(type);
  H5Sclose(space);
}

void write_external_link(std::filesystem::path const& file, std::string const& path,
                         std::string const& target, std::string const& target_path) {
  File const open(file);
  checked(H5Lcreate_external(target.c_str(), target_path.c_str(), open.id(), path.c_str(),
                             open.links(), H5P_DEFAULT));
}

void write_virtual(std::filesystem::path const& file, std::string const& path,
                   std::vector<std::size_t> const& shape, std::string const& source,
                   std::string const& source_path) {
  File const open(file);
  hid_t const space = space_of(shape), creation = checked(H5Pcreate(H5P_DATASET_CREATE));
  checked(H5Pset_virtual(creation, space, source.c_str(), source_path.c_str(), space));
  H5Dclose(checked(H5Dcreate2(open.id(), path.c_str(), H5T_STD_I32LE, space, open.links(), creation,
                              H5P_DEFAULT)));
  H5Pclose(creation);
  H5Sclose(space);
}

void write_rows_of_virtual(std::filesystem::path const& file, std::string const& path,
                           std::vector<std::size_t> const& shape, std::string const& source,
                           std::string const& source_path,
                           std::vector<std::size_t> const& source_shape, std::size_t first) {
  File const open(file);
  hid_t const space = space_of(shape), from = space_of(source_shape),
              creation = checked(H5Pcreate(H5P_DATASET_CREATE));
  std::vector<hsize_t> start(shape.size(), 0);
  start[0] = first;
  std::vector<hsize_t> const count(shape.begin(), shape.end());
  H5Sselect_hyperslab(from, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
  checked(H5Pset_virtual(creation, space, source.c_str(), source_path.c_str(), from));
  H5Dclose(checked(H5Dcreate2(open.id(), path.c_str(), H5T_STD_I32LE, space, open.links(), creation,
                              H5P_DEFAULT)));
  H5Pclose(creation);
  H5Sclose(from);
  H5Sclose(space);
}

void write_npy(std::filesystem::path const& file, std::size_t rows, std::size_t columns,
               double value) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" +
                       std::to_string(rows) + ", " + std::to_string(columns) + "), }";
  header.append(64 - (10 + header.size() + 1) % 64, ' ');
  header += '\n';
  std::ofstream out(file, std::ios::binary);
  out << "\x93NUMPY" << '\x01' << '\0' << static_cast<char>(header.size() & 255)
      << static_cast<char>(header.size() >> 8) << header;
  std::vector<double> const values(rows * columns, value);
  out.write(reinterpret_cast<char const*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof value));
}

}  // namespace xrdct::test
