#pragma once
#include <functional>
#include <string>

#include "config/job/job.hpp"
#include "core/detector/calibration.hpp"
#include "io/guard/input_files.hpp"

/// The files that a calibration names, among the inputs of a command.
namespace xrdct::app {

/// The path of a file that a job or a command names.
using ResolvePath = std::function<std::string(std::string const& path)>;

/// The distortion and the detector.
void add_detector(io::InputFiles& files, core::DetectorChoice const& detector);

/// Masks, dark, flat, variances and absorption.
void add_images(io::InputFiles& files, config::CalibrationFiles const& calibration,
                ResolvePath const& resolve);

}  // namespace xrdct::app
