#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

/// HDF5 files that refer to each other, for tests of programs that know nothing of HDF5.
namespace xrdct::test {

/// `values` as 32-bit integers of this shape at `path`; groups on the way are made, and so is the
/// file.
void write_numbers(std::filesystem::path const& file, std::string const& path,
                   std::vector<std::size_t> const& shape, std::vector<int> const& values);
void write_hdf5_text(std::filesystem::path const& file, std::string const& path,
                     std::string const& text);
/// \param target name of the other file as it is stored
void write_external_link(std::filesystem::path const& file, std::string const& path,
                         std::string const& target, std::string const& target_path);
/// A virtual dataset of this shape that is the whole of one dataset in another file.
void write_virtual(std::filesystem::path const& file, std::string const& path,
                   std::vector<std::size_t> const& shape, std::string const& source,
                   std::string const& source_path);
/// The same of consecutive images of a source, from number `first` on.
void write_rows_of_virtual(std::filesystem::path const& file, std::string const& path,
                           std::vector<std::size_t> const& shape, std::string const& source,
                           std::string const& source_path,
                           std::vector<std::size_t> const& source_shape, std::size_t first);

/// A NumPy file of zeros or another value, 64-bit floating point.
void write_npy(std::filesystem::path const& file, std::size_t rows, std::size_t columns,
               double value);

}  // namespace xrdct::test
