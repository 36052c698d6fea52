// Tells the job of a reduction from that of a reconstruction.
#include "config/json/job_kind.hpp"

#include <boost/json.hpp>

#include "core/words/errors.hpp"

namespace xrdct::config {

void expect_own_job(boost::json::value const& value, std::string const& file_name,
                    JobKinds const& kinds) {
  auto const* const object = value.if_object();
  if (object == nullptr || object->contains(kinds.key) || !object->contains(kinds.other_key))
    return;
  std::string const own(kinds.command), other(kinds.other_command);
  throw core::InputError(
      {.what = "read the job " + file_name,
       .expected = "one of xrdct " + own + ", with the key " + std::string(kinds.key),
       .found = "one of xrdct " + other + ", with " + std::string(kinds.other_key),
       .attempt = "run xrdct " + other + " " + file_name + ", " + std::string(kinds.other_look)});
}

}  // namespace xrdct::config
