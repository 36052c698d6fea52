#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The names of enumerations: what a job, an option, an output and a message call their values.
namespace xrdct::core {

/// A name, and the value of an enumeration that it stands for.
template <class T>
struct Word {
  std::string_view name;
  T value;
};

/// All names of an enumeration, in the order in which messages list them: one table, specialised
/// beside the enumeration. A value may have several names, of which the first is the one that is
/// written.
template <class T>
inline constexpr std::array<Word<T>, 0> words_of{};

template <class T>
concept Named = !words_of<T>.empty();

/// The name of a value; "" where its table has none.
template <Named T>
constexpr std::string_view name_of(T value) {
  for (auto const& word : words_of<T>) {
    if (word.value == value) return word.name;
  }
  return "";
}

/// The value of a name; nothing where the table has no such name.
template <Named T>
constexpr std::optional<T> named(std::string_view name) {
  for (auto const& word : words_of<T>) {
    if (word.name == name) return word.value;
  }
  return {};
}

/// All names, in the order of the table.
template <Named T>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (auto const& word : words_of<T>) names.emplace_back(word.name);
  return names;
}

/// "a, b or c"
std::string listed(std::vector<std::string> const& names, std::string const& last = " or ");

/// The entry of `known` that is nearest to `word` (edit distance at most 1/3 of its length + 1), or
/// an empty string.
std::string nearest_name(std::string const& word, std::vector<std::string> const& known);

}  // namespace xrdct::core
