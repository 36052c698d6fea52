#pragma once
#include <cstdint>
#include <filesystem>

#include "app/scan/inputs.hpp"
#include "io/guard/input_files.hpp"
#include "io/guard/output_guard.hpp"

/// Which files a job reads and writes.
namespace xrdct::app {

/// Everything that `reduce` and `check` read for a job. Of what could not be opened the named files
/// alone.
io::InputFiles input_files(Inputs const& inputs);

/// The file that `reduce` writes, the target where the job names a link.
std::filesystem::path output_path(config::Job const& job);

/*!
 * Tries what `reduce` will do with its output; both `check` and `reduce` call it.
 * \param bytes of the output, where they are known
 * \param space how they are tried, see OutputGuard
 * \throws core::InputError, core::IoError
 */
void require_output(Inputs const& inputs, std::uint64_t bytes = 0,
                    io::OutputGuard::Space space = io::OutputGuard::Space::compared);

}  // namespace xrdct::app
