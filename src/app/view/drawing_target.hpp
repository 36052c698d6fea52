#pragma once
#include <filesystem>

namespace xrdct::app {

/// Makes sure that `view` may write a picture, or a text. \throws core::InputError, core::IoError
void require_drawing(std::filesystem::path const& viewed, std::filesystem::path const& output,
                     bool text);

}  // namespace xrdct::app
