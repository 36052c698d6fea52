// Finds one number for each frame, wherever a beamline stores it.
#include "io/values/open_values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <list>
#include <optional>
#include <utility>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "io/hdf5/path_pattern.hpp"
#include "io/values/header_values.hpp"
#include "io/values/text_table.hpp"
#include "io/values/value_list.hpp"
#include "io/values/value_reader.hpp"

namespace xrdct::io {
namespace {

constexpr std::int64_t most_kept = std::int64_t{1} << 22;  // values of several lists
constexpr std::size_t most_readers = 16;

/// A list of values and the frames that take theirs from it.
struct MatchedList {
  ListMatch match;
  std::vector<double> kept;    // empty: read as needed
  std::filesystem::path file;  // of HDF5
  std::string dataset;
};

/// A dataset in HDF5 for some frames, before it is opened.
struct ListPlace {
  std::filesystem::path file;
  std::string dataset;
  ListedFrames frames;
  std::string name() const { return dataset + " in " + file.string(); }
};

std::int64_t frames_of(std::vector<FramePart> const& parts) {
  return parts.back().first + parts.back().frames;
}

ListedFrames listed(std::vector<FramePart> const& parts) {
  ListedFrames frames;
  for (auto const& part : parts) frames.parts.push_back(part.first);
  frames.parts.push_back(frames_of(parts));
  return frames;
}

// "/1.1/measurement/eiger in scan.h5", "a.cbf and 47 more"
std::string name_of(std::vector<FramePart> const& parts, ListedFrames const& frames) {
  auto const first = std::ranges::find(parts, frames.first, &FramePart::first);
  auto const name = first->dataset.empty() ? first->file : first->dataset + " in " + first->file;
  auto const more = frames.parts.size() - 2;
  return more == 0 ? name : fmt::format("{} and {} more", name, more);
}

[[noreturn]] void throw_misfit(std::string const& name, std::int64_t size,
                               std::vector<FramePart> const& parts, ListedFrames const& frames,
                               std::optional<std::int64_t> first, ScanLines const& lines) {
  auto const count = frames.frames();
  std::string expected = first ? fmt::format("more than {} values (`first`)", *first)
                               : fmt::format("one value for each of the {} frames of {}", count,
                                             name_of(parts, frames));
  if (!first && lines.frames_per_line > 0)
    expected += fmt::format(", or one for each of the {} lines", lines.lines);
  std::string const attempt =
      first ? "values are counted from 0"
      : size > count
          ? "\"first\": 0 takes the first ones, \"first\": 1 leaves out one before them; or "
            "name the counter of this scan"
      : size > 0 ? fmt::format(
                       "name the counter of this scan, or give \"first\": 0: the last {} "
                       "frames have no value then",
                       count - size)
                 : "name the counter of this scan";
  throw core::InputError({.what = "use " + name,
                          .expected = expected,
                          .found = fmt::format("{}", size),
                          .attempt = attempt});
}

class ListedValues final : public ScanValues {
 public:
  ListedValues(std::int64_t frames, std::string name, std::vector<std::string> remarks,
               std::set<std::filesystem::path> files, std::vector<MatchedList> lists)
      : ScanValues(frames, std::move(name), std::move(remarks), std::move(files)),
        lists_(std::move(lists)) {}

  double at(std::int64_t frame) override {
    XRDCT_ASSERT(frame >= 0 && frame < size());
    auto const after = std::ranges::upper_bound(
        lists_, frame, {}, [](auto const& list) { return list.match.frames().first; });
    auto const number = static_cast<std::size_t>(after - lists_.begin()) - 1;
    auto const& list = lists_[number];
    auto const index = list.match.index_of(frame);
    if (index < 0) return std::numeric_limits<double>::quiet_NaN();
    return list.kept.empty() ? reader(number).at(index)
                             : list.kept[static_cast<std::size_t>(index)];
  }

