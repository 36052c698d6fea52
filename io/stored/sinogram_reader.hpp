#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/words.hpp"
#include "io/nexus/output_description.hpp"
#include "io/stored/stored_axis.hpp"

namespace xrdct::io {

/// Reads an output file, serially: for `view` and for tests. While its run goes on, places that are
/// pending have NaN in all fields.
class SinogramReader {
 public:
  /// \throws core::IoError not an xrdct output, or broken.
  explicit SinogramReader(std::filesystem::path const& file);
  ~SinogramReader();

  std::vector<std::string> reductions() const;  //!< the first one is the default
  core::ScanShape shape() const;
  using Axis = StoredAxis;
  Axis height() const;
  Axis slow() const;
  Axis fast() const;
  std::string rotation() const;  //!< name of the axis that rotates; empty: none is known to
  core::PatternKind kind(std::string const& reduction) const;
  core::PatternShape pattern_shape(std::string const& reduction) const;
  Axis radial(std::string const& reduction)
      const;  //!< \throws core::InputError an azimuthal pattern has none
  Axis azimuthal(
      std::string const& reduction) const;  //!< \throws core::InputError a radial pattern has none
  std::string unit_name(std::string const& reduction) const;  //!< "q_nm^-1"
  /// The axes of the bins, and how they were made.
  ReductionDescription description(std::string const& reduction) const;
  /// field: "I", "I_errors", "std" or "count"
  bool has(std::string const& reduction, std::string const& field) const;
  bool has_errors(std::string const& reduction) const { return has(reduction, "I_errors"); }

  /// What happened to the frame of a place.
  core::FrameStatus status(std::size_t height, std::size_t slow, std::size_t fast) const;
  /// Places that the run has not come to; 0 in a finished file.
  std::size_t pending_places() const;

  /// One channel of one height: [slow][fast]. Bin number of a cake: azimuthal bin · radial bins +
  /// radial bin.
  /// \throws core::InputError no such field
  std::vector<float> channel(std::string const& reduction, std::string const& field,
                             std::size_t height, std::size_t bin) const;
  /// Neighbouring bins of one line of places, numbered as for `channel`: [fast][bin]. Of a cake all
  /// of one azimuth.
  std::vector<float> line(std::string const& reduction, std::string const& field,
                          std::size_t height, std::size_t slow, std::size_t first,
                          std::size_t bins) const;
  /// One pattern: [bin], of a cake [azimuthal][radial].
  std::vector<float> pattern(std::string const& reduction, std::string const& field,
                             std::size_t height, std::size_t slow, std::size_t fast) const;
  /// The mean of all patterns: [bin], of a cake [azimuthal][radial]; NaN while places are pending.
  std::vector<double> mean_pattern(std::string const& reduction) const;
  /// The sum of I over the bins of the first reduction, of one height: [slow][fast].
  std::vector<float> total_intensity(std::size_t height) const;
  /// The calibration as text; empty: the file has none.
  std::string poni_text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
