#pragma once

namespace xrdct::io {

/// How a picture is stored: as pixels, or as lines for a page.
enum class PictureFormat { png, svg, pdf };

}  // namespace xrdct::io
