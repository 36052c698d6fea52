// Names of the parts of an SVG that depend on nothing else.
#include "io/pictures/svg_names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace xrdct::io {

std::string with_own_names(std::string const& svg) {
  constexpr std::string_view defined = " id=\"", used = "\"#", used_in_style = "(#";
  std::map<std::string_view, std::string> names;
  std::string_view rest = svg;
  for (auto at = rest.find(defined); at != std::string_view::npos; at = rest.find(defined)) {
    rest.remove_prefix(at + defined.size());
    auto const name = rest.substr(0, rest.find('"'));
    names.emplace(name, fmt::format("part-{}", names.size() + 1));
  }
  std::string result;
  rest = svg;
  while (!rest.empty()) {
    auto const begin = std::min({rest.find(defined), rest.find(used), rest.find(used_in_style)});
    if (begin == std::string_view::npos) break;
    auto const start = rest.compare(begin, defined.size(), defined) == 0 ? begin + defined.size()
                                                                         : begin + used.size();
    result += rest.substr(0, start);
    rest.remove_prefix(start);
    auto const name = rest.substr(0, rest.find_first_of("\")"));
    auto const found = names.find(name);
    result += found == names.end() ? std::string(name) : found->second;
    rest.remove_prefix(name.size());
  }
  return result.append(rest);
}

}  // namespace xrdct::io
