#pragma once
#include <memory>
#include <string>

#include "io/simulated/scan_files.hpp"

/// The layouts one by one. Internal to io/simulated.
namespace xrdct::io {

/// Values of a dataset in the files of the frames.
inline core::ValueName in_dataset(std::string const& dataset) {
  core::ValueName name;
  name.dataset = dataset;
  return name;
}

std::unique_ptr<ScanFiles> single_scan(ScanContent content);
std::unique_ptr<ScanFiles> eiger_scan(ScanContent content);
std::unique_ptr<ScanFiles> bliss_scan(ScanContent content);
std::unique_ptr<ScanFiles> maxiv_scan(ScanContent content);
std::unique_ptr<ScanFiles> cbf_scan(ScanContent content);

}  // namespace xrdct::io
