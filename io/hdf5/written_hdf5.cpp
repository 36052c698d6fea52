// What happens to HDF5 files that are written: when they are closed, and what is left undone after
// a failure.
#include "io/hdf5/written_hdf5.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
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

struct Name {
  std::string of_hdf5, of_file;
};
std::vector<Name> later_names;  // of files that got their name while they were open

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
  if (H5Fget_name(object, name.data(), name.size()) <= 0) return "a file";
  auto const known = std::find_if(later_names.begin(), later_names.end(),
                                  [&](Name const& each) { return each.of_hdf5 == name.data(); });
  return known == later_names.end() ? name.data() : known->of_file;
}

HiddenFile::~HiddenFile() {
  std::error_code none;
  if (!file_.empty()) std::filesystem::remove(file_, none);
}

void HiddenFile::rename_to(std::filesystem::path const& name) {
  rename_durably(file_, name);
  file_.clear();
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
  create(file, access);
}

WrittenFile WrittenFile::named_later(std::filesystem::path const& file, hid_t access) {
  WrittenFile written;
  written.file_ = file;
  written.hidden_ = HiddenFile(new_file_beside(file).first);
  auto const& at = written.hidden_.file();
  std::erase_if(later_names, [&](Name const& each) { return each.of_hdf5 == at.string(); });
  later_names.push_back({at.string(), file.string()});
  written.create(at, access);
  return written;
}

void WrittenFile::take_name() {
  hdf5_checked(H5Fflush(id_, H5F_SCOPE_LOCAL), "flush " + file_.string());
  hidden_.rename_to(file_);
}

void WrittenFile::create(std::filesystem::path const& at, hid_t access) {
  silence_hdf5();
  std::string const action = "create " + file_.string();
  Hdf5Properties const creation(H5Pcreate(H5P_FILE_CREATE), action);
  hdf5_checked(H5Pset_obj_track_times(creation.get(), false), action);  // of the root group
  output_.opened();
  id_ = hdf5_checked(H5Fcreate(at.c_str(), H5F_ACC_TRUNC, creation.get(), access), action);
  same_ = FileDescriptor(at, O_RDONLY);
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
