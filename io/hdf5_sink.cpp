#include <hdf5.h>
#include <mpi.h>

#include <algorithm>
#include <array>

#include "io/block_sink.hpp"
#include "io/hdf5_handle.hpp"
#include "io/mpi_handle.hpp"
#include "io/written_hdf5.hpp"

namespace xrdct::io {
namespace {

// An independent H5Dwrite above 2 GiB fails, and smaller calls cost nothing.
constexpr std::size_t largest_call = std::size_t{64} << 20;

// Patterns are [height][line][fast][bin…].
constexpr std::size_t line_axis = 1, bin_axis = 3;

hid_t memory_type(StoredType type) {
  switch (type) {
    case StoredType::u1:
      return H5T_NATIVE_UINT8;
    case StoredType::i8:
      return H5T_NATIVE_INT64;
    case StoredType::f4:
      return H5T_NATIVE_FLOAT;
    case StoredType::f8:
      return H5T_NATIVE_DOUBLE;
  }
  return H5I_INVALID_HID;
}

// ROMIO in its default settings loses data where ranks have little or nothing to write (pmodels/mpich#4956): it must neither read, change and write
// back, nor choose by itself when to collect.
Hdf5Properties parallel_access(MPI_Comm communicator) {
  MPI_Info hints = MPI_INFO_NULL;
  MPI_Info_create(&hints);
  MPI_Info_set(hints, "romio_ds_write", "disable");
  MPI_Info_set(hints, "romio_cb_write", "enable");
  Hdf5Properties access(H5Pcreate(H5P_FILE_ACCESS), "create properties");
  herr_t const result = H5Pset_fapl_mpio(access.get(), communicator, hints);
  MPI_Info_free(&hints);
  hdf5_checked(result, "choose the MPI-IO driver");
  hdf5_checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110), "choose the file format");
  return access;
}

// OMPIO opens two files per rank for shared file pointers, which nobody uses, beside the output and takes them away when it closes that. So that a
// run that is ended leaves none, they lose their names now.
void remove_side_files(std::filesystem::path const& file, int rank) {
  std::error_code none;
  for (std::string const kind : {".data.", ".metadata."}) std::filesystem::remove(file.string() + kind + std::to_string(rank), none);
}

class Hdf5Sink final : public BlockSink {
 public:
  Hdf5Sink(Communicator const& communicator, std::filesystem::path const& file, OutputLayout const& layout, core::BlockPlan const& plan,
           bool collective)
      : collective_(collective), plan_(plan) {
    silence_hdf5();
    auto const access = parallel_access(communicator.native().world);
    file_ = hdf5_checked(H5Fopen(file.c_str(), H5F_ACC_RDWR, access.get()), "open " + file.string() + " on all ranks");
    output_.opened();
    remove_side_files(file, communicator.rank());
    transfer_ = hdf5_checked(H5Pcreate(H5P_DATASET_XFER), "create properties");
    hdf5_checked(H5Pset_dxpl_mpio(transfer_, collective ? H5FD_MPIO_COLLECTIVE : H5FD_MPIO_INDEPENDENT), "choose the transfer");
    for (auto const& dataset : layout.datasets)
      datasets_.push_back({dataset, hdf5_checked(H5Dopen2(file_, dataset.path.c_str(), H5P_DEFAULT), "open dataset " + dataset.path)});
  }

  void write_chunks(std::size_t dataset, std::optional<std::size_t> block, std::span<std::byte const> chunks) override {
    auto const& target = datasets_[dataset].layout;
    std::size_t const chunk_bytes = target.elements_each() * size_of(target.type);
    std::size_t const number = target.chunks() / plan_.blocks();
    for (std::size_t i = 0; i < number; ++i) write_chunk(dataset, block, i, block ? chunks.data() + i * chunk_bytes : nullptr);
  }

  void write_places(std::size_t dataset, std::optional<std::size_t> block, std::span<std::byte const> places) override {
    if (!block) return write_nothing(dataset);
    auto const [first, lines] = plan_.lines_of(*block);
    std::array<hsize_t, 3> const start{plan_.height_of(*block), first, 0};
    std::array<hsize_t, 3> const count{1, lines, plan_.shape().fast};
    Hdf5Space const memory(H5Screate_simple(3, count.data(), nullptr), "make a space");
    auto const in_file = file_space(dataset, start.data(), count.data());
    transfer(dataset, memory, in_file, places.data());
  }

