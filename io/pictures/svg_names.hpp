#pragma once
#include <string>

namespace xrdct::io {

/*!
 * An SVG whose parts are named by their order in it: "part-1", "part-2" …
 *
 * Cairo numbers them through the life of the program, so that a picture would depend on those
 * before.
 */
std::string with_own_names(std::string const& svg);

}  // namespace xrdct::io
