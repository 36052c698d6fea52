#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/json/json_reader.hpp"

/// Reading the keys of pyFAI's Worker. Private to config: names Boost.
namespace xrdct::config {

/// Python writes NaN, Infinity and -Infinity, which are no JSON: they become strings, outside of
/// those that are there.
std::string quote_non_finite(std::string_view text);

/// A number, or one of the three strings of `quote_non_finite`.
std::optional<double> number_in(boost::json::value const& value);
/// The same; anything else is a problem.
std::optional<double> number(JsonItem const& item, std::string const& what);

/// The keys of one configuration, and what is to be said of them beside problems.
class WorkerKeys {
 public:
  WorkerKeys(JsonItem const& item, std::string file_name, std::filesystem::path folder)
      : reader_(item), file_name_(std::move(file_name)), folder_(std::move(folder)) {}

  ObjectReader& reader() noexcept { return reader_; }
  std::string const& file_name() const noexcept { return file_name_; }
  std::vector<std::string> const& notes() const noexcept { return notes_; }
  void note(std::string const& key, std::string const& text);
  /// Relative paths are relative to the folder of the configuration.
  std::string resolved(std::string const& path) const;
  /// The first of several names of one thing that has a value.
  std::optional<JsonItem> any_of(std::vector<std::string> const& keys);
  /// A switch such as "do_mask", which files before version 5 have.
  /// \returns `otherwise` where it
  /// is absent
  bool is_on(std::string const& key, bool otherwise);
  /// The files that the first of these keys names, as locations of this program; none where the
  /// switch `flag` is off.
  std::vector<std::string> files_of(std::vector<std::string> const& keys, std::string const& flag);

 private:
  std::string location_of(JsonItem const& item, std::string const& text) const;

  ObjectReader reader_;
  std::string file_name_;
  std::filesystem::path folder_;
  std::vector<std::string> notes_;
};

}  // namespace xrdct::config
