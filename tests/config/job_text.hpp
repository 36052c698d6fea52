#pragma once
#include <boost/json/value.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "config/job/job.hpp"

/// Jobs and texts for the tests of config.
namespace xrdct::config {

std::filesystem::path source_file(
    std::string const& path);  //!< of a path relative to the repository root
std::string text_of(std::filesystem::path const& file);
boost::json::value json_of(std::string const& path);  //!< of a path relative to the repository root

/// Names of keys from the top; "[]" is the first entry of a list that has the next key.
using Keys = std::vector<std::string>;
boost::json::value& at(boost::json::value& root, Keys const& keys);
void erase(boost::json::value& root, Keys const& keys);
std::string path_text(Keys const& keys);  //!< "$.reductions[0].unit", in full.json

/// What the parser says of a job: one text per problem, none when it is good.
std::vector<std::string> problems_of(std::string const& text);
std::vector<std::string> problems_of(boost::json::value const& job);

}  // namespace xrdct::config
