#pragma once
#include <string>

namespace xrdct::core {

/*!
 * The unit that a word is probably meant to be, "" when none is near: a name of `unit_names()`
 * itself, one that has the same letters and digits
 * ("q_A-1" and "Q (A^-1)": "q_A^-1"), one of the usual other names ("2theta": "2th_deg"), or the
 * one that is nearest by letters.
 */
std::string nearest_unit(std::string const& word);

}  // namespace xrdct::core
