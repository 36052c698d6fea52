// Lists the files and entries that a scan consists of, and says what is left out of them.
#include "io/frames/scan_parts.hpp"

#include <fmt/core.h>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/hdf5/entry_facts.hpp"
#include "io/hdf5/path_pattern.hpp"

namespace xrdct::io {
namespace {

// "/2.1" of "/2.1/measurement/eiger"; "" of a dataset at the root.
std::string entry_of(std::string const& path) {
  auto const end = path.find('/', path.starts_with('/') ? 1 : 0);
  return end == std::string::npos ? "" : path.substr(0, end);
}

/// Counts what is to be said of several entries, and names the first ones.
class EntryList {
 public:
  void add(std::string text) {
    constexpr std::size_t most_named = 5;
    if (++count_ <= most_named) named_.push_back(std::move(text));
  }
  std::string text(std::string const& what) const {
    auto named = named_;
    if (count_ > named.size()) named.push_back(fmt::format("{} more", count_ - named.size()));
    return fmt::format("{} {} {}: {}", count_, count_ == 1 ? "entry" : "entries", what,
                       core::listed(named, ", "));
  }
  bool empty() const { return count_ == 0; }

 private:
  std::size_t count_ = 0;
  std::vector<std::string> named_;
};

std::string quoted_title(EntryFacts const& facts) {
  return facts.title.empty() ? "" : fmt::format(" (\"{}\")", facts.title);
}

class PartsInOrder {
 public:
  PartsInOrder(FrameTable& whole, FrameResolver& resolver) : whole_(whole), resolver_(resolver) {}

  /// \param without_frames empty: the file is not to be passed over
  void add(std::filesystem::path const& file, std::string const& dataset,
           WithoutFrames const& without_frames) {
    try {
      add(file, dataset);
    } catch (core::InputError const&) {
      auto const what = without_frames ? without_frames(file) : std::string();
      if (what.empty()) throw;
      passed_over_.push_back({file.filename().string(), what});
    }
  }

  void add(std::filesystem::path const& file, std::string const& dataset) {
    auto const matched = match_paths(resolver_.open_files(), file, dataset);
    for (auto const& path : matched.found) add_dataset(file, path);
    for (auto const& [path, why] : matched.left_out)
      left_out_.add(
          fmt::format("{}:{} {}{}", file.string(), path, why, quoted_title(facts(file, path))));
  }

  ScanParts result() {
    std::vector<std::string> remarks;
    if (!passed_over_.empty()) remarks.push_back(passed_over_text(passed_over_));
    if (!left_out_.empty()) remarks.push_back(left_out_.text("left out"));
    if (!empty_.empty()) remarks.push_back(empty_.text("without frames"));
    if (!aborted_.empty()) remarks.push_back(aborted_.text("stopped before the end of the scan"));
    return {std::move(parts_), std::move(remarks)};
  }

 private:
  EntryFacts facts(std::filesystem::path const& file, std::string const& path) {
    auto const entry = entry_of(path + "/");
    return entry.empty() ? EntryFacts{} : entry_facts(resolver_.open_files(), file, entry);
  }

  void add_dataset(std::filesystem::path const& file, MatchedPath const& path) {
    auto const& table = resolver_.resolve(file, path.path);
    auto const name = file.string() + ":" + path.path;
    auto const entry = entry_of(path.path);
    auto const said = entry.empty() ? EntryFacts{} : facts(file, entry);
    if (said.aborted())
      aborted_.add(fmt::format("{}:{} after {} frames ({}){}", file.string(), entry, table.frames,
                               said.end_reason, quoted_title(said)));
    if (table.frames == 0) {
      empty_.add(name);
      return;
    }
    parts_.push_back(
        {file.string(), path.path, path.stars, whole_.frames, table.frames, said.aborted()});
    append_frames(whole_, table, path.path + " in " + file.string());
  }

  FrameTable& whole_;
  FrameResolver& resolver_;
  std::vector<FramePart> parts_;
  EntryList left_out_, empty_, aborted_;
  std::vector<PassedOver> passed_over_;
};

}  // namespace

ScanParts append_parts(FrameTable& whole, FrameResolver& resolver, FileNames const& files,
                       std::string const& dataset, WithoutFrames const& without_frames) {
  PartsInOrder parts(whole, resolver);
  for (std::size_t i = 0; i < files.size(); ++i)
    parts.add(files[i], dataset, files.is_found(i) ? without_frames : WithoutFrames());
  return parts.result();
}

}  // namespace xrdct::io
