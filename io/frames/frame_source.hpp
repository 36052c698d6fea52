#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/scan/stages.hpp"
#include "io/files/file_names.hpp"
#include "io/files/file_patterns.hpp"
#include "io/files/input_file.hpp"
#include "io/images/stored_image.hpp"

namespace xrdct::io {

/// Consecutive frames of a scan that lie in one dataset of one file.
struct FramePart {
  std::string file;
  std::string dataset;             //!< as it was found, before links are followed; "": an image
  std::vector<std::string> stars;  //!< what each `*` of the path as given stands for
  std::int64_t first = 0;          //!< number of its first frame in the scan
  std::int64_t frames = 0;         //!< at least one
  bool aborted = false;            //!< its entry says that the scan stopped before its end
};

/// Stored frames of one shape and one encoding, wherever they lie.
class FrameSource : public core::FrameReader {
 public:
  virtual core::FrameShape shape() const = 0;
  virtual core::FrameEncoding encoding() const = 0;  //!< of the bytes that `read` delivers
  /// Integers of 64 bits, which are delivered as f64.
  virtual WideInteger wide() const = 0;
  virtual std::int64_t frames() const = 0;
  /// The files, and the datasets in them, as they follow each other in the scan.
  virtual std::vector<FramePart> parts() const = 0;
  /// What was met on the way and is not part of the scan, such as entries without the detector, for
  /// people.
  virtual std::vector<std::string> remarks() const = 0;
  /// All files that are read, data files of a master too.
  virtual std::vector<InputFile> files() const = 0;
  /// The same, and those that only hold links on the way to them.
  virtual std::vector<std::filesystem::path> opened_files() const = 0;
  /// Memory for where each frame is.
  virtual std::size_t table_bytes() const = 0;
  /// "bitshuffle-LZ4, one frame per chunk, 3 files" for people.
  virtual std::string layout() const = 0;
  /// Memory that `read` needs for these frames [bytes]; looks them up as `locate` does.
  virtual std::size_t stored_bytes(std::span<std::int64_t const> frames) = 0;
  /*!
   * A number for each frame that grows with its total intensity, as far as that costs little: the
   * bytes that it takes up where it is compressed, else the sum of some pixels in its middle. NaN:
   * not known. Looks frames up as `locate` does. Main thread.
   */
  virtual std::vector<double> brightness(std::span<std::int64_t const> frames);
  /// Why frames cannot be read, [frame], as far as that is seen without reading any: no source,
  /// never written, an empty file. Each text names the frame; "" of all others. Main thread.
  virtual std::vector<std::string> problems_at_sight(std::span<std::int64_t const> frames) = 0;
  /// Memory for decoding that each thread in `read` needs besides [bytes].
  virtual std::size_t composing_bytes() const = 0;
  /// Whether `locate` reads the stored bytes, too, and keeps them for `read`.
  virtual bool keeps_stored_bytes() const = 0;
  /// What was found when it was opened, for `open_found` in other processes; "": each may open it
  /// itself, which costs little.
  virtual std::string found() const { return {}; }
};

/// Whether the checksums that images carry (Content-MD5 of CBF) are compared with their bytes.
enum class Checksums { verified, left_out };

/*!
 * Opens the frames of a dataset in HDF5 files, one file after another (`Hdf5Frames`), or images
 * (`ImageFrames`).
 * \param dataset may have `*`, see `match_paths`; empty: the files are images, each as
 * `read_stored_image` takes it
 * \param without_frames HDF5 files that were found by a pattern, and have no such dataset, are
 * passed over with a remark where they are so
 * \throws core::InputError, core::IoError
 */
std::unique_ptr<FrameSource> open_frames(FileNames files, std::string const& dataset,
                                         Checksums checksums = Checksums::verified,
                                         WithoutFrames const& without_frames = {});

/// The frames that another rank has found, without opening their files.
/// \param found not empty
/// \throws core::IoError one of them is not there
std::unique_ptr<FrameSource> open_found(std::string const& found);

/*!
 * The dataset that `open_frames` takes where none is named: "" for an image, and what `only_stack`
 * finds in an HDF5 file.
 * \throws core::InputError, core::IoError
 */
std::string dataset_of_frames(std::filesystem::path const& first_file);

/// "i32 big-endian uncompressed", "u16 shuffle + deflate", "u32 bitshuffle-LZ4".
std::string encoding_text(core::FrameEncoding const& encoding);

}  // namespace xrdct::io
