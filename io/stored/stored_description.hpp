#pragma once
#include <filesystem>
#include <string>

#include "io/nexus/output_description.hpp"
#include "io/nexus/slices_description.hpp"

/// What outputs say of themselves, as it was described to those who wrote them.
namespace xrdct::io {

/// As much of the description of an output of `reduce` as its layout depends on.
/// \throws core::IoError
OutputDescription stored_description(std::filesystem::path const& file);

/// The same of a file of slices.
SlicesDescription stored_slices_description(std::filesystem::path const& file);

/// One reduction with its axes and how it was made. \throws core::InputError no such reduction
ReductionDescription stored_reduction(std::filesystem::path const& file,
                                      std::string const& reduction);

}  // namespace xrdct::io
