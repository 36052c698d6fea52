#pragma once
#include <array>
#include <boost/json.hpp>
#include <functional>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "config/json/json_reader.hpp"
#include "config/keys/object.hpp"

/// Tables of keys, from which an object is read, written in canonical form, and described by a
/// schema. Private to config: names Boost.
namespace xrdct::config {

/// Says that only some words of another key have a use for a key; that one stands before it in the
/// table. Without a key: there is no such condition.
struct Beside {
  std::string_view key;
  std::array<std::string_view, 2> words;
  std::string_view owner;  //!< for messages: "the method sigma_clip"

  bool holds(boost::json::object const& words_read) const;
};

/// How a key is used, where this is not as for most.
struct KeyUse {
  std::string_view required = {};  //!< what is expected where the key is absent; "": it may be
  bool stored = true;              //!< in the canonical form
  bool default_stored = true;      //!< false: there only with a value that is not the default
  bool default_in_schema = true;   //!< false: its absence means what no value says
  Beside beside = {};
};

struct KeyText {
  std::string_view name;
  std::string_view description;  //!< for the schema
  KeyUse use;
};

struct NoCheck {
  void operator()(auto const&...) const {}
};

/*!
 * An entry of a table: a key, the member that it stands for, and its values.
 *
 * \tparam Place leads from the struct to the member: a member pointer, `within`, or std::identity
 * \tparam Kind see kinds.hpp
 * \tparam Check `check(item, struct)` looks at a key that is there, after it was read
 */
template <class Place, class Kind, class Check>
struct Key : KeyText {
  Place place;
  Kind kind;
  Check check;
};

template <class Place, class Kind, class Check = NoCheck>
constexpr Key<Place, Kind, Check> key(std::string_view name, Place place, Kind kind,
                                      std::string_view description, KeyUse const& use = {},
                                      Check check = {}) {
  return {{name, description, use}, place, kind, check};
}

/// Leads to a member of a member.
constexpr auto within(auto outer, auto inner) {
  return [=](auto& of) -> auto& { return of.*outer.*inner; };
}

/// The keys of a struct, in the order in which they are read and described. A specialisation has
/// `form`, an ObjectForm, and `keys`, a tuple of entries. It may have `together`, of what several
/// keys say: `together.check(item, struct)` comes behind all of them, `together.add_to(schema)`
/// says it there.
template <class Struct>
struct Table;

/// Reads the keys of one object, each where its condition holds.
class TableReader {
 public:
  TableReader(JsonItem const& item, ObjectForm const& form) : reader_(item, form) {}
  std::optional<JsonItem> find(KeyText const& key);
  /// \param word of a key on which others depend. One that is misspelt is not told: nobody knows
  /// what it was meant to be, and all keys may stand beside it.
  void note(KeyText const& key, boost::json::value const& word) { words_[key.name] = word; }
  void finish() { reader_.finish(); }

 private:
  ObjectReader reader_;
  boost::json::object words_;
};

class TableSchema {
 public:
  void add(KeyText const& key, boost::json::object const& values,
           boost::json::value const& standard);
  boost::json::object done() const;

 private:
  boost::json::object properties_;
  boost::json::array required_, conditions_;
};

template <class Struct>
void Object<Struct>::read(JsonItem const& item, Struct& to) const {
  TableReader reader(item, Table<Struct>::form);
  auto const read_key = [&](auto const& key) {
    auto& member = std::invoke(key.place, to);
    auto const problems = item.problems().list().size();
    auto const found = reader.find(key);
    if (found) {
      key.kind.read(*found, member);
      key.check(*found, to);
    }
    if constexpr (std::is_enum_v<std::decay_t<decltype(member)>>) {
      if (item.problems().list().size() == problems)
        reader.note(key, found ? found->value() : key.kind.write(member));
    }
  };
  std::apply([&](auto const&... keys) { (read_key(keys), ...); }, Table<Struct>::keys);
  reader.finish();
  if constexpr (requires { Table<Struct>::together; }) Table<Struct>::together.check(item, to);
}

template <class Struct>
boost::json::object Object<Struct>::write(Struct const& from) const {
  boost::json::object out;
  auto const write_key = [&](auto const& key) {
    if (!key.use.stored || !key.use.beside.holds(out)) return;
    boost::json::value const value = key.kind.write(std::invoke(key.place, from));
    Struct const standard{};
    if (key.use.default_stored || value != key.kind.write(std::invoke(key.place, standard)))
      out[key.name] = value;
  };
  std::apply([&](auto const&... keys) { (write_key(keys), ...); }, Table<Struct>::keys);
  return out;
}

template <class Struct>
boost::json::object Object<Struct>::schema(Struct const& standard) const {
  TableSchema schema;
  auto const add_key = [&](auto const& key) {
    auto const& member = std::invoke(key.place, standard);
    boost::json::value value = key.kind.write(member);
    if constexpr (requires { member.has_value(); }) {
      if (!member) value = nullptr;
    }
    schema.add(key, key.kind.schema(member), value);
  };
  std::apply([&](auto const&... keys) { (add_key(keys), ...); }, Table<Struct>::keys);
  auto done = schema.done();
  if constexpr (requires { Table<Struct>::together; }) Table<Struct>::together.add_to(done);
  return done;
}

}  // namespace xrdct::config
