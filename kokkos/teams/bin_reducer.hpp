#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/space/card_memory.hpp"
#include "kokkos/teams/coded_frames.hpp"

namespace xrdct::kernels {

/// Whether a reduction needs all pixels of a bin together; otherwise its sums are sparse products.
bool needs_whole_bins(core::Reduction const& reduction);
/// Whether the pixels of a bin have to be ordered: workspace is taken for that alone.
bool has_quantiles(core::Reduction const& reduction);

/// How the teams of a kernel are laid out. The sums depend on `threads` alone.
struct TeamSettings {
  int threads = 1;  //!< of a team; on a host 1: then the pixels are summed up one after the other,
                    //!< as the specification does
  /// most that is taken for keys of pixels, but enough for one bin
  std::size_t workspace_bytes = 0;

  /// What suits the default execution space.
  static TeamSettings of_space();
};

/*!
 * Reduces decoded frames by the methods that need a bin's pixels together, on the default execution
 * space (a GPU where there is one).
 *
 * A team of threads takes one bin of four frames at a time, and goes through its pixels where they
 * lie as often as the method asks; what is kept is a range of their values. For quantiles a team
 * first finds that range for each frame. No atomics, a fixed order: a frame's sums do not depend on
 * its batch. On a host it is the order of `core::reference_reduce`, so that both keep the same
 * pixels even where rounding decides. Memory: per reduction 12 B per entry; 4 B per pixel for each
 * image of the corrections; for each frame at once 1 B per pixel where a method rejects pixels, two
 * sets of 48 B per bin and reduction, 40 B per bin for quantiles, and from the first `load` on 1 B
 * per pixel, on a device 5 B; for quantiles 8 B per pixel of the longest bin for each team at once.
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
  /// The same for frames that were judged in the memory of the execution space.
  void use(CodedFrames const& frames);

  /// Begins to form the sums of all reductions that need whole bins.
  /// \param set of results, 0 or 1: those of the other one stay
  void reduce(std::size_t columns, std::size_t set);
  void wait() const;
  /// Writes those of a column, and moves pixels that no bin keeps from `used` to `rejected`; after
  /// a fence.
  void write(std::size_t set, std::size_t column, std::size_t frame, core::ReducedBatch& out) const;

  EngineMemory memory() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::kernels
