#pragma once
#include <boost/json/object.hpp>

#include "config/json/json_reader.hpp"

namespace xrdct::config {

/// The JSON object of a struct: a kind of value as those in kinds.hpp. A source that includes
/// table.hpp defines the table of the keys, and instantiates the members.
template <class Struct>
struct Object {
  void read(JsonItem const& item, Struct& to) const;
  boost::json::object write(Struct const& from) const;
  boost::json::object schema(Struct const& standard) const;
};

}  // namespace xrdct::config
