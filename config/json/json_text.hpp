#pragma once
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

/// JSON as text: reading with positions, and one fixed way of writing. Private to config: names
/// Boost.
namespace xrdct::config {

/*!
 * Parses one JSON value.
 * \param name of the file, for messages
 * \param hint what to try when the text is no JSON
 * \throws core::InputError `cannot read <name>, line L, column C: …`
 */
boost::json::value parse_json(std::string_view text, std::string const& name,
                              std::string_view hint);

/// Keys that an object has twice (the parser keeps the last without a word), as paths such as
/// "$.reductions[0].unit", in the order of the text. `text` has to be JSON.
std::vector<std::string> duplicate_keys(std::string_view text);

/// One line, keys sorted, numbers in their shortest form that reads back the same: equal values
/// give equal text.
std::string canonical_text(boost::json::value const& value);

/// For people: indented, keys in their order, with what fits on a line of 100 columns on one, and a
/// newline at the end.
std::string indented_text(boost::json::value const& value);

/// Shortest decimal form that reads back the same; −0 is written as 0.
std::string number_text(double value);

}  // namespace xrdct::config
