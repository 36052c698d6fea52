// Passes over results and truths that lie among the files of a scan.
#include "app/files/scan_folder.hpp"

#include "io/guard/file_origin.hpp"
#include "io/simulated/truth_writer.hpp"

namespace xrdct::app {

std::string without_frames(std::filesystem::path const& file) {
  switch (io::origin_of(file)) {
    case io::FileOrigin::reduction:
    case io::FileOrigin::patterns:
    case io::FileOrigin::slices:
      return io::found_text(file);
    case io::FileOrigin::simulation:
      return io::texts_of_truth(file).empty() ? "" : "the truth of a simulated scan";
    case io::FileOrigin::nothing:
    case io::FileOrigin::unfinished:
    case io::FileOrigin::text:
    case io::FileOrigin::picture:
    case io::FileOrigin::log:
    case io::FileOrigin::other:
      break;
  }
  return {};
}

io::NamedFiles find_scan_files(std::vector<std::string> const& names,
                               std::filesystem::path const& folder, io::SeriesOf kind) {
  return io::find_files(names, folder, kind, without_frames);
}

}  // namespace xrdct::app
