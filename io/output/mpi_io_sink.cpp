// Blocks of the output through MPI-IO. Every result is looked at: which part of MPI writes, and
// what it tells, see mpi_io_choice.hpp.
#include <fmt/core.h>
#include <mpi.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/words/errors.hpp"
#include "io/hdf5/written_hdf5.hpp"
#include "io/output/block_sink.hpp"
#include "io/ranks/mpi_handle.hpp"

namespace xrdct::io {
namespace {

// Counts of MPI are int, and some file systems fail above 2 GiB; smaller calls cost nothing.
constexpr std::size_t largest_call = std::size_t{64} << 20;

[[noreturn]] void fail(std::string const& action, std::filesystem::path const& file,
                       std::string const& found) {
  throw core::IoError({.what = fmt::format("{} {}", action, file.string()),
                       .expected = "MPI-IO to do it",
                       .found = found,
                       .attempt = "check the space and the state of the file system, then run "
                                  "again, or try --writer direct"});
}

std::string text_of(int code) {
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS)
    return fmt::format("error {}", code);
  std::string words(text.data(), static_cast<std::size_t>(length));
  std::replace(words.begin(), words.end(), '\n', ' ');
  return "\"" + words + "\"";
}

void checked(int code, std::string const& action, std::filesystem::path const& file) {
  if (code != MPI_SUCCESS) fail(action, file, text_of(code));
}

// ROMIO in its default settings loses data where ranks have little or nothing to write
// (pmodels/mpich#4956): it must neither read, change and write back, nor choose by itself when to
// collect.
MPI_Info make_hints() {
  MPI_Info hints = MPI_INFO_NULL;
  MPI_Info_create(&hints);
  MPI_Info_set(hints, "romio_ds_write", "disable");
  MPI_Info_set(hints, "romio_cb_write", "enable");
  return hints;
}

// OMPIO opens two files per rank for shared file pointers, which nobody uses, beside the output and
// takes them away when it closes that. So that a run that is ended leaves none, they lose their
// names now.
void remove_side_files(std::filesystem::path const& file, int rank) {
  std::error_code none;
  for (std::string const kind : {".data.", ".metadata."})
    std::filesystem::remove(fmt::format("{}{}{}", file.string(), kind, rank), none);
}

class MpiIoSink final : public BlockSink {
 public:
  MpiIoSink(Communicator const& communicator, std::filesystem::path const& file, bool collective)
      : file_(file), collective_(collective) {
    // Errors of files are returned, not fatal: so the standard wants it, and so it is made sure.
    checked(MPI_File_set_errhandler(MPI_FILE_NULL, MPI_ERRORS_RETURN), "open", file_);
    MPI_Info hints = make_hints();
    int const opened =
        MPI_File_open(communicator.native().world, file_.c_str(), MPI_MODE_RDWR, hints, &handle_);
    MPI_Info_free(&hints);
    checked(opened, "open", file_);
    output_.opened();
    remove_side_files(file_, communicator.rank());
    checked(MPI_File_set_errhandler(handle_, MPI_ERRORS_RETURN), "open", file_);
  }

  void write(std::uint64_t address, std::span<std::byte const> bytes,
             std::size_t largest) override {
    XRDCT_ASSERT(bytes.size() <= largest);
    for (std::size_t begin = 0; begin < (collective_ ? largest : bytes.size());
         begin += largest_call) {
      std::size_t const from = std::min(begin, bytes.size());
      write_piece(address + from, bytes.subspan(from, std::min(largest_call, bytes.size() - from)));
    }
  }

  // Both calls are collective: a rank that leaves after the first would keep the others waiting in
  // the second.
  void close() override {
    int const synced = MPI_File_sync(handle_);
    int const closed = MPI_File_close(&handle_);
    checked(synced, "sync", file_);
    checked(closed, "close", file_);
    output_.closed();
  }

 private:
  void write_piece(std::uint64_t address, std::span<std::byte const> bytes) {
    auto const offset = static_cast<MPI_Offset>(address);
    auto const asked = static_cast<int>(bytes.size());
    auto const call = collective_ ? MPI_File_write_at_all : MPI_File_write_at;
    MPI_Status status{};
    checked(call(handle_, offset, bytes.data(), asked, MPI_BYTE, &status), "write to", file_);
    int written = 0;
    checked(MPI_Get_count(&status, MPI_BYTE, &written), "count the bytes written to", file_);
    if (written != asked)
      fail("write to", file_, fmt::format("{} of {} bytes written", written, asked));
  }

  std::filesystem::path file_;
  bool collective_;
  OpenOutput output_;
  MPI_File handle_ = MPI_FILE_NULL;
};

}  // namespace

std::unique_ptr<BlockSink> make_mpi_io_sink(Communicator const& communicator,
                                            std::filesystem::path const& file, bool collective) {
  return std::make_unique<MpiIoSink>(communicator, file, collective);
}

}  // namespace xrdct::io
