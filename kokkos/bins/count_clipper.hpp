#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/bins/bin_gatherer.hpp"
#include "kokkos/bins/clip_bin.hpp"
#include "kokkos/bins/count_bands.hpp"
#include "kokkos/bins/count_plan.hpp"
#include "kokkos/simd/count_kernels.hpp"
#include "kokkos/tile/tile_matrix.hpp"
#include "kokkos/tile/turned_image.hpp"

namespace xrdct::kernels {

/*!
 * Clips counts by sums and by the smallest and largest count of each run: no pixel is looked at
 * that lies well inside of the limits.
 *
 * In the cycles, V of the azimuthal model is known only within bounds. With ω = norm, m = S/N and W
 * = Σ (s − m·ω)²:
 *
 *     V = Σ_k ω_k·(Q_k − Q_{k−1}), Q_k = Σ_{i≤k} ω_i·(x_i − S_k/N_k)² grows
 *       ⟹  W·ω_min/ω_max ≤ V ≤ W·ω_max/ω_min
 *     W = Σ s² − m²·N2 − 2·m·Σ (ω − mean ω)·(s − m·ω)
 *       ⟹  |W − (Σ s² − m²·N2)| ≤ 2·m·√(Σ (ω − mean ω)²)·√W
 *
 * Where that does not decide on a pixel, `CountBands` bounds V more closely; where these bounds do
 * not, the parts of V with the widest bounds are formed, then V; where rounding decides, the lane
 * is left to `clip_bin`. V of the kept pixels is formed at the end, tile by tile. Memory: 64 B per
 * run, 256 B per bin, and what `CountBands` needs. One object per thread.
 */
class CountClipper {
 public:
  CountClipper(core::ReductionPlan const& plan, CountPlan const& prepared, BinRuns const& runs,
               TileMatrix const& matrix, core::BinMatrix const& bins);

  void clear();
  /// \param sums [bin][2][lane] S and V of counts; are added to
  void add_tile(std::size_t tile, TilePixels const& pixels, double* sums);

  /*!
   * \param lanes_used others are left alone; in these, all pixels of the bin have to be valid
   * \param sums of all pixels; S, V of counts, C and pixels are replaced by those of the kept ones
   * \return lanes that `clip_bin` has to do; their sums are as before
   */
  LaneMask clip(std::size_t bin, ClipRule const& rule, TurnedImage const& image,
                LaneMask lanes_used, BinMoments& sums);
  /// Takes over what `clip_bin` rejected in some lanes. \param rejected [entry of the bin]
  void exclude(std::size_t bin, std::span<LaneMask const> rejected, LaneMask of_lanes);
  /// Sets N and N2 of the kept pixels of the bin that was clipped last, whoever clipped.
  /// \param before of all pixels
  void finish(std::size_t bin, LaneMask lanes_used, BinMoments const& before, BinMoments& sums);
  /// Sets V of the azimuthal model, of all bins and lanes that `clip` was asked for.
  /// \param sums [bin][2][lane] scratch, 0 before and afterwards
  void spread(TurnedImage const& image, std::span<std::size_t const> frames, double* sums,
              core::PatternSums& out);

  std::size_t memory_bytes() const noexcept;

 private:
  struct Window {  // of the mean; between the cuts it is not known
    double mean, least_cut, most_cut;
  };
  struct Removed {
    double normalization2 = 0.0, count = 0.0;
  };
  struct Cycle {
    PerLane<Window> window;
    PerLane<std::uint16_t> lower{},
        upper;  // counts from one to the other are kept whatever the norm
    LaneMask changed = 0, undecided = 0;
  };

