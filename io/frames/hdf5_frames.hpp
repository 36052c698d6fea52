#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/frames/frame_source.hpp"

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
class Hdf5Frames final : public FrameSource {
 public:
  /// Opens every file and checks that all agree in shape, type and filter.
  /// \param dataset may have `*`: all datasets that `match_paths` finds in a file follow each other
  /// \param without_frames see `open_frames`
  /// \throws core::InputError no such dataset; core::IoError truncated or missing file.
  Hdf5Frames(FileNames const& files, std::string const& dataset,
             WithoutFrames const& without_frames = {});
  /// Takes over what another rank has `found`. \throws core::IoError a file is not there
  explicit Hdf5Frames(std::string const& found);
  ~Hdf5Frames() override;

  core::FrameShape shape() const override;
  core::FrameEncoding encoding() const override;
  WideInteger wide() const override { return WideInteger::none; }
  std::int64_t frames() const override;
  std::vector<FramePart> parts() const override;
  std::vector<std::string> remarks() const override;
  std::vector<InputFile> files() const override;
  std::vector<std::filesystem::path> opened_files() const override;
  /// By files and mappings, not by frames.
  std::size_t table_bytes() const override;
  std::string layout() const override;
  std::size_t stored_bytes(std::span<std::int64_t const> frames) override;
  std::vector<double> brightness(std::span<std::int64_t const> frames) override;
  std::vector<std::string> problems_at_sight(std::span<std::int64_t const> frames) override;
  /// 0 where frames are read as they are stored.
  std::size_t composing_bytes() const override;
  /// Where HDF5 cannot tell quickly where the bytes are.
  bool keeps_stored_bytes() const override;
  std::string found() const override;

  void locate(std::span<std::int64_t const> frames) override;
  void keep_located(std::size_t calls) override;
  void read(std::span<std::int64_t const> frames, core::FrameBuffer& out) override;
  std::string describe(std::int64_t frame) const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
