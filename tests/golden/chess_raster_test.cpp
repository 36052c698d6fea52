#include "io/image_file.hpp"
#include "tests/golden/real_data.hpp"

namespace xrdct::golden {
namespace {

/// A raster of 8 × 6 points, three Pilatus detectors at once: bitshuffle-LZ4, PIL11 turned by 90°.
class ChessRaster : public RealData {
 protected:
  void expect(std::string const& detector) const {
    RealScan scan{data("chess-raster/saxswaxs_test_2d_repacked_bslz4.h5"), detector + "/data", data("chess-raster/" + detector + ".poni"), {}};
    for (double value : io::read_image(data("chess-raster/" + detector + ".tif").string()).pixels) scan.mask.push_back(value != 0.0 ? 1 : 0);
    std::pair<char const*, core::Splitting> const splittings[] = {
        {"no", core::Splitting::none}, {"bbox", core::Splitting::bounding_box}, {"full", core::Splitting::full}};
    for (auto const& [name, splitting] : splittings) {
      auto const plan = plan_of(scan, {.unit = core::Unit::q_A, .bins = 500, .splitting = splitting, .radial_range = {}});
      for (auto engine : {kernels::Engine::fused, kernels::Engine::spmm}) {
        auto const sums = reduce_all(scan, plan, engine);
        EXPECT_EQ(sums.frames, 48u);
        Comparison comparison(detector + " " + name + (engine == kernels::Engine::fused ? " fused" : " spmm"));
        compare_with_reference(reference(), "chess-raster/" + detector + "/" + name, plan, sums, splitting, comparison);
      }
    }
  }
};

TEST_F(ChessRaster, Pil5EveryFrameAndSplitting) { expect("PIL5"); }
TEST_F(ChessRaster, Pil9EveryFrameAndSplitting) { expect("PIL9"); }
TEST_F(ChessRaster, Pil11EveryFrameAndSplitting) { expect("PIL11"); }

}  // namespace
}  // namespace xrdct::golden
