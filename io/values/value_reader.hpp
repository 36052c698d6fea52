#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/scan/stages.hpp"

namespace xrdct::io {

class Hdf5Files;

/*!
 * The values of a numeric dataset as double, flattened in C order, read as they are asked for.
 *
 * A window of consecutive values is kept, and read anew by HDF5 when another one is asked for: main
 * thread. Memory: 8 B per value of the window, whatever the length of the dataset; what HDF5 keeps
 * of its chunks comes on top.
 */
class ValueReader final : public core::FrameValues {
 public:
  static constexpr std::size_t usual_window = std::size_t{1} << 16;

  /// \param dataset or a group with a member `value` (a motor of BLISS, NXpositioner) or `data`
  /// \throws core::InputError, core::IoError naming file and dataset: not there, not numbers,
  /// virtual
  ValueReader(std::filesystem::path const& file, std::string const& dataset,
              std::size_t window = usual_window);
  /// \param files that are open, for several readers; they have to outlive this one
  ValueReader(Hdf5Files& files, std::filesystem::path const& file, std::string const& dataset,
              std::size_t window = usual_window);
  ~ValueReader() override;

  std::int64_t size() const;
  bool is_scalar() const;  //!< one number without a dimension, rather than a list of one
  /// \param index below `size()`
  /// \throws core::IoError
  double at(std::int64_t index) override;
  std::size_t memory_bytes() const;  //!< of the window

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All values of a numeric dataset as double, flattened.
/// \throws core::InputError more than 8 GiB; as ValueReader
std::vector<double> read_values(std::filesystem::path const& file, std::string const& dataset);

}  // namespace xrdct::io