  std::size_t memory_bytes() const override {
    std::size_t bytes = lists_.size() * sizeof(MatchedList);
    for (auto const& list : lists_) bytes += list.kept.size() * sizeof(double);
    for (auto const& open : readers_) bytes += open.reader->memory_bytes();
    return bytes;
  }

 private:
  struct Open {
    std::size_t list;
    std::unique_ptr<ValueReader> reader;
  };

  ValueReader& reader(std::size_t list) {
    auto const found = std::ranges::find(readers_, list, &Open::list);
    if (found != readers_.end()) {
      readers_.splice(readers_.begin(), readers_, found);
    } else {
      if (readers_.size() >= most_readers) readers_.pop_back();
      readers_.push_front(
          {list, std::make_unique<ValueReader>(open_, lists_[list].file, lists_[list].dataset)});
    }
    return *readers_.front().reader;
  }

  std::vector<MatchedList> lists_;  // by first frame
  Hdf5Files open_;
  std::list<Open> readers_;  // last used first
};

// "spec.dat:/3.1" is scan 3.1 of spec.dat, where no file is called like the whole.
std::pair<std::filesystem::path, std::string> table_of(std::string const& name) {
  std::error_code ignored;
  auto const end = name.rfind(":/");
  if (end == std::string::npos || std::filesystem::exists(name, ignored)) return {name, ""};
  return {name.substr(0, end), name.substr(end + 2)};
}

/// Puts the lists of one ValueName together.
class ValueOpener {
 public:
  ValueOpener(core::ValueName const& name, FrameSource const& source, ScanLines const& lines)
      : name_(name), parts_(source.parts()), lines_(lines) {}

  std::unique_ptr<ScanValues> open() {
    if (!name_.header.empty()) return open_header();
    if (!name_.column.empty()) return open_column();
    if (name_.file.empty() && parts_.front().dataset.empty()) {
      throw core::InputError({.what = "read values of " + name_.dataset,
                              .expected = "the file that it is in, as the frames are images",
                              .found = "none",
                              .attempt = "give \"file\", or \"header\" for what the images say"});
    }
    return open_datasets();
  }

 private:
  std::unique_ptr<ScanValues> open_header() {
    std::string const name = "header " + name_.header;
    return finish(name, {match(header_values(parts_, name_.header), name)});
  }

  std::unique_ptr<ScanValues> open_column() {
    if (name_.file.empty()) {
      throw core::InputError({.what = "read column " + name_.column,
                              .expected = "the file of the table",
                              .found = "none",
                              .attempt = "give \"file\""});
    }
    auto const [file, scan] = table_of(name_.file);
    files_.insert(file);
    auto column = read_column(file, name_.column, scan);
    std::string const name = fmt::format("column {} of {}", name_.column, name_.file);
    // a motor that stood still has no first value
    if (column.constant) name_.first.reset();
    return finish(name, {match(std::move(column.values), name)});
  }

  MatchedList match(std::vector<double> values, std::string const& name) {
    auto const frames = listed(parts_);
    auto const size = static_cast<std::int64_t>(values.size());
    auto const match = ListMatch::find(frames, size, name_.first, lines_);
    if (!match) throw_misfit(name, size, parts_, frames, name_.first, lines_);
    return {*match, std::move(values), {}, {}};
  }

  std::unique_ptr<ScanValues> open_datasets() {
    auto const places = list_places();
    std::vector<MatchedList> lists;
    std::int64_t kept = 0;
    for (auto const& place : places) {
      ValueReader reader(open_, place.file, place.dataset);
      auto const match = matched(place, reader, places.size() == 1 ? lines_ : ScanLines{});
      lists.push_back({match, {}, place.file, place.dataset});
      core::note_progress();
      if (places.size() == 1 || kept + reader.size() > most_kept) continue;
      kept += reader.size();
      for (std::int64_t i = 0; i < reader.size(); ++i) lists.back().kept.push_back(reader.at(i));
    }
    return finish(places.size() == 1 ? places.front().name()
                                     : fmt::format("{} and {} more lists", places.front().name(),
                                                   places.size() - 1),
                  std::move(lists));
  }

