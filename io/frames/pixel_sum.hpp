#pragma once
#include <cstddef>
#include <span>

#include "core/words/words.hpp"

namespace xrdct::io {

/// Σ of stored pixels that are valid by their type. \param encoding without a filter
double sum_of_pixels(std::span<std::byte const> pixels, core::FrameEncoding const& encoding);

}  // namespace xrdct::io
