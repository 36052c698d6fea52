#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/space/card_memory.hpp"

namespace xrdct::kernels {

/// Whether a reduction needs all pixels of a bin together; otherwise its sums are sparse products.
bool needs_whole_bins(core::Reduction const& reduction);

/// How the teams of a kernel are laid out. The sums depend on `threads` alone.
struct TeamSettings {
  int threads = 1;  //!< of a team; on a host 1: then the pixels are summed up one after the other,
                    //!< as the specification does
  /// fast memory of a team; bins that do not fit are worked on in global memory
  std::size_t scratch_bytes = 0;
  std::size_t workspace_bytes = 0;  //!< most that is taken of global memory, but enough for one bin

  /// What suits the default execution space.
  static TeamSettings of_space();
};

/*!
 * Reduces decoded frames by the methods that need a bin's pixels together, on the default execution
 * space (a GPU where there is one).
 *
 * A team of threads takes one bin of one frame at a time: gathers its pixels into memory of its own
 * and goes through them as often as the method asks. No atomics, a fixed order: a frame's sums do
 * not depend on its batch. On a host it is the order of `core::reference_reduce`, so that both keep
 * the same pixels even where rounding decides. Memory: per reduction 12 B per entry; 4 B per pixel
 * for each image of the corrections; for each frame at once 1 B per pixel where the method rejects
 * pixels, 48 B per bin, and on a device, from the first `load` on, 4 B per pixel; for each team at
 * once 12 … 36 B per pixel of the longest bin.
 */
class BinReducer {
 public:
  /// \param plan has to outlive this
  /// \param width most frames at once
  BinReducer(core::ReductionPlan const& plan, std::size_t width,
             TeamSettings const& settings = TeamSettings::of_space());
  ~BinReducer();
  BinReducer(BinReducer const&) = delete;
  BinReducer& operator=(BinReducer const&) = delete;

  /// Takes the next frames; has to outlive their reduction.
  /// \param raw [column][pixel] NaN where invalid
  void load(std::span<float const> raw);
  /// The same for frames that lie in the memory of the execution space already.
  void use(float const* raw);

  /*!
   * Writes the sums, and moves pixels that no bin keeps from `used` to `rejected`.
   * \param reduction one that needs whole bins
   * \param frames    [column] places in the batch; those that are not good are passed over
   */
  void reduce(std::size_t reduction, std::span<std::size_t const> frames, core::ReducedBatch& out);

  EngineMemory memory() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::kernels
