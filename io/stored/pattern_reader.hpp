#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/words.hpp"
#include "io/stored/stored_axis.hpp"

namespace xrdct::io {

/// Patterns on a grid, as an output holds them: of the frames of a scan, or of the voxels of
/// slices. A place has a height, a row (slow) and a column (fast). Places that are pending have
/// NaN.
class PatternReader {
 public:
  virtual ~PatternReader() = default;

  virtual std::vector<std::string> reductions() const = 0;  //!< the first one is the default
  virtual core::ScanShape shape() const = 0;
  virtual StoredAxis height() const = 0;
  virtual StoredAxis slow() const = 0;
  virtual StoredAxis fast() const = 0;
  virtual bool first_row_on_top() const = 0;  //!< of maps: else it is at the bottom
  virtual core::PatternKind kind(std::string const& reduction) const = 0;
  virtual core::PatternShape pattern_shape(std::string const& reduction) const = 0;
  /// \throws core::InputError an azimuthal pattern has none
  virtual StoredAxis radial(std::string const& reduction) const = 0;
  /// \throws core::InputError a radial pattern has none
  virtual StoredAxis azimuthal(std::string const& reduction) const = 0;
  virtual std::string unit_name(std::string const& reduction) const = 0;  //!< "q_nm^-1"
  /// field: "I", "I_errors", of frames "std" or "count", too
  virtual bool has(std::string const& reduction, std::string const& field) const = 0;
  bool has_errors(std::string const& reduction) const { return has(reduction, "I_errors"); }

  /// One channel of one height: [slow][fast]. Bin number of a cake: azimuthal bin · radial bins +
  /// radial bin.
  /// \throws core::InputError no such field
  virtual std::vector<float> channel(std::string const& reduction, std::string const& field,
                                     std::size_t height, std::size_t bin) const = 0;
  /// Neighbouring bins of one line of places, numbered as for `channel`: [fast][bin]. Of a cake all
  /// of one azimuth.
  virtual std::vector<float> line(std::string const& reduction, std::string const& field,
                                  std::size_t height, std::size_t slow, std::size_t first,
                                  std::size_t bins) const = 0;
  /// One pattern: [bin], of a cake [azimuthal][radial].
  virtual std::vector<float> pattern(std::string const& reduction, std::string const& field,
                                     std::size_t height, std::size_t slow,
                                     std::size_t fast) const = 0;
  /// A place (slow, fast) of a height whose pattern is worth seeing first.
  virtual std::pair<std::size_t, std::size_t> typical_place(std::string const& reduction,
                                                            std::size_t height) const = 0;
  /// Why a place has no values, for people; empty: it may have.
  virtual std::string lack(std::size_t height, std::size_t slow, std::size_t fast) const = 0;
  /// The calibration as text; empty: the file has none.
  virtual std::string poni_text() const = 0;
};

}  // namespace xrdct::io
