// Owners of HDF5's ids, and its errors as exceptions.
#include "io/hdf5/hdf5_handle.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "io/files/file_kind.hpp"

namespace xrdct::io {
namespace {

// The drivers add time, descriptor, address and more to the reason, over two lines: "file write
// failed: time = …, error message = 'No space left …', …".
std::string without_details(std::string const& text) {
  constexpr std::string_view mark = "error message = '";
  auto const time = text.find(": time = "), reason = text.find(mark);
  if (time == std::string::npos || reason == std::string::npos) return text;
  auto const begin = reason + mark.size();
  return text.substr(0, time) + ": " + text.substr(begin, text.find('\'', begin) - begin);
}

herr_t collect(unsigned, H5E_error2_t const* error, void* target) {
  auto& texts = *static_cast<std::vector<std::string>*>(target);
  std::string text = without_details(error->desc == nullptr ? "" : error->desc);
  if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end())
    texts.push_back(std::move(text));
  return 0;
}

// What is wrong with a file that HDF5 could not open, in the words of this program. A file that is
// known to be of another kind is an error of the user, and thrown; one that is not known may be
// damaged.
core::Problem why_not_opened(std::filesystem::path const& file, std::string const& hdf5_text) {
  auto const problem = [&](std::string const& expected, std::string const& found,
                           std::string const& attempt) {
    return core::Problem{
        .what = "open " + file.string(), .expected = expected, .found = found, .attempt = attempt};
  };
  std::error_code failure;
  if (!std::filesystem::exists(file, failure))
    return problem("an HDF5 file", "no file", "check the path");
  if (std::filesystem::is_directory(file, failure))
    return problem("an HDF5 file", "a folder", "name a file in it");
  errno = 0;
  if (!std::ifstream(file, std::ios::binary)) {
    return problem("a readable file",
                   fmt::format("\"{}\"", std::strerror(errno == 0 ? EIO : errno)),
                   "check its permissions");
  }
  if (std::filesystem::file_size(file, failure) == 0)
    return problem("an HDF5 file", "an empty file", "copy it again");
  if (hdf5_text.find("truncated") != std::string::npos) {
    return problem("a whole file", fmt::format("a truncated one ({})", hdf5_text),
                   "wait until it is written, or copy it again");
  }
  if (hdf5_text.find("file signature not found") != std::string::npos) {
    auto const kind = file_kind_of(file);
    std::string const advice = "check that it is the right file, or copy it again";
    if (kind.empty()) return problem("an HDF5 file", "no HDF5 signature", advice);
    throw core::InputError(
        problem("an HDF5 file", fmt::format("{} and no HDF5 signature", kind), advice));
  }
  if (hdf5_text.find("already open for") != std::string::npos)
    return problem("a file that was closed",
                   fmt::format("one that a program is still writing, or that ended before it "
                               "closed it ({})",
                               hdf5_text),
                   "wait until it is written; where nobody writes it any more, h5clear -s FILE of "
                   "the HDF5 tools makes it readable");
  if (auto const advice = newer_hdf5_advice(hdf5_text); !advice.empty())
    return problem("an HDF5 file that can be read", "that " + advice, "");
  return problem("a whole HDF5 file", fmt::format("one that HDF5 refuses ({})", hdf5_text),
                 "copy it again");
}

// HDF5 would wait for somebody who writes into a pipe, and read a device.
void refuse_pipes_and_devices(std::filesystem::path const& file) {
  std::error_code failure;
  if (std::filesystem::is_other(std::filesystem::status(file, failure)))
    throw core::IoError({.what = "open " + file.string(),
                         .expected = "an HDF5 file",
                         .found = "a pipe, a socket or a device",
                         .attempt = "check the path"});
}

// HDF5 would keep up to 32 MiB of each file's chunk index, more of a longer scan, and these bytes
// as stored take up to six times as many in memory. Most entries are looked up once.
void keep_little_metadata(hid_t access) {
  H5AC_cache_config_t cache;
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  hdf5_checked(H5Pget_mdc_config(access, &cache), "read the size of HDF5's metadata cache");
  cache.set_initial_size = true;
  cache.initial_size = cache.max_size = std::size_t{128} << 10;
  cache.min_size = std::size_t{64} << 10;
  hdf5_checked(H5Pset_mdc_config(access, &cache), "limit HDF5's metadata cache");
}

}  // namespace

void silence_hdf5() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

std::string take_hdf5_errors() {
  std::vector<std::string> texts;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect, &texts);
  H5Eclear2(H5E_DEFAULT);
  std::string joined;
  for (auto const& text : texts) joined += (joined.empty() ? "" : "; ") + text;
  return joined.empty() ? "no reason given" : joined;
}

void throw_hdf5_error(std::string_view action) {
  auto const text = take_hdf5_errors();
  auto const advice = newer_hdf5_advice(text);
  throw core::IoError(
      "cannot " + std::string(action) + ": " +
      (advice.empty() ? "" : "expected a format that can be read, found that " + advice + "; ") +
      "HDF5 says \"" + text + "\"");
}

Hdf5Properties unlocked_file_access() {
  Hdf5Properties access(H5Pcreate(H5P_FILE_ACCESS), "make HDF5 file access properties");
  hdf5_checked(H5Pset_file_locking(access.get(), false, true), "switch off HDF5 file locking");
  return access;
}

Hdf5File open_hdf5_for_reading(std::filesystem::path const& file) {
  silence_hdf5();
  refuse_pipes_and_devices(file);
  // is never closed: HDF5 ends before the destructors of static objects
  static auto const* const access = [] {
    auto made = std::make_unique<Hdf5Properties>(unlocked_file_access());
    keep_little_metadata(made->get());
    return made.release();
  }();
  hid_t const id = H5Fopen(file.c_str(), H5F_ACC_RDONLY, access->get());
  if (id < 0) throw core::IoError(why_not_opened(file, take_hdf5_errors()));
  core::note_progress();
  return Hdf5File(id, "open " + file.string());
}

int descriptor_of(hid_t file) {
  // other drivers, which HDF5 may be told to take by the environment, have handles of other kinds
  static bool const has_descriptor = H5Pget_driver(unlocked_file_access().get()) == H5FD_SEC2;
  void* handle = nullptr;
  if (!has_descriptor || H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0 || handle == nullptr) {
    H5Eclear2(H5E_DEFAULT);
    return -1;
  }
  return *static_cast<int const*>(handle);
}

}  // namespace xrdct::io
