#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/matrix/plan_building.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/frame_reducer.hpp"
#include "tests/golden/pyfai_rules.hpp"

namespace xrdct::golden {

/// One group of real.h5: pyFAI's call on a real frame, as make_real.py wrote it.
struct RealCase {
  std::string group;      //!< "thaumatin/0/median"
  std::string source;     //!< below data/
  std::string dataset;    //!< of an HDF5 file; empty: an image
  std::string poni;       //!< below data/; empty: a Pilatus6M as the header of the frame says
  std::string mask;       //!< below data/; the detector's own comes with it; empty: that alone
  core::Binning binning;  //!< cakes: without the range, which the axis of pyFAI gives
  core::CorrectionChoice choice{};  //!< solid angle always
  core::ErrorModel error_model = core::ErrorModel::poisson;
  core::Method method = core::Method::mean;
  core::SigmaClip clip{};
  core::Quantiles quantiles{};

  /// A name for a test: letters, digits and underscores.
  std::string name() const;
};

/// All 37 groups of real.h5.
std::vector<RealCase> const& real_cases();
RealCase const& real_case(std::string const& group);

/// A case ready to run.
struct RealRun {
  core::ReductionPlan plan;
  /// [frame][pixel]; none of a dataset that only our own decoders read
  std::vector<std::vector<double>> frames;
  BorderPixels border;  //!< of a cake with bounding boxes: not in the plan
};

/// Reads frames, calibration and mask below `data`.
/// \param reference real.h5, for the azimuthal range of cakes `plan` is for uncompressed frames of
/// the type of the source.
RealRun load(RealCase const& c, std::filesystem::path const& data,
             std::filesystem::path const& reference);

/// The result of an engine on the bytes of a dataset as they are stored, batch after batch, by way
/// of the reader.
core::ReducedBatch reduce_stored(RealCase const& c, core::ReductionPlan plan,
                                 kernels::Engine engine, std::filesystem::path const& data);

}  // namespace xrdct::golden
