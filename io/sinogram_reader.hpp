#pragma once
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/scan_layout.hpp"

namespace xrdct::io {

/// Reads a finished output file, serially: for `view` and for tests.
class SinogramReader {
 public:
  /// \throws core::IoError not an xrdct output, or broken.
  explicit SinogramReader(std::filesystem::path const& file);
  ~SinogramReader();

  std::vector<std::string> reductions() const;  //!< the first one is the default
  core::ScanShape shape() const;
  struct Axis {
    std::string name, unit;
    std::vector<double> positions;
  };
  Axis height() const;
  Axis slow() const;
  Axis fast() const;
  Axis radial(std::string const& reduction) const;
  std::string unit_name(std::string const& reduction) const;  //!< "q_nm^-1"
  bool has_errors(std::string const& reduction) const;

  /// field: "I", "I_errors" or "count". One channel of one height: [slow][fast].
  std::vector<float> channel(std::string const& reduction, std::string const& field, std::size_t height, std::size_t bin) const;
  /// One pattern: [bin].
  std::vector<float> pattern(std::string const& reduction, std::string const& field, std::size_t height, std::size_t slow, std::size_t fast) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
