#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace xrdct::test {

/// Replaces all values of a dataset that is there. \param values as many as it has, in C order
void replace_values(std::filesystem::path const& file, std::string const& dataset,
                    std::vector<double> const& values);

}  // namespace xrdct::test
