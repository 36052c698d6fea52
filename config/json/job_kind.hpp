#pragma once
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

/// Which command a job is for. Private to config: names Boost.
namespace xrdct::config {

/// Two kinds of jobs, each told by a key that it has to have.
struct JobKinds {
  std::string_view key, command;              //!< of the job that is expected
  std::string_view other_key, other_command;  //!< of the one that it may be instead
  std::string_view other_look;                //!< how that one is looked at before it is run
};

/// Refuses the job of another command in one message: each of its keys would be an error.
/// \throws core::InputError
void expect_own_job(boost::json::value const& value, std::string const& file_name,
                    JobKinds const& kinds);

}  // namespace xrdct::config
