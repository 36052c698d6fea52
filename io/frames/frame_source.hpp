#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/scan/stages.hpp"
#include "io/files/input_file.hpp"

namespace xrdct::io {

/*!
 * The frames of a scan in HDF5 files, as stored bytes.
 *
 * A dataset may be chunked (one frame per chunk is read as it is stored; other chunks are decoded
 * and put together here) or contiguous; 3-D, or 2-D where one frame is stored (dimensions before
 * these are counted through in C order); a group holding `data_000001`, `data_000002` … (Eiger
 * master) or `data`, external links, or a virtual dataset, which is resolved here: a missing source
 * is an error, never zeros. Several files are one after another. HDF5 is used by the constructor
 * and `locate` alone (main thread); `read` uses pread, by as many threads at once as call it. What
 * the last calls of `locate` found is kept, no more, so that memory does not grow with the scan.
 * Source of the layouts: HDF5 1.10 reference manual; bitshuffle filter 32008.
 */
class FrameSource final : public core::FrameReader {
 public:
  /// Opens every file and checks that all agree in shape, type and filter.
  /// \throws core::InputError no such dataset; core::IoError truncated or missing file.
  FrameSource(std::vector<std::filesystem::path> const& files, std::string const& dataset);
  ~FrameSource() override;

  core::FrameShape shape() const;
  core::FrameEncoding encoding() const;  //!< of the bytes that `read` delivers
  std::int64_t frames() const;
  std::vector<InputFile> const& files()
      const;  //!< all files that are read, data files of a master too
  std::vector<std::filesystem::path> opened_files()
      const;  //!< the same, and those that only hold links on the way to them
  std::size_t table_bytes()
      const;  //!< memory for where each frame is: by files and mappings, not by frames
  std::string layout() const;  //!< "bitshuffle-LZ4, one frame per chunk, 3 files" for people

  /// Memory that `read` needs for these frames [bytes]; looks them up as `locate` does.
  std::size_t stored_bytes(std::span<std::int64_t const> frames);

  /// Memory for decoded chunks that each thread in `read` needs besides [bytes]: 0 where frames are
  /// read as they are stored.
  std::size_t composing_bytes() const;

  /// Whether `locate` reads the stored bytes, too, and keeps them for `read`: where HDF5 cannot
  /// tell quickly where they are.
  bool keeps_stored_bytes() const;

  void locate(std::span<std::int64_t const> frames) override;
  void keep_located(std::size_t calls) override;
  void read(std::span<std::int64_t const> frames, core::FrameBuffer& out) override;
  std::string describe(std::int64_t frame) const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
