#pragma once
#include <string>

#include "app/inspect/findings.hpp"

namespace xrdct::app {

/// What was found, on one screen, for people.
std::string findings_text(Findings const& findings);

/// The same as one JSON object, for scripts; docs/inspect.md describes it.
std::string findings_json(Findings const& findings);

/// "rot 0 … 180 deg in 33 steps of 5.625": an axis and its places.
std::string axis_text(FoundAxis const& axis);

/// "/1.1/measurement/ic1", "column ic1 of scan.csv": where a series is.
std::string where_text(core::ValueName const& where);

}  // namespace xrdct::app
