#pragma once
#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/words.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "io/stored/stored_axis.hpp"

namespace xrdct::io {

/// The groups of patterns of an output and their axes, as sinograms and slices have them: three
/// axes of places, then those of the bins. For the sources of io/ alone.
class StoredFields {
 public:
  /// \param list the attribute of /entry that names the groups
  /// \param command which writes such files, for messages
  /// \throws core::IoError no such file, or another kind of it
  StoredFields(std::filesystem::path const& file, std::string const& list,
               std::string const& command);

  std::filesystem::path const& path() const noexcept { return path_; }
  hid_t file() const noexcept { return file_.get(); }
  std::vector<std::string> const& reductions() const noexcept { return reductions_; }
  std::string at(std::string const& dataset) const { return dataset + " in " + path_.string(); }

  bool exists(std::string const& path) const;
  /// \throws core::InputError no such reduction
  void require(std::string const& reduction) const;
  /// The path of a field. \param fields that there may be, and what to try where one is missing
  struct Field {
    char const* name;
    char const* otherwise;  //!< "; reduce with an error model"
  };
  std::string dataset_of(std::string const& reduction, std::string const& field,
                         std::vector<Field> const& fields) const;
  /// With a cache that holds larger chunks than that of HDF5.
  Hdf5Dataset open(std::string const& dataset) const;
  /// Lengths of the dimensions.
  std::vector<hsize_t> extent_of(std::string const& dataset) const;
  /// Values of a selection. \throws core::InputError beyond the end
  std::vector<float> read(std::string const& dataset, std::vector<hsize_t> const& start,
                          std::vector<hsize_t> const& count) const;
  std::vector<double> read_doubles(std::string const& dataset, std::vector<hsize_t> const& start,
                                   std::vector<hsize_t> const& count) const;
  /// All values.
  std::vector<double> read_all(std::string const& dataset) const;
  std::vector<std::uint64_t> read_integers(std::string const& dataset) const;
  std::string attribute(std::string const& object, std::string const& name) const;  //!< "": none
  std::vector<double> numbers(std::string const& object,
                              std::string const& attribute) const;  //!< none: no such attribute
  std::string text(std::string const& dataset) const;               //!< "": no such dataset

  /// Names of the axes: three of places, then one or two of the bins.
  std::vector<std::string> axis_names(std::string const& reduction) const;
  StoredAxis axis(std::string const& reduction, std::string const& name) const;
  /// \throws core::InputError its patterns have no such axis
  StoredAxis bin_axis(std::string const& reduction, std::string const& name) const;
  core::PatternKind kind(std::string const& reduction) const;
  core::PatternShape pattern_shape(std::string const& reduction) const;
  std::string unit_name(std::string const& reduction) const;  //!< "q_nm^-1"

  static constexpr std::size_t axes_of_places = 3;

 private:
  template <class Value>
  std::vector<Value> selected(std::string const& dataset, hid_t type,
                              std::vector<hsize_t> const& start,
                              std::vector<hsize_t> const& count) const;
  template <class Value>
  std::vector<Value> all(std::string const& dataset, hid_t type) const;

  std::filesystem::path path_;
  Hdf5File file_;
  std::vector<std::string> reductions_;
};

}  // namespace xrdct::io
