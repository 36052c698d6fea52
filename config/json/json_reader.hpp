#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/words/names.hpp"

/// Reading structs from JSON, with every problem noted and none thrown on the way. Private to
/// config: names Boost.
namespace xrdct::config {

/// Notes the problems of one JSON text as `<file>: <path>: expected X, found Y; <what to try>`. It
/// knows what core::Problems does not, the file and the form that points to a place in it; whoever
/// also opens the files that the text names hands the texts on to core::Problems.
class JsonProblems {
 public:
  /// A value that is not from the file, and what messages call it in place of file and path.
  struct Origin {
    std::string path;
    std::size_t made_from;  //!< length of the shortest path on the way to it that the file has not
    std::string name;
  };

  explicit JsonProblems(std::string file) : file_(std::move(file)) {}
  void note_origin(Origin origin) { origins_.push_back(std::move(origin)); }
  /// A problem of what has no place in the text.
  void add_of(std::string const& whom, std::string const& expected, std::string const& found,
              std::string const& try_this = {});
  void add(std::string const& path, std::string const& expected, std::string const& found,
           std::string const& try_this = {});
  std::vector<std::string> const& list() const noexcept { return list_; }

 private:
  std::string place_of(std::string const& path) const;

  std::string file_;
  std::vector<Origin> origins_;
  std::vector<std::string> list_;
};

/// What a text begins with that stands where something is still to be filled in, such as "FILL IN:
/// the PONI file of this detector". Such a text is wrong for every key.
inline constexpr std::string_view fill_in_mark = "FILL IN";

/// Shows a value in a message: numbers and short strings as they are, the rest by kind.
std::string shown(boost::json::value const& value);

/// A value of the text and where it stands. The `read` functions leave `to` alone when the value is
/// not what it has to be.
class JsonItem {
 public:
  JsonItem(boost::json::value const& value, std::string path, JsonProblems& problems)
      : value_(&value), path_(std::move(path)), problems_(&problems) {}

  boost::json::value const& value() const noexcept { return *value_; }
  std::string const& path() const noexcept { return path_; }
  JsonProblems& problems() const noexcept { return *problems_; }
  /// Notes that something else is expected; a value that is still to be filled in says so itself.
  void reject(std::string const& expected, std::string const& try_this = {}) const;
  bool is_null() const noexcept { return value_->is_null(); }

  void read(bool& to) const;
  void read(std::string& to, std::string const& what) const;  //!< not empty
  void read_name(std::string& to) const;  //!< letters, digits and '_', not a digit first
  std::optional<double> number(double low, double high, std::string const& what) const;
  std::optional<double> positive_number(std::string const& what) const;
  std::optional<std::int64_t> integer(
      std::int64_t low, std::int64_t high = std::numeric_limits<std::int64_t>::max()) const;
  std::optional<std::size_t> choose(
      std::vector<std::string> const& names) const;  //!< index of the name that stands there
  /// Of a list, such as `example` in JSON; a value that stands there without its brackets is
  /// reported with them.
  std::optional<std::vector<JsonItem>> items(std::string const& what,
                                             std::string const& example = {}) const;

  /// One of these words.
  template <class T>
  void read(T& to, std::span<core::Word<T> const> words) const {
    std::vector<std::string> names;
    for (auto const& word : words) names.emplace_back(word.name);
    if (auto const chosen = choose(names)) to = words[*chosen].value;
  }
  template <core::Named T>
  void read(T& to) const {
    read(to, std::span<core::Word<T> const>(core::words_of<T>));
  }

 private:
  boost::json::value const* value_;
  std::string path_;
  JsonProblems* problems_;
};

/// How an object looks that is wanted, so that a message can show it, and which of its keys a lone
/// text or number is probably meant to be.
struct ObjectForm {
  std::string_view example = {};        //!< in JSON; "": none
  std::string_view key_of_text = {};    //!< "": none
  std::string_view key_of_number = {};  //!< "": none
};

/// Reads the keys of one object. Keys that were never asked for are unknown: there is no second
/// list of keys that could differ.
class ObjectReader {
 public:
  explicit ObjectReader(JsonItem const& item, ObjectForm const& form = {});
  bool is_object() const noexcept { return object_ != nullptr; }
  std::optional<JsonItem> find(std::string_view key);      //!< nothing where it is absent
  std::optional<JsonItem> nullable(std::string_view key);  //!< nothing where it is absent or null
  std::optional<JsonItem> require(std::string_view key, std::string_view what);
  /// Notes all keys that were not asked for, each with the nearest name. To be called once, at the
  /// end.
  void finish();

 private:
  JsonItem item_;
  boost::json::object const* object_ = nullptr;
  std::vector<std::string> asked_;
};

}  // namespace xrdct::config
