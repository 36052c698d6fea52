#pragma once
#include "app/images/image_frames.hpp"
#include "app/images/integrate_options.hpp"
#include "config/job/image_job.hpp"
#include "io/guard/input_files.hpp"

namespace xrdct::app {

/// Everything that `integrate` reads.
io::InputFiles input_files(IntegrateOptions const& options, config::ImageJob const& image,
                           ImageFrames const& frames);

}  // namespace xrdct::app
