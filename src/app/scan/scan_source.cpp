// Finds the files and the dataset of the frames that a job names.
#include "app/scan/scan_source.hpp"

#include <optional>
#include <utility>

#include "core/words/errors.hpp"
#include "io/files/file_patterns.hpp"

namespace xrdct::app {
namespace {

/// The files of one kind; nothing where there are none.
std::optional<io::NamedFiles> try_files(config::Job const& job, io::SeriesOf kind) {
  try {
    return io::find_files(job.scan.files, job.folder, kind);
  } catch (core::InputError const&) {
    return {};
  }
}

/// The files where a job does not say whether they are images: a folder may hold either.
io::NamedFiles files_of_any_kind(config::Job const& job) {
  auto hdf5 = try_files(job, io::SeriesOf::hdf5);
  if (!hdf5) return io::find_files(job.scan.files, job.folder, io::SeriesOf::images);
  auto const images = try_files(job, io::SeriesOf::images);
  if (images && images->names[0] != hdf5->names[0]) {
    throw core::InputError(
        {.what = "choose the files of the scan",
         .expected = "images or HDF5 files",
         .found = "both, such as " + images->names[0] + " and " + hdf5->names[0],
         .attempt = "name scan.dataset, or give \"dataset\": \"\" for the images"});
  }
  return std::move(*hdf5);
}

io::NamedFiles files_of(config::Job const& job) {
  auto const& dataset = job.scan.dataset;
  if (!dataset) return files_of_any_kind(job);
  return io::find_files(job.scan.files, job.folder,
                        dataset->empty() ? io::SeriesOf::images : io::SeriesOf::hdf5);
}

}  // namespace

std::unique_ptr<io::FrameSource> open_source(config::Job& job, std::vector<std::string>& warnings) {
  auto files = files_of(job);
  warnings.insert(warnings.end(), files.warnings.begin(), files.warnings.end());
  auto& dataset = job.scan.dataset;
  if (!dataset) dataset = io::dataset_of_frames(files.names[0]);
  auto source =
      io::open_frames(std::move(files.names), *dataset,
                      job.scan.verify_md5 ? io::Checksums::verified : io::Checksums::left_out);
  for (auto const& remark : source->remarks()) warnings.push_back(remark);
  return source;
}

}  // namespace xrdct::app