  void close() override {
    for (auto const& dataset : datasets_) hdf5_checked(H5Dclose(dataset.id), "close dataset " + dataset.layout.path);
    hdf5_checked(H5Pclose(transfer_), "close properties");
    hdf5_checked(H5Fclose(file_), "close the output");
    output_.closed();
  }

 private:
  struct Open {
    OutputDataset layout;
    hid_t id;
  };

  // The part of a chunk that lies inside the dataset, in calls of bounded size. Every rank makes the same number of calls.
  void write_chunk(std::size_t dataset, std::optional<std::size_t> block, std::size_t number, std::byte const* bytes) {
    auto const& target = datasets_[dataset].layout;
    std::size_t const rank = target.extent.size();
    std::vector<hsize_t> const chunk(target.chunk.begin(), target.chunk.end());
    hsize_t const line_bytes = target.elements_each() / chunk[line_axis] * size_of(target.type);
    hsize_t const lines_per_call = std::max<hsize_t>(1, largest_call / line_bytes);
    for (hsize_t line = 0; line < chunk[line_axis]; line += lines_per_call) {
      hsize_t const lines = block ? plan_.lines_of(*block).second : 0;
      if (line >= lines) {
        write_nothing(dataset);
        continue;
      }
      std::vector<hsize_t> inside(rank, 0), start(rank, 0), count(chunk);
      inside[line_axis] = line;
      start[0] = plan_.height_of(*block);
      start[line_axis] = plan_.lines_of(*block).first + line;
      count[line_axis] = std::min(lines_per_call, lines - line);
      std::size_t rest = number;  // of the chunks of a block those of the last axis come first
      for (std::size_t axis = rank; axis-- > bin_axis;) {
        std::size_t const chunks = (target.extent[axis] + target.chunk[axis] - 1) / target.chunk[axis];
        start[axis] = rest % chunks * chunk[axis];
        count[axis] = std::min<hsize_t>(chunk[axis], target.extent[axis] - start[axis]);
        rest /= chunks;
      }
      Hdf5Space const memory(H5Screate_simple(static_cast<int>(rank), chunk.data(), nullptr), "make a space");
      hdf5_checked(H5Sselect_hyperslab(memory.get(), H5S_SELECT_SET, inside.data(), nullptr, count.data(), nullptr), "select in memory");
      transfer(dataset, memory, file_space(dataset, start.data(), count.data()), bytes);
    }
  }

  Hdf5Space file_space(std::size_t dataset, hsize_t const* start, hsize_t const* count) const {
    Hdf5Space space(H5Dget_space(datasets_[dataset].id), "get the shape of " + datasets_[dataset].layout.path);
    hdf5_checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr), "select in " + datasets_[dataset].layout.path);
    return space;
  }

  // Takes part in a collective transfer with nothing to write.
  void write_nothing(std::size_t dataset) {
    if (!collective_) return;
    Hdf5Space const space(H5Dget_space(datasets_[dataset].id), "get the shape of " + datasets_[dataset].layout.path);
    hdf5_checked(H5Sselect_none(space.get()), "select nothing");
    std::byte const unused{};
    transfer(dataset, space, space, &unused);
  }

  void transfer(std::size_t dataset, Hdf5Space const& memory, Hdf5Space const& in_file, std::byte const* bytes) {
    auto const& target = datasets_[dataset];
    hdf5_checked(H5Dwrite(target.id, memory_type(target.layout.type), memory.get(), in_file.get(), transfer_, bytes), "write " + target.layout.path);
  }

  bool collective_;
  core::BlockPlan plan_;
  // Plain ids, not owners: see the declaration of make_hdf5_sink.
  OpenOutput output_;
  hid_t file_ = H5I_INVALID_HID;
  hid_t transfer_ = H5I_INVALID_HID;
  std::vector<Open> datasets_;
};

}  // namespace

std::unique_ptr<BlockSink> make_hdf5_sink(Communicator const& communicator, std::filesystem::path const& file, OutputLayout const& layout,
                                          core::BlockPlan const& plan, bool collective) {
  return std::make_unique<Hdf5Sink>(communicator, file, layout, plan, collective);
}

}  // namespace xrdct::io
