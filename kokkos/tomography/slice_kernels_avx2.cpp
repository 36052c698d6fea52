// The loops of slices with AVX2.
#include "kokkos/tomography/slice_loops.hpp"

#if defined(__x86_64__)

namespace xrdct::kernels {
namespace {

typedef float Vector __attribute__((vector_size(32)));
constexpr int vectors_each = static_cast<int>(bins_of_vector * sizeof(float) / sizeof(Vector));

template <int Vectors>
struct Loops {
  using All = SliceLoops<Vector, Vectors * vectors_each>;

  [[gnu::target("avx2")]] static void back(Footprint footprint, RayBlock const& block,
                                           VoxelRun const& run) {
    All::back(footprint, block, run);
  }
  [[gnu::target("avx2")]] static void forward(Footprint footprint, RayBlock const& block,
                                              VoxelRun const& run) {
    All::forward(footprint, block, run);
  }
  [[gnu::target("avx2")]] static void variance(RayBlock const& block, VoxelRun const& run) {
    All::variance(block, run);
  }
  [[gnu::target("avx2")]] static void convolve(Line const& line) { All::convolve(line); }
  static SliceKernels kernels() { return {back, forward, variance, convolve}; }
};

}  // namespace

SliceKernels avx2_slice_kernels(std::size_t vectors) {
  switch (vectors) {
    case 1:
      return Loops<1>::kernels();
    case 2:
      return Loops<2>::kernels();
    case 3:
      return Loops<3>::kernels();
    default:
      return Loops<4>::kernels();
  }
}

}  // namespace xrdct::kernels
#else
namespace xrdct::kernels {

SliceKernels avx2_slice_kernels(std::size_t vectors) { return portable_slice_kernels(vectors); }

}  // namespace xrdct::kernels
#endif
