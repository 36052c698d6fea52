#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/words.hpp"
#include "io/stored/stored_axis.hpp"

namespace xrdct::io {

/// Whether a file says that it holds slices. \throws core::IoError it cannot be opened
bool holds_slices(std::filesystem::path const& file);

/// Reads a file of slices, serially: for `view`, exports and tests. While its run goes on, channels
/// that are pending are NaN.
class SlicesReader {
 public:
  /// \throws core::IoError not a file of slices, or broken.
  explicit SlicesReader(std::filesystem::path const& file);
  ~SlicesReader();

  std::vector<std::string> reductions() const;  //!< the first one is the default
  StoredAxis height() const;
  StoredAxis y() const;  //!< of the rows, largest first
  StoredAxis x() const;
  std::size_t side() const;  //!< N
  core::PatternKind kind(std::string const& reduction) const;
  core::PatternShape pattern_shape(std::string const& reduction) const;
  StoredAxis radial(std::string const& reduction) const;      //!< \throws core::InputError none
  StoredAxis azimuthal(std::string const& reduction) const;   //!< \throws core::InputError none
  std::string unit_name(std::string const& reduction) const;  //!< "q_nm^-1"
  /// field: "I" or "I_errors"
  bool has(std::string const& reduction, std::string const& field) const;
  bool has_errors(std::string const& reduction) const { return has(reduction, "I_errors"); }
  std::size_t pending_channels() const;  //!< that the run has not come to

  /// One channel of one height: [y][x]. Bin number of a cake: azimuthal bin · radial bins + radial
  /// bin.
  std::vector<float> slice(std::string const& reduction, std::string const& field,
                           std::size_t height, std::size_t bin) const;
  /// Neighbouring bins of one line of voxels: [x][bin]. Of a cake all of one azimuth.
  std::vector<float> line(std::string const& reduction, std::string const& field,
                          std::size_t height, std::size_t y, std::size_t first,
                          std::size_t bins) const;
  /// The pattern of one voxel: [bin], of a cake [azimuthal][radial].
  std::vector<float> pattern(std::string const& reduction, std::string const& field,
                             std::size_t height, std::size_t y, std::size_t x) const;
  /// Mean of I over the bins with a value: [y][x].
  std::vector<float> mean_slice(std::string const& reduction, std::size_t height) const;
  /// A result of conditioning of one height, as doubles; empty: the file has none of this name.
  std::vector<double> result(std::string const& reduction, std::string const& name,
                             std::size_t height) const;
  /// How the voxels lie.
  struct Geometry {
    double step = 1.0;             //!< d
    std::string unit;              //!< of d; empty: steps
    std::optional<double> centre;  //!< c of all heights; nothing: `result("centre")` of each
    int sense = 1;                 //!< of rotation
    std::size_t first_bin = 0;     //!< column of the sinograms that is column 0 here
  };
  Geometry geometry(std::string const& reduction) const;
  std::string poni_text() const;          //!< empty: the file has none
  std::string sinogram_file() const;      //!< as the job named it
  std::string sinogram_identity() const;  //!< of `SinogramUnits::identity`; empty: not known

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
