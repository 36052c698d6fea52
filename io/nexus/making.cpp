// Reads back what a reduction says of how it was made.
#include "io/nexus/making.hpp"

#include <fmt/core.h>
#include <hdf5.h>

#include <cstdint>
#include <utility>

#include "core/scan/common_pattern.hpp"
#include "core/words/errors.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "io/nexus/nexus.hpp"

namespace xrdct::io {
namespace {

Making read_making(hid_t process) {
  Making making{.program = {read_text(process, "version"), read_text(process, "revision"),
                            read_text(process, "engine"), read_text(process, "backend")},
                .job = read_text(process, "job/data"),
                .poni = read_text(process, "poni/data"),
                .inputs = {}};
  if (H5Lexists(process, "inputs", H5P_DEFAULT) <= 0) return making;
  for (auto& path : read_texts(process, "inputs/path")) making.inputs.push_back({std::move(path)});
  Hdf5Dataset const sizes(H5Dopen2(process, "inputs/bytes", H5P_DEFAULT), "open inputs/bytes");
  Hdf5Space const space(H5Dget_space(sizes.get()), "get the shape of inputs/bytes");
  std::vector<std::int64_t> bytes(making.inputs.size());
  bool const right =
      H5Sget_simple_extent_npoints(space.get()) == static_cast<hssize_t>(making.inputs.size());
  if (!right ||
      H5Dread(sizes.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    throw core::IoError({.what = "read the input files of a result",
                         .expected = "a size for each path",
                         .found = "others"});
  for (std::size_t i = 0; i < bytes.size(); ++i) making.inputs[i].bytes = bytes[i];
  return making;
}

}  // namespace

std::vector<InputFile> listed_inputs(std::vector<InputFile> const& files) {
  if (files.size() <= core::most_files_listed) return files;
  core::TextHash hash;
  std::vector<std::string> names;
  std::int64_t bytes = 0;
  for (auto const& file : files) {
    hash.add(file.path);
    hash.add(std::to_string(file.bytes));
    names.push_back(file.path);
    bytes += file.bytes;
  }
  return {{fmt::format("{} ({} files, hash {})", core::common_pattern(names), files.size(),
                       hash.hexadecimal()),
           bytes}};
}

Making making_of_output(std::filesystem::path const& file) {
  auto const open = open_hdf5_for_reading(file);
  Hdf5Group const process(H5Gopen2(open.get(), "/entry/process", H5P_DEFAULT),
                          "open /entry/process in " + file.string());
  return read_making(process.get());
}

}  // namespace xrdct::io
