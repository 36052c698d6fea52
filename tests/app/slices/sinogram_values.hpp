#pragma once
#include <filesystem>
#include <string>
#include <vector>

/// Sinogram files whose values a test knows.
namespace xrdct::test {

/// Replaces all values of a dataset that is there. \param values as many, in C order
void replace_values(std::filesystem::path const& file, std::string const& dataset,
                    std::vector<double> const& values);

/// Puts the lines of a sinogram file of one height and the reduction `mean` into another order,
/// with all that is known of them. \param order [slow] the line that comes there
void reorder_lines(std::filesystem::path const& file, std::vector<std::size_t> const& order);

}  // namespace xrdct::test
