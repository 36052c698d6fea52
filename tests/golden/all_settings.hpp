#pragma once
#include <string>
#include <vector>

#include "core/matrix/plan_building.hpp"

namespace xrdct::golden {

/// Pixels and bins of a plan: with every method and error model they give all settings that there
/// are.
struct Bins {
  core::PatternKind kind = core::PatternKind::radial;
  core::Splitting splitting = core::Splitting::none;
  bool radial_range = false;
  bool sector = false;
  std::string name() const;
};

/// Four kinds of patterns × three splittings.
std::vector<Bins> all_bins();

/// The formula image's detector with mask, flat, solid angle, polarization and a variance; one
/// reduction per method and error model.
core::ReductionPlan plan_of_all_methods(Bins const& bins, bool dark);

/// A plan with the same pixels and only one binning, method and error model.
core::ReductionPlan plan_of_one(core::Binning const& binning, core::Method method,
                                core::ErrorModel model, bool dark);
core::Binning binning_of(Bins const& bins);

std::string name_of(core::Reduction const& reduction);

}  // namespace xrdct::golden
