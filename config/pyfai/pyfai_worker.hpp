#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "config/job/image_job.hpp"

namespace xrdct::config {

/*!
 * Reads a configuration of pyFAI's Worker as JSON, version 3, 4 or 5: what `pyFAI-integrate`,
 * `Worker.save_config` and `pyFAI-diffmap` write.
 *
 * Keys that have no meaning here are noted in `notes`, each with the reason; unknown ones are
 * problems. Paths are relative to `folder`.
 * \throws core::InputError all problems at once, each `<file>: $.key: expected X, found Y; <what to
 * try>`
 */
ImageJob read_pyfai_worker(std::filesystem::path const& file);
ImageJob parse_pyfai_worker(std::string_view text, std::string const& file_name,
                            std::filesystem::path const& folder);

}  // namespace xrdct::config
