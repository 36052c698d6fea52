#pragma once
#include <cstdint>
#include <filesystem>

#include "app/image_frames.hpp"
#include "app/inputs.hpp"
#include "app/integrate_options.hpp"
#include "config/image_job.hpp"
#include "io/input_files.hpp"
#include "io/output_guard.hpp"

/// Which files the commands read and write.
namespace xrdct::app {

/// Everything that `reduce` and `check` read for a job. Of what could not be opened the named files alone.
io::InputFiles input_files(Inputs const& inputs);

/// Everything that `integrate` reads.
io::InputFiles input_files(IntegrateOptions const& options, config::ImageJob const& image, ImageFrames const& frames);

/// The file that `reduce` writes, the target where the job names a link.
std::filesystem::path output_path(config::Job const& job);

/*!
 * Tries what `reduce` will do with its output; both `check` and `reduce` call it.
 * \param bytes of the output, where they are known   \param space how they are tried, see OutputGuard
 * \throws core::InputError, core::IoError
 */
void require_output(Inputs const& inputs, std::uint64_t bytes = 0, io::OutputGuard::Space space = io::OutputGuard::Space::compared);

/// Makes sure that `view` may write a picture, or a text. \throws core::InputError, core::IoError
void require_drawing(std::filesystem::path const& viewed, std::filesystem::path const& output, bool text);

}  // namespace xrdct::app
