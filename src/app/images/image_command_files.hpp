#pragma once
#include "app/images/image_arguments.hpp"
#include "app/images/integrate_options.hpp"
#include "config/job/image_job.hpp"
#include "io/guard/input_files.hpp"

namespace xrdct::app {

/// Everything that `integrate` reads.
io::InputFiles input_files(IntegrateOptions const& options, config::ImageJob const& image,
                           ImageArguments const& frames);

}  // namespace xrdct::app
