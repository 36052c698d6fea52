// Who wrote a file: what the right to replace it rests on.
#include "io/guard/file_origin.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include "io/files/durable_file.hpp"
#include "io/guard/own_content.hpp"
#include "io/guard/picture_signature.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "io/nexus/nexus.hpp"

namespace xrdct::io {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view program = "xrdct";

// Holds the marks of every format but SVG and PDF: those of HDF5 are metadata, written first.
constexpr std::size_t beginning = std::size_t{1} << 20;
constexpr std::size_t largest_picture = std::size_t{1} << 26;

// Never blocks, also where somebody put a pipe in place of the file meanwhile.
std::string first_bytes(std::filesystem::path const& file, std::size_t most) {
  int const descriptor = open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return {};
  struct stat status;
  bool const known = fstat(descriptor, &status) == 0 && status.st_size > 0;
  std::string bytes(known ? std::min(most, static_cast<std::size_t>(status.st_size)) : 0, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    ssize_t const got = read(descriptor, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  close(descriptor);
  bytes.resize(size);
  return bytes;
}

bool is_hard_link(hid_t file, char const* path) {
  H5L_info_t info;
  return H5Lexists(file, path, H5P_DEFAULT) > 0 &&
         H5Lget_info(file, path, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

// A string of fixed length, as this program writes them; "" for another type or a longer one.
template <class Read>
std::string short_text(hid_t type, Read const& read) {
  constexpr std::size_t most = 64;
  if (type < 0 || H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 ||
      H5Tget_size(type) > most)
    return {};
  std::string text(H5Tget_size(type), '\0');
  if (read(text.data()) < 0) return {};
  return text.substr(0, text.find('\0'));
}

std::string creator_of(hid_t file) {
  if (H5Aexists(file, "creator") <= 0) return {};
  Hdf5Attribute const attribute(H5Aopen(file, "creator", H5P_DEFAULT), "open creator");
  Hdf5Space const space(H5Aget_space(attribute.get()), "read creator");
  Hdf5Type const type(H5Aget_type(attribute.get()), "read creator");
  if (H5Sget_simple_extent_npoints(space.get()) != 1) return {};
  return short_text(type.get(), [&](char* to) { return H5Aread(attribute.get(), type.get(), to); });
}

// A link of another file to a result, or a result that was copied beside other things, makes that
// file no result.
std::string program_of(hid_t file) {
  H5G_info_t root;
  if (H5Gget_info(file, &root) < 0 || root.nlinks != 1) return {};
  for (auto const* path : {"entry", "entry/process", "entry/process/program"})
    if (!is_hard_link(file, path)) return {};
  hid_t const id = H5Dopen2(file, "entry/process/program", H5P_DEFAULT);
  if (id < 0) return {};
  Hdf5Dataset const dataset(id, "open program");
  Hdf5Space const space(H5Dget_space(id), "read program");
  Hdf5Type const type(H5Dget_type(id), "read program");
  if (H5Sget_simple_extent_npoints(space.get()) != 1) return {};
  return short_text(type.get(), [&](char* to) {
    return H5Dread(id, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
  });
}

FileOrigin origin_of_hdf5(std::filesystem::path const& file, std::string_view start) {
  silence_hdf5();
  auto const access = unlocked_file_access();
  hid_t const id = H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get());
  if (id < 0) {
    take_hdf5_errors();
    bool const signed_so = start.find(simulation_creator) != std::string_view::npos &&
                           start.find("creator"sv) != std::string_view::npos;
    if (signed_so) return FileOrigin::simulation;
    return looks_like_unfinished_result(start) ? FileOrigin::unfinished : FileOrigin::other;
  }
  Hdf5File const open(id, "open " + file.string());
  try {
    if (creator_of(id) == simulation_creator)
      return holds_simulation_alone(id) ? FileOrigin::simulation : FileOrigin::other;
    if (program_of(id) != program || !holds_results_alone(id)) return FileOrigin::other;
    if (is_hard_link(id, "entry/conditioning")) return FileOrigin::slices;
    return is_hard_link(id, "entry/process/command") ? FileOrigin::patterns : FileOrigin::reduction;
  } catch (std::exception const&) {
    return FileOrigin::other;
  }
}

bool is_own_log(std::string_view text) {
  for (std::string_view const word : {"{"sv, "\"program\""sv, ":"sv, "\"xrdct\""sv}) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
  }
  return true;
}

}  // namespace

FileOrigin origin_of(std::filesystem::path const& file) {
  struct stat status;
  if (stat(file.c_str(), &status) != 0)
    return errno == ENOENT || errno == ENOTDIR ? FileOrigin::nothing : FileOrigin::other;
  if (!S_ISREG(status.st_mode)) return FileOrigin::other;
  std::string const start = first_bytes(file, beginning);
  if (start.starts_with("\x89HDF\r\n\x1a\n"sv)) return origin_of_hdf5(file, start);
  if (start.starts_with("\x89PNG\r\n\x1a\n"sv))
    return is_own_png(start) ? FileOrigin::picture : FileOrigin::other;
  if (start.starts_with("<?xml"sv) || start.starts_with("%PDF-"sv)) {
    bool const own = is_signed_by_last_line(first_bytes(file, largest_picture));
    return own ? FileOrigin::picture : FileOrigin::other;
  }
  if (start.starts_with("###CBF"sv)) {
    bool const own = is_signed_by_last_line(first_bytes(file, largest_picture));
    return own ? FileOrigin::simulation : FileOrigin::other;
  }
  if (is_own_log(start)) return FileOrigin::log;
  return is_written_text(start) ? FileOrigin::text : FileOrigin::other;
}

std::string found_text(std::filesystem::path const& file) {
  switch (origin_of(file)) {
    case FileOrigin::nothing:
      return "nothing";
    case FileOrigin::reduction:
      return "a result of xrdct reduce";
    case FileOrigin::slices:
      return "slices of xrdct reconstruct";
    case FileOrigin::patterns:
      return "patterns of xrdct integrate";
    case FileOrigin::simulation:
      return "a file of xrdct simulate";
    case FileOrigin::unfinished:
      return "a file of xrdct that is not finished";
    case FileOrigin::text:
      return "a text of xrdct";
    case FileOrigin::picture:
      return "a picture of xrdct";
    case FileOrigin::log:
      return "a log of xrdct";
    case FileOrigin::other:
      break;
  }
  std::error_code ignored;
  auto const type = std::filesystem::status(file, ignored).type();
  if (type == std::filesystem::file_type::regular)
    return "a file that xrdct did not write, or to which something was added";
  if (type == std::filesystem::file_type::directory) return "a folder";
  if (type == std::filesystem::file_type::fifo) return "a pipe";
  if (type == std::filesystem::file_type::socket) return "a socket";
  if (type == std::filesystem::file_type::block || type == std::filesystem::file_type::character)
    return "a device";
  return "something that is no file";
}

}  // namespace xrdct::io
