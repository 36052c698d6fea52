// Finds the files and the dataset of the frames that a job names.
#include "app/scan/scan_source.hpp"

#include <utility>

#include "app/files/scan_folder.hpp"

namespace xrdct::app {
namespace {

/// What a job names; where it does not say whether they are images, a folder may hold either.
io::NamedFiles files_of(config::Job const& job) {
  auto const& dataset = job.scan.dataset;
  auto const kind = !dataset           ? io::SeriesOf::any
                    : dataset->empty() ? io::SeriesOf::images
                                       : io::SeriesOf::hdf5;
  return find_scan_files(job.scan.files, job.folder, kind);
}

}  // namespace

std::unique_ptr<io::FrameSource> open_source(config::Job& job, std::vector<std::string>& warnings,
                                             FoundSource const& found) {
  if (!found.text.empty()) {
    job.scan.dataset = found.dataset;
    return io::open_found(found.text);
  }
  auto files = files_of(job);
  warnings.insert(warnings.end(), files.warnings.begin(), files.warnings.end());
  auto& dataset = job.scan.dataset;
  if (!dataset) dataset = io::dataset_of_frames(files.names[0]);
  auto source = io::open_frames(
      std::move(files.names), *dataset,
      job.scan.verify_md5 ? io::Checksums::verified : io::Checksums::left_out, without_frames);
  for (auto const& remark : source->remarks()) warnings.push_back(remark);
  return source;
}

}  // namespace xrdct::app