  // BLISS stores counters and images each on its own way: of an aborted scan one has more points
  // than the other, and both begin with the first.
  ListMatch matched(ListPlace const& place, ValueReader const& reader, ScanLines const& lines) {
    auto const size = reader.size();
    auto const part = std::ranges::find(parts_, place.frames.first, &FramePart::first);
    bool const aborted = part->aborted && place.frames.parts.size() == 2;
    auto const match = ListMatch::find(place.frames, size, name_.first, lines);
    // a list of one is no number for all frames here
    bool const cut_short = aborted && size == 1 && !reader.is_scalar() && place.frames.frames() > 1;
    if (match && !cut_short) return *match;
    auto const first = aborted ? ListMatch::find(place.frames, size, 0, {}) : std::nullopt;
    if (!first) throw_misfit(place.name(), size, parts_, place.frames, name_.first, lines);
    remarks_.push_back(
        fmt::format("{} has {} {} for {} frames, as its scan was aborted: both are "
                    "taken from the first on",
                    place.name(), size, size == 1 ? "value" : "values", place.frames.frames()));
    return *first;
  }

  std::vector<ListPlace> list_places() {
    bool const stars = has_star(name_.dataset);
    auto const file_of = [&](FramePart const& part) {
      return name_.file.empty() ? part.file : name_.file;
    };
    ListPlace const whole{file_of(parts_.front()), name_.dataset, listed(parts_)};
    if (!stars &&
        (parts_.front().file == parts_.back().file || !name_.file.empty() || holds_all(whole)))
      return {whole};
    std::vector<ListPlace> places;
    for (auto const& part : parts_) {
      auto const dataset = stars ? filled_pattern(name_.dataset, part.stars) : name_.dataset;
      auto const file = file_of(part);
      bool const same =
          !places.empty() && places.back().file == file && places.back().dataset == dataset;
      if (!same) places.push_back({file, dataset, {part.first, {part.first}}});
      places.back().frames.parts.push_back(part.first + part.frames);
    }
    return places;
  }

  // Whether the first file of several has the values of all frames.
  bool holds_all(ListPlace const& whole) {
    ValueReader const reader(open_, whole.file, whole.dataset);
    auto const needed = name_.first.value_or(0) + whole.frames.frames();
    return name_.first ? reader.size() >= needed : reader.size() == needed;
  }

  std::unique_ptr<ScanValues> finish(std::string name, std::vector<MatchedList> lists) {
    files_.insert(open_.opened().begin(), open_.opened().end());
    std::int64_t without = 0;
    for (auto const& list : lists) without += list.match.without_value();
    auto remarks = remarks_;
    if (without > 0)
      remarks.push_back(fmt::format("{} ends before the frames do: {} of {} frames have no value",
                                    name, without, frames_of(parts_)));
    return std::make_unique<ListedValues>(frames_of(parts_), std::move(name), std::move(remarks),
                                          files_, std::move(lists));
  }

  core::ValueName name_;
  std::vector<FramePart> parts_;
  ScanLines lines_;
  Hdf5Files open_;
  std::set<std::filesystem::path> files_;  // that were opened
  std::vector<std::string> remarks_;
};

}  // namespace

std::unique_ptr<ScanValues> open_values(core::ValueName const& name, FrameSource const& source,
                                        ScanLines const& lines) {
  return ValueOpener(name, source, lines).open();
}

std::filesystem::path value_file(core::ValueName const& name) {
  return name.column.empty() ? std::filesystem::path(name.file) : table_of(name.file).first;
}

std::vector<double> all_values(ScanValues& values) {
  std::vector<double> all(static_cast<std::size_t>(values.size()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = values.at(static_cast<std::int64_t>(i));
  return all;
}

}  // namespace xrdct::io
