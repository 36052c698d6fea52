#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/hdf5/hdf5_handle.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

/// Small HDF5 files with motors and counters, for the tests of the survey.
namespace xrdct::io::test {

/// A file to which datasets are added by their paths; groups are made on the way.
class SurveyFile {
 public:
  explicit SurveyFile(std::filesystem::path const& file)
      : file_(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "create"),
        groups_(H5Pcreate(H5P_LINK_CREATE), "create") {
    H5Pset_create_intermediate_group(groups_.get(), 1);
  }

  /// \param dims empty: a scalar
  SurveyFile& numbers(std::string const& path, Dims const& dims, std::vector<double> values,
                      std::string const& unit = {}) {
    Hdf5Space const space(
        dims.empty() ? H5Screate(H5S_SCALAR)
                     : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr),
        "create");
    Hdf5Dataset const dataset(H5Dcreate2(file_.get(), path.c_str(), H5T_IEEE_F64LE, space.get(),
                                         groups_.get(), H5P_DEFAULT, H5P_DEFAULT),
                              "create");
    values.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    if (!values.empty())
      H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    if (!unit.empty()) attribute(dataset.get(), "units", unit);
    return *this;
  }

  SurveyFile& text(std::string const& path, std::string const& value) {
    Hdf5Type const type(H5Tcopy(H5T_C_S1), "create");
    H5Tset_size(type.get(), value.size());
    Hdf5Space const space(H5Screate(H5S_SCALAR), "create");
    Hdf5Dataset const dataset(H5Dcreate2(file_.get(), path.c_str(), type.get(), space.get(),
                                         groups_.get(), H5P_DEFAULT, H5P_DEFAULT),
                              "create");
    H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, value.data());
    return *this;
  }

  SurveyFile& class_of(std::string const& group, std::string const& name) {
    Hdf5Object const object(H5Oopen(file_.get(), group.c_str(), H5P_DEFAULT), "open");
    attribute(object.get(), "NX_class", name);
    return *this;
  }

  SurveyFile& soft_link(std::string const& path, std::string const& target) {
    H5Lcreate_soft(target.c_str(), file_.get(), path.c_str(), groups_.get(), H5P_DEFAULT);
    return *this;
  }

  SurveyFile& hard_link(std::string const& path, std::string const& target) {
    H5Lcreate_hard(file_.get(), target.c_str(), file_.get(), path.c_str(), groups_.get(),
                   H5P_DEFAULT);
    return *this;
  }

  SurveyFile& external_link(std::string const& path, std::string const& file,
                            std::string const& target) {
    H5Lcreate_external(file.c_str(), target.c_str(), file_.get(), path.c_str(), groups_.get(),
                       H5P_DEFAULT);
    return *this;
  }

 private:
  static void attribute(hid_t object, char const* name, std::string const& value) {
    Hdf5Type const type(H5Tcopy(H5T_C_S1), "create");
    H5Tset_size(type.get(), value.size());
    Hdf5Space const space(H5Screate(H5S_SCALAR), "create");
    Hdf5Attribute const made(
        H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), "create");
    H5Awrite(made.get(), type.get(), value.data());
  }

  Hdf5File file_;
  Hdf5Properties groups_;
};

}  // namespace xrdct::io::test
