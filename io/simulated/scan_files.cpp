// Chooses the layout of the files of a simulated scan.
#include "io/simulated/scan_files.hpp"

#include "io/simulated/frame_chunks.hpp"
#include "io/simulated/layouts.hpp"

namespace xrdct::io {

std::size_t ScanFiles::frame_bytes(DrawFrame const& draw, std::int64_t frame) const {
  return encoded_frame(content().description, draw, frame).size();
}

std::unique_ptr<ScanFiles> scan_files(ScanLayout layout, ScanContent content) {
  switch (layout) {
    case ScanLayout::single:
      return single_scan(std::move(content));
    case ScanLayout::eiger:
      return eiger_scan(std::move(content));
    case ScanLayout::bliss:
      return bliss_scan(std::move(content));
    case ScanLayout::maxiv:
      return maxiv_scan(std::move(content));
    case ScanLayout::cbf:
      return cbf_scan(std::move(content));
  }
  return {};
}

}  // namespace xrdct::io
