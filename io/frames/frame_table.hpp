#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "io/files/input_file.hpp"
#include "io/frames/frame_source.hpp"
#include "io/hdf5/frame_sequence.hpp"
#include "io/hdf5/stored_dataset.hpp"

namespace xrdct::io {

/// A frame of a stored dataset.
struct StoredFrame {
  std::size_t dataset = 0;  //!< which one
  std::int64_t frame = 0;   //!< of it
};

/*!
 * Where each frame is: which dataset, and which frame of it. Internal to io/.
 *
 * A table is a stored dataset as it is, or it maps some of its frames to those of other tables, in
 * pieces that follow a rule. Frames without a piece have no source. Look-up: by binary search where
 * pieces do not overlap, else through those that do; once more for each nesting. Memory: about 160
 * B per piece. Files one after another are one piece each, frames dealt out to several files in
 * turn as well, whatever their number.
 */
class FrameTable {
 public:
  core::FrameShape shape;
  std::vector<std::int64_t> dims;  //!< of the dataset that the frames seem to be; their product
                                   //!< before the last two is `frames`
  std::int64_t frames = 0;

  FrameTable() = default;
  /// All frames of a stored dataset.
  FrameTable(StoredDataset const& set, std::size_t dataset);

  /// Maps the frames `target` to `source` of another table, one by one.
  /// \param from has to stay where it is
  void map(FrameSequence const& target, FrameSequence const& source, FrameTable const& from);
  /// To be called after the last `map`, before `find`. Returns the first frame that two pieces
  /// claim, or −1.
  std::int64_t close();
  /// One after the last mapped frame.
  std::int64_t end() const { return reach_.empty() ? 0 : reach_.back(); }

  std::optional<StoredFrame> find(std::int64_t frame) const;
  std::size_t memory_bytes() const;  //!< without that of the tables it maps to

 private:
  friend class FoundFrames;
  /// Mappings to one table, one after another.
  struct Source {
    FrameTable const* table = nullptr;
    FrameSequence target, frames;  // as many
  };
  /// A piece of a source's target.
  struct Piece {
    FrameSequence::Piece target;
    std::size_t source = 0;
  };

  bool stored_ = false;
  std::size_t dataset_ = 0;  // of a stored one
  std::vector<Source> sources_;
  std::map<FrameTable const*, std::size_t> source_of_;
  std::vector<Piece> pieces_;        // by first frame
  std::vector<std::int64_t> reach_;  // [piece] the largest end up to here
};

/// The number in the name of an Eiger's member, such as "data_000012", or −1 for another name.
std::int64_t data_number(std::string const& name);

/// Adds all frames of `part`, which has to stay where it is, after those of `whole`;
/// `whole.close()` is left to do.
/// \throws core::InputError frames of another shape; `name` says whose
void append_frames(FrameTable& whole, FrameTable const& part, std::string const& name);

/*!
 * Finds the stored datasets behind a path: through links, the `data_000001 …` of an Eiger master,
 * and virtual datasets to any depth.
 *
 * HDF5 never reads through a virtual dataset here, because it fills missing sources with zeros in
 * silence.
 */
class FrameResolver {
 public:
  /// Called with each dataset that holds frames while it is open, and its number in `datasets`.
  using Met = std::function<void(hid_t dataset, StoredDataset const& set, std::size_t number)>;

  explicit FrameResolver(Met met = {}) : met_(std::move(met)) {}

  /// \throws core::InputError, core::IoError; each names file, link or mapping, and what is missing
  FrameTable const& resolve(std::string const& file, std::string const& path);

  std::vector<StoredDataset> const& datasets() const { return datasets_; }
  /// all that were opened, in order
  std::vector<InputFile> const& files() const { return files_; }
  Hdf5Files& open_files() { return open_; }
  std::size_t memory_bytes() const;  //!< of all tables

 private:
  FrameTable const& known(Hdf5Location const& where, int depth);
  FrameTable resolve_new(Hdf5Location const& where, int depth);
  FrameTable resolve_group(hid_t group, Hdf5Location const& where, int depth);
  void note(std::string const& file);
  friend class FoundFrames;
  friend class VirtualFrames;

  Met met_;
  Hdf5Files open_;
  std::vector<StoredDataset> datasets_;
  std::vector<InputFile> files_;
  std::unordered_set<std::string> listed_;  // of `files_`
  std::map<Hdf5Location, FrameTable> known_;
};

}  // namespace xrdct::io
