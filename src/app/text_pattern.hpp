#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace xrdct::app {

/*!
 * Writes one pattern as text columns: x, intensity and, where `error` is not empty, its standard error. Bins that are NaN are left out.
 *
 * The two-column form (.xy) and the three-column form (.xye) are read by GSAS-II, TOPAS, FullProf and others; the columns are those of pyFAI. Lines
 * of `header` come first, each behind '#'. \throws core::IoError
 */
void write_columns(std::filesystem::path const& file, std::vector<std::string> const& header, std::span<double const> x,
                   std::span<float const> intensity, std::span<float const> error);

}  // namespace xrdct::app
