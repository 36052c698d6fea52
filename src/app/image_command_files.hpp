#pragma once
#include "app/image_frames.hpp"
#include "app/integrate_options.hpp"
#include "config/image_job.hpp"
#include "io/input_files.hpp"

namespace xrdct::app {

/// Everything that `integrate` reads.
io::InputFiles input_files(IntegrateOptions const& options, config::ImageJob const& image, ImageFrames const& frames);

}  // namespace xrdct::app
