#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/nexus/output_description.hpp"
#include "io/stored/pattern_reader.hpp"

namespace xrdct::io {

/// Reads an output of `reduce`, serially: for `view` and for tests. While its run goes on, places
/// that are pending have NaN in all fields.
class SinogramReader final : public PatternReader {
 public:
  /// \throws core::IoError not such an output, or broken.
  explicit SinogramReader(std::filesystem::path const& file);
  ~SinogramReader() override;

  using Axis = StoredAxis;
  std::vector<std::string> reductions() const override;
  core::ScanShape shape() const override;
  Axis height() const override;
  Axis slow() const override;
  Axis fast() const override;
  bool first_row_on_top() const override { return false; }
  std::string rotation() const;  //!< name of the axis that rotates; empty: none is known to
  core::PatternKind kind(std::string const& reduction) const override;
  core::PatternShape pattern_shape(std::string const& reduction) const override;
  Axis radial(std::string const& reduction) const override;
  Axis azimuthal(std::string const& reduction) const override;
  std::string unit_name(std::string const& reduction) const override;
  bool has(std::string const& reduction, std::string const& field) const override;
  /// The axes of the bins, and how they were made.
  ReductionDescription description(std::string const& reduction) const;

  /// What happened to the frame of a place.
  core::FrameStatus status(std::size_t height, std::size_t slow, std::size_t fast) const;
  /// The same for all places of a height: [slow][fast].
  std::vector<core::FrameStatus> statuses(std::size_t height) const;
  /// Whether every reduction found a pixel with a valid value there: [slow][fast] of a height.
  std::vector<bool> with_pixels(std::size_t height) const;
  /// Places that the run has not come to; 0 in a finished file.
  std::size_t pending_places() const;

  std::vector<float> channel(std::string const& reduction, std::string const& field,
                             std::size_t height, std::size_t bin) const override;
  std::vector<float> line(std::string const& reduction, std::string const& field,
                          std::size_t height, std::size_t slow, std::size_t first,
                          std::size_t bins) const override;
  std::vector<float> pattern(std::string const& reduction, std::string const& field,
                             std::size_t height, std::size_t slow, std::size_t fast) const override;
  std::pair<std::size_t, std::size_t> typical_place(std::string const& reduction,
                                                    std::size_t height) const override;
  std::string lack(std::size_t height, std::size_t slow, std::size_t fast) const override;
  /// The mean of all patterns: [bin], of a cake [azimuthal][radial]; NaN while places are pending.
  std::vector<double> mean_pattern(std::string const& reduction) const;
  /// The sum of I over the bins of the first reduction, of one height: [slow][fast].
  std::vector<float> total_intensity(std::size_t height) const;
  std::string poni_text() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
