#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/tomography/slice_choices.hpp"
#include "io/stored/pattern_reader.hpp"

namespace xrdct::io {

/// Whether a file says that it holds slices. \throws core::IoError it cannot be opened
bool holds_slices(std::filesystem::path const& file);

/// Reads a file of slices, serially: for `view`, exports and tests. A place is a voxel: its row is
/// that of y, largest first, its column that of x. Channels that are pending are NaN.
class SlicesReader final : public PatternReader {
 public:
  /// \throws core::IoError not a file of slices, or broken.
  explicit SlicesReader(std::filesystem::path const& file);
  ~SlicesReader() override;

  std::vector<std::string> reductions() const override;
  core::ScanShape shape() const override;
  std::size_t side() const;  //!< N
  StoredAxis height() const override;
  StoredAxis slow() const override;  //!< y
  StoredAxis fast() const override;  //!< x
  bool first_row_on_top() const override { return true; }
  core::PatternKind kind(std::string const& reduction) const override;
  core::PatternShape pattern_shape(std::string const& reduction) const override;
  StoredAxis radial(std::string const& reduction) const override;
  StoredAxis azimuthal(std::string const& reduction) const override;
  std::string unit_name(std::string const& reduction) const override;
  bool has(std::string const& reduction, std::string const& field) const override;
  std::size_t pending_channels() const;  //!< that the run has not come to

  std::vector<float> channel(std::string const& reduction, std::string const& field,
                             std::size_t height, std::size_t bin) const override;
  std::vector<float> line(std::string const& reduction, std::string const& field,
                          std::size_t height, std::size_t y, std::size_t first,
                          std::size_t bins) const override;
  /// Neighbouring bins of neighbouring voxels: [y][x][bin]. Of a cake all of one azimuth.
  struct Box {
    std::size_t y = 0, rows = 0, x = 0, columns = 0, first = 0, bins = 0;
  };
  std::vector<float> box(std::string const& reduction, std::string const& field, std::size_t height,
                         Box const& box) const;
  std::vector<float> pattern(std::string const& reduction, std::string const& field,
                             std::size_t height, std::size_t y, std::size_t x) const override;
  /// The voxel with the largest mean.
  std::pair<std::size_t, std::size_t> typical_place(std::string const& reduction,
                                                    std::size_t height) const override;
  std::string lack(std::size_t, std::size_t, std::size_t) const override { return {}; }
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
    core::Sense sense = core::Sense::counterclockwise;
    std::size_t first_bin = 0;  //!< column of the sinograms that is column 0 here
  };
  Geometry geometry(std::string const& reduction) const;
  std::string poni_text() const override;
  std::string sinogram_file() const;      //!< as the job named it
  std::string sinogram_identity() const;  //!< of `SinogramUnits::identity`; empty: not known

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
