// Which images there are in the files of a scan, and which of them are its frames.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <string_view>

#include "app/files/scan_folder.hpp"
#include "app/inspect/open_scan.hpp"
#include "config/calibration/poni.hpp"
#include "core/detector/detector.hpp"
#include "core/detector/detector_guess.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/frames/find_stacks.hpp"
#include "io/survey/entry_titles.hpp"

namespace xrdct::app {
namespace {

std::string first_component(std::string const& path) {
  auto const end = path.find('/', 1);
  return end == std::string::npos ? std::string() : path.substr(1, end - 1);
}

bool contains(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Stacks of one detector, with what has to be known to choose among them.
struct Candidate {
  FoundStack found;
  std::vector<io::ImageStack const*> members;
};

bool is_like_frames(Candidate const& candidate) {
  constexpr std::size_t smallest = 16;  // pixels along a side of a detector
  constexpr std::array<std::string_view, 5> others{"dark", "white", "flat", "background", "mask"};
  auto const& path = candidate.found.path;
  auto const name = path.substr(path.rfind('/') + 1);
  return candidate.found.problem.empty() && candidate.members.front()->is_list() &&
         candidate.found.shape.rows >= smallest && candidate.found.shape.columns >= smallest &&
         std::none_of(others.begin(), others.end(),
                      [&](std::string_view other) { return contains(name, other); });
}

FoundStack describe(std::string const& path, std::vector<io::ImageStack const*> const& members) {
  auto const& first = *members.front();
  FoundStack found{.path = path,
                   .frames = 0,
                   .dims = {},
                   .shape = first.shape(),
                   .encoding = first.encoding ? io::encoding_text(*first.encoding) : "",
                   .detectors = core::detectors_like(first.shape()),
                   .entries = members.size(),
                   .problem = first.problem};
  for (auto const* member : members) found.frames += member->frames();
  if (members.size() == 1 && first.is_list() && first.dims.size() > 2)
    found.dims.assign(first.dims.begin(), first.dims.end() - 2);
  return found;
}

/// Whether groups that differ in a number are rather entries of one scan than detectors: 1.1,
/// entry_0003, scan_12, but not PIL9.
bool are_entries(std::string const& root) {
  std::string word;
  for (char const c : root)
    if (std::isalpha(static_cast<unsigned char>(c)) != 0)
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word.empty() || word == "entry" || word == "scan" || word == "nxentry";
}

std::vector<Candidate> candidates_of(std::vector<io::ImageStack> const& stacks) {
  std::vector<Candidate> candidates;
  for (auto const& family : io::families(stacks)) {
    std::vector<io::ImageStack const*> members;
    for (auto const i : family.stacks) members.push_back(&stacks[i]);
    if (are_entries(first_component(members.front()->path))) {
      candidates.push_back({describe(family.path, members), members});
      continue;
    }
    for (auto const* member : members)
      candidates.push_back({describe(member->path, {member}), {member}});
  }
  for (auto& candidate : candidates) candidate.found.likely = is_like_frames(candidate);
  return candidates;
}

/// The entries of a family, as scans: those of one command and one number of frames together.
struct EntryGroup {
  std::vector<io::ImageStack const*> members;
  std::string title;  //!< of the first
  std::string command;
};

std::vector<EntryGroup> groups_of(Candidate const& candidate, std::filesystem::path const& file) {
  std::vector<std::string> entries;
  for (auto const* member : candidate.members)
    entries.push_back("/" + first_component(member->path));
  auto const titles = io::entry_titles(file, entries);
  std::vector<EntryGroup> groups;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto const* member = candidate.members[i];
    auto const command = titles[i].title.substr(0, titles[i].title.find_first_of(" ("));
    // an aborted one has fewer frames than others of its command
    auto const same = std::find_if(groups.begin(), groups.end(), [&](EntryGroup const& group) {
      return group.command == command &&
             (titles[i].aborted || group.members.front()->frames() == member->frames());
    });
    if (same != groups.end()) {
      same->members.push_back(member);
    } else {
      groups.push_back({{member}, titles[i].title, command});
    }
  }
  return groups;
}

std::int64_t frames_of(EntryGroup const& group) {
  std::int64_t frames = 0;
  for (auto const* member : group.members) frames += member->frames();
  return frames;
}

/// Of entries that are scans of their own the one with the most frames; whether others are scans
/// as well, or alignments, is told.
void choose_entries(Candidate& candidate, OpenScan& scan, Findings& findings) {
  auto groups = groups_of(candidate, scan.files.files[0]);
  if (groups.size() < 2) return;
  std::stable_sort(groups.begin(), groups.end(),
                   [](auto const& a, auto const& b) { return frames_of(a) > frames_of(b); });
  auto const& most = groups.front();
  for (std::size_t g = 1; g < groups.size(); ++g) {
    auto const& other = groups[g];
    auto const& path = other.members.front()->path;
    auto const text = fmt::format("{}: {}, {} frames", first_component(path),
                                  other.title.empty() ? "no title" : other.title, frames_of(other));
    bool const is_small = frames_of(other) * 10 <= frames_of(most);
    if (is_small) findings.remarks.push_back("another scan in this file, " + text);
    if (!is_small)
      findings.questions.push_back({"this file has several scans; taken is " +
                                        first_component(most.members.front()->path) +
                                        ", another is " + text,
                                    "--stack " + path, "scan.dataset"});
  }
  auto const path = most.members.size() == 1 ? most.members.front()->path : candidate.found.path;
  candidate = {describe(path, most.members), most.members};
}

bool is_called(Candidate const& candidate, std::string const& path) {
  if (candidate.found.path == path) return true;
  auto const& paths = candidate.members.front()->other_paths;
  return candidate.members.size() == 1 &&
         std::find(paths.begin(), paths.end(), path) != paths.end();
}

[[noreturn]] void reject_name(std::string const& option, std::string const& name,
                              std::vector<Candidate> const& candidates) {
  std::vector<std::string> paths;
  for (auto const& candidate : candidates) paths.push_back(candidate.found.path);
  auto const near = core::nearest_name(name, paths);
  throw core::InputError(
      {.what = "take the frames of " + option + " " + name,
       .expected = paths.empty() ? "images in the file" : "one of " + core::listed(paths),
       .found = name,
       .attempt = near.empty() ? "" : "did you mean " + near + "?"});
}

/// One entry of a family, or what else has this path.
std::optional<Candidate> named_stack(std::string const& path,
                                     std::vector<io::ImageStack> const& stacks,
                                     std::vector<Candidate> const& candidates) {
  for (auto const& candidate : candidates)
    if (is_called(candidate, path)) return candidate;
  for (auto const& stack : stacks) {
    auto const& others = stack.other_paths;
    if (stack.path == path || std::find(others.begin(), others.end(), path) != others.end())
      return Candidate{describe(path, {&stack}), {&stack}};
  }
  return {};
}

/// Asks which of several detectors is meant.
void ask_which(std::vector<std::size_t> const& alike, std::vector<Candidate> const& candidates,
               Findings& findings) {
  constexpr std::size_t most_listed = 4;
  std::vector<std::string> paths;
  for (auto const i : alike)
    if (paths.size() < most_listed) paths.push_back(candidates[i].found.path);
  if (alike.size() > most_listed)
    paths.push_back(fmt::format("{} more", alike.size() - most_listed));
  findings.questions.push_back(
      {"frames of " + core::listed(paths, " or ") + "? Taken here are those of " + paths.front(),
       "--stack " + paths.front() + ", or another of them", "scan.dataset"});
}

std::vector<std::size_t> wanted(std::vector<Candidate> const& candidates,
                                std::optional<std::string> const& detector) {
  std::vector<std::size_t> all, good;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (detector && !contains(candidates[i].found.path, *detector)) continue;
    all.push_back(i);
    if (candidates[i].found.likely) good.push_back(i);
  }
  if (!good.empty()) return good;
  auto const keep = [&](auto const& is_wanted) {
    std::vector<std::size_t> kept;
    std::ranges::copy_if(all, std::back_inserter(kept),
                         [&](std::size_t i) { return is_wanted(candidates[i]); });
    if (!kept.empty()) all = std::move(kept);
  };
  auto const can_be_read = [](Candidate const& one) { return one.found.problem.empty(); };
  keep(can_be_read);
  keep([](Candidate const& one) { return one.members.front()->is_list(); });
  if (!all.empty() && !can_be_read(candidates[all.front()])) all.resize(1);  // it tells why
  return all;
}

/// Those that the calibration may be of, where there are some.
std::vector<std::size_t> fitting(std::vector<std::size_t> const& alike,
                                 std::vector<Candidate> const& candidates,
                                 std::string const& poni) {
  if (poni.empty() || alike.size() < 2) return alike;
  auto const detector = config::read_poni(poni).calibration.detector;
  if (!detector.spline_file.empty() || !detector.nexus_file.empty()) return alike;
  std::vector<std::size_t> fit;
  for (auto const i : alike) {
    try {
      core::make_detector(detector, candidates[i].found.shape);
      fit.push_back(i);
    } catch (core::InputError const&) {
    }
  }
  return fit.empty() ? alike : fit;
}

std::optional<std::size_t> choose(std::vector<Candidate>& candidates,
                                  std::vector<io::ImageStack> const& stacks, OpenScan& scan,
                                  Findings& findings) {
  auto const& options = scan.options;
  if (options.stack) {
    auto named = named_stack(*options.stack, stacks, candidates);
    if (!named) reject_name("--stack", *options.stack, candidates);
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (candidates[i].found.path == named->found.path) return i;
    candidates.insert(candidates.begin(), std::move(*named));
    return 0;
  }
  auto const alike = fitting(wanted(candidates, options.detector), candidates, options.poni);
  if (alike.empty() && options.detector) reject_name("--detector", *options.detector, candidates);
  if (alike.empty()) return {};
  if (alike.size() > 1) ask_which(alike, candidates, findings);
  if (candidates[alike.front()].members.size() > 1)
    choose_entries(candidates[alike.front()], scan, findings);
  return alike.front();
}

void open_images(OpenScan& scan, Findings& findings) {
  scan.source = io::open_frames(scan.files.files, "");
  findings.stacks.push_back({.path = "",
                             .frames = scan.source->frames(),
                             .dims = {},
                             .shape = scan.source->shape(),
                             .encoding = io::encoding_text(scan.source->encoding()),
                             .detectors = core::detectors_like(scan.source->shape()),
                             .entries = 1,
                             .problem = ""});
  findings.stack = 0;
}

void open_stack(OpenScan& scan, Findings& findings) {
  auto& stack = findings.stacks[*findings.stack];
  try {
    scan.source =
        io::open_frames(scan.files.files, stack.path, io::Checksums::verified, without_frames);
  } catch (core::InputError const& error) {
    stack.problem = error.what();
  } catch (core::IoError const& error) {
    stack.problem = error.what();
  }
  if (!scan.source) return;
  stack.frames = scan.source->frames();
  stack.shape = scan.source->shape();
  stack.encoding = io::encoding_text(scan.source->encoding());
  stack.entries = scan.source->parts().size();
  scan.entry = first_component(scan.source->parts().front().dataset);
  for (auto const& remark : scan.source->remarks()) findings.remarks.push_back(remark);
}

}  // namespace

void find_frames(OpenScan& scan, Findings& findings) {
  findings.files = scan.files.names;
  findings.file_count = scan.files.files.size();
  findings.remarks = scan.files.warnings;
  if (scan.files.images) return open_images(scan, findings);
  auto const search = io::find_stacks(scan.files.files[0]);
  if (!search.complete)
    findings.remarks.emplace_back("the file has more objects than were looked at");
  auto candidates = candidates_of(search.stacks);
  findings.stack = choose(candidates, search.stacks, scan, findings);
  for (auto const& candidate : candidates) findings.stacks.push_back(candidate.found);
  if (findings.stack) open_stack(scan, findings);
}

}  // namespace xrdct::app
