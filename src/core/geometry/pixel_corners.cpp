// The corners of pixels in radial and azimuthal coordinates, across the seam of the azimuth.
#include "core/geometry/pixel_corners.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/words/errors.hpp"

namespace xrdct::core {

PixelCorners::PixelCorners(std::vector<float> values, std::size_t columns, std::size_t count,
                           bool is_shared)
    : values_(std::move(values)), columns_(columns), count_(count), is_shared_(is_shared) {}

PixelCorners PixelCorners::shared(FrameShape shape, std::vector<float> values) {
  XRDCT_ASSERT(values.size() == (shape.rows + 1) * (shape.columns + 1));
  return {std::move(values), shape.columns, 4, true};
}

PixelCorners PixelCorners::separate(FrameShape shape, std::vector<float> values) {
  std::size_t const count = values.size() / shape.pixels();
  XRDCT_ASSERT(count >= 3 && count <= CornerValues::most &&
               values.size() == count * shape.pixels());
  return {std::move(values), shape.columns, count, false};
}

CornerValues PixelCorners::of(std::size_t pixel) const noexcept {
  CornerValues corners;
  corners.count = count_;
  if (is_shared_) {
    std::size_t const a = pixel / columns_ * (columns_ + 1) + pixel % columns_,
                      b = a + columns_ + 1;
    corners.value = {values_[a], values_[b], values_[b + 1], values_[a + 1], 0.0, 0.0};
  } else {
    std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(pixel * count_), count_,
                corners.value.begin());
  }
  return corners;
}

std::array<double, 4> PixelCorners::quadrilateral(std::size_t pixel) const {
  if (count_ != 4)
    throw InputError(
        {.what = "share pixels by their area",
         .expected = "pixels with 4 corners",
         .found = std::to_string(count_),
         .attempt = "use the splitting \"bounding_box\" or \"none\" with this detector"});
  auto const corners = of(pixel);
  return {corners.value[0], corners.value[1], corners.value[2], corners.value[3]};
}

double half_width(double center, CornerValues const& corners) {
  double width = 0.0;
  for (double const corner : corners) width = std::max(width, std::abs(corner - center));
  return width;
}

}  // namespace xrdct::core
