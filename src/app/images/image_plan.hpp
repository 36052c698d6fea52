#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/images/image_arguments.hpp"
#include "config/calibration/poni.hpp"
#include "config/job/image_job.hpp"
#include "core/matrix/plan_building.hpp"
#include "core/matrix/reduction_plan.hpp"
#include "kokkos/frame_reducer.hpp"

namespace xrdct::app {

/*!
 * Plans for images, built once for all images of one shape; another type of pixel takes the same
 * matrix.
 *
 * Memory: that of a plan and a reducer for each shape and encoding that comes.
 */
class ImagePlans {
 public:
  struct Prepared {
    core::ReductionPlan plan;
    core::MaskedPixels masked;                     //!< why pixels are masked
    io::WideInteger wide = io::WideInteger::none;  //!< of its frames
    std::unique_ptr<kernels::FrameReducer> reducer;
  };
  /// Reads the calibration; warnings go to stderr. \throws core::InputError
  explicit ImagePlans(config::ImageJob const& image);
  /// \throws core::InputError, core::IoError: masks and other images that do not fit, an empty
  /// range …
  Prepared& of(StoredFrame const& frame);
  std::string const& poni_text() const noexcept { return poni_.text; }
  core::Calibration const& calibration() const noexcept { return poni_.calibration; }
  /// A mask, dark … could not be read: no image can be integrated.
  bool is_hopeless() const noexcept { return is_hopeless_; }

 private:
  void build(StoredFrame const& frame, Prepared& prepared);

  config::ImageJob const& image_;
  config::PoniFile poni_;
  std::vector<std::unique_ptr<Prepared>> prepared_;
  bool is_hopeless_ = false;
};

}  // namespace xrdct::app
