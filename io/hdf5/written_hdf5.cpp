// What happens to HDF5 files that are written: when they are closed, and what is left undone after
// a failure.
#include "io/hdf5/written_hdf5.hpp"

#include <fcntl.h>

#include <array>
#include <string>
#include <vector>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

bool abandoned = false;

struct Waiting {
  hid_t id;
  CloseCall close;
};
std::vector<Waiting> waiting;

// "/entry/title"; asked before it is closed.
std::string name_of(hid_t object) {
  std::array<char, 256> name{};
  return H5Iget_name(object, name.data(), name.size()) > 0 ? name.data() : "an object";
}

void close_waiting(std::filesystem::path const& file) {
  for (auto const [id, close] : std::exchange(waiting, {})) {
    auto const action = "write " + name_of(id) + " to " + file.string();
    hdf5_checked(close(id), action);
  }
}

}  // namespace

bool hdf5_was_abandoned() noexcept { return abandoned; }

std::string file_of(hid_t object) {
  std::array<char, 4096> name{};
  return H5Fget_name(object, name.data(), name.size()) > 0 ? name.data() : "a file";
}

OpenOutput::~OpenOutput() {
  if (!open_) return;
  abandoned = true;
  waiting.clear();  // never closed
}

// Without memory for one more id it stays open: the file's close then says that.
void close_with_file(hid_t id, CloseCall close) noexcept {
  try {
    waiting.push_back({id, close});
  } catch (...) {
    abandoned = true;
  }
}

WrittenFile::WrittenFile(std::filesystem::path const& file, hid_t access) : file_(file) {
  silence_hdf5();
  std::string const action = "create " + file.string();
  Hdf5Properties const creation(H5Pcreate(H5P_FILE_CREATE), action);
  hdf5_checked(H5Pset_obj_track_times(creation.get(), false), action);  // of the root group
  output_.opened();
  id_ = hdf5_checked(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation.get(), access), action);
  same_ = FileDescriptor(file, O_RDONLY);
}

void WrittenFile::close() {
  close_waiting(file_);
  std::string const action = "write " + file_.string();
  if (H5Fget_obj_count(id_, H5F_OBJ_ALL | H5F_OBJ_LOCAL) != 1)
    throw core::IoError({.what = action,
                         .expected = "all objects to be closed",
                         .found = "open ones",
                         .attempt = "run again"});
  // All that can fail for want of space fails here, where HDF5 still has a whole file; its close
  // would crash on the way.
  hdf5_checked(H5Fflush(id_, H5F_SCOPE_LOCAL), action);
  hdf5_checked(H5Fclose(id_), action);
  id_ = H5I_INVALID_HID;
  output_.closed();
  require_same_file(file_, same_);
  sync_file(file_);
}

}  // namespace xrdct::io