  Window window(std::size_t bin, ClipRule const& rule, BinMoments const& sums,
                std::size_t lane) const;
  Cycle reject_once(std::size_t bin, ClipRule const& rule, TurnedImage const& image, LaneMask mask,
                    BinMoments& sums);
  CountBands::Bounds bounds(std::size_t bin, std::size_t lane, Window const& window,
                            std::array<CountBands::Part, most_bands>* parts = nullptr) const;
  static void narrow(ClipRule const& rule, BinMoments const& sums, std::size_t lane,
                     CountBands::Bounds const& spread, Window& window);
  void add_bright(std::size_t tile, TilePixels const& pixels, double* sums);
  bool keeps_bright(std::size_t place) const;
  void spread_tile(std::size_t tile, TilePixels const& pixels,
                   std::span<std::uint32_t const> bright, SpreadSums const& to) const;
  void spread_bright(std::uint32_t run, BinRun const& first, TilePixels const& pixels,
                     float const* norms, SpreadSums const& to) const;
  void fetch(BinRuns::Place const& run, TurnedImage const& image, bool with_norms) const;
  void find_outside(std::size_t bin, std::size_t number, LaneMask mask, TurnedImage const& image,
                    Cycle const& cycle);
  std::span<EntryLanes const> outside_of(std::size_t k) const;
  LaneMask open_lanes(std::size_t bin, std::size_t number, LaneMask of, TurnedImage const& image,
                      Cycle const& cycle) const;
  bool form_widest(std::size_t bin, std::size_t number, std::size_t lane, ClipRule const& rule,
                   TurnedImage const& image, BinMoments const& sums, Cycle& cycle) const;
  double spread_of(std::span<BinRuns::Place const> of_band, std::size_t lane,
                   CountBands::Part const& part, TurnedImage const& image) const;
  void close(std::size_t bin, ClipRule const& rule, TurnedImage const& image, LaneMask open,
             BinMoments const& sums, Cycle& cycle) const;
  void visit(std::size_t bin, std::size_t k, LaneMask mask, TurnedImage const& image, Cycle& cycle,
             BinMoments& sums);
  void reject(std::size_t bin, std::size_t lane, RejectedCount const& pixel, BinMoments& sums);
  void finish_run(BinRuns::Place const& run, LaneMask lessened, LaneMask formed,
                  BinMoments& sums) const;
  LaneMask* excluded_of(BinRuns::Place const& run);
  void forget(std::size_t lane, BinMoments const& before, BinMoments& sums);
  float const* norms_of(std::size_t tile) const {
    return plan_.corrections.normalization.data() + tile * prepared_.tile_pixels;
  }  // [pixel]
  bool is_accurate(BinMoments const& sums, std::size_t lane) const;

  core::ReductionPlan const& plan_;
  CountPlan const& prepared_;
  BinRuns const& runs_;
  TileMatrix const& matrix_;
  core::BinMatrix const& bins_;
  // of the tile matrix, with a bright count of some lane; tiles ascending
  std::vector<std::uint32_t> bright_runs_;
  std::vector<RunExtremes> extremes_;  // [place]
  std::vector<double> squares_;        // [bin][lane] Σ s²; N in `spread`
  std::vector<double> placed_;         // [bin][lane] Σ q·s of all pixels
  std::vector<EntryLanes> found_;      // runs of a bin
  // [one of them] of counts that need not be looked at; then of the kept ones
  std::vector<RunExtremes> inside_;
  std::vector<std::uint32_t> last_outside_;  // [one of them] behind its entries in `outside_`
  std::vector<EntryLanes> outside_;  // entries, within their runs, with counts that are looked at
  std::vector<std::uint32_t> first_excluded_;  // [run of the tile matrix] `ExcludedLanes`
  std::vector<std::uint32_t> changed_runs_;    // those that are not 0
  std::vector<LaneMask> excluded_;
  CountBands bands_;
  std::vector<RejectedCount> rejected_;  // of the bin that was clipped last
  PerLane<double> whole_signal_{};       // of all its pixels
  std::size_t first_changed_ = 0;        // of the bin that was clipped last
  LaneMask undecided_ = 0;               // as `clip` returned them last
  std::vector<LaneMask> by_tiles_;       // [bin] lanes whose V `spread` forms
  PerLane<Removed> removed_{};
  PerLane<double> largest_square_sum_{};
};

}  // namespace xrdct::kernels
