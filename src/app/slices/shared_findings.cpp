// Looks at the heights of a reconstruction on all ranks, and shares what they say.
#include "app/slices/shared_findings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "app/slices/packed_findings.hpp"
#include "core/scan/scan_layout.hpp"
#include "io/ranks/agreement.hpp"
#include "kokkos/tomography/slice_projector.hpp"

namespace xrdct::app {
namespace {

std::span<std::byte const> bytes_of(std::string const& text) {
  return std::as_bytes(std::span(text));
}

std::string_view text_of(std::vector<std::byte> const& bytes) {
  return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

template <class Value>
void append(std::vector<std::byte> const& bytes, std::vector<Value>& values) {
  std::size_t const before = values.size();
  values.resize(before + bytes.size() / sizeof(Value));
  if (!bytes.empty()) std::memcpy(values.data() + before, bytes.data(), bytes.size());
}

/// The same bytes for some neighbouring ranks.
std::vector<std::span<std::byte const>> for_ranks(int first, int ranks, int all,
                                                  std::span<std::byte const> bytes) {
  std::vector<std::span<std::byte const>> mine(static_cast<std::size_t>(all));
  std::fill_n(mine.begin() + first, ranks, bytes);
  return mine;
}

}  // namespace

SharedFindings::SharedFindings(SliceInputs const& inputs, io::Communicator& communicator)
    : inputs_(inputs), communicator_(communicator), teams_(inputs.heights, communicator.size()) {
  look_alone();
  // a height is left for all ranks or for none
  if (auto const team = teams_.team(communicator_.rank())) look_with(*team);
  missing_ = communicator_.sum(missing_);
  agree_on_centre();
  on_all_ranks(communicator_, [&] {  // before there is an output
    for (auto const& [height, found] : packed_)
      kernels::require_reach(geometry_with(inputs_, inputs_.geometry_of(height), centre_));
  });
}

void SharedFindings::look_alone() {
  auto const [first, last] = teams_.alone(communicator_.rank());
  std::string lines;
  on_all_ranks(communicator_, [&] {
    for (std::size_t height = first; height < last; ++height)
      lines += keep(height, look_at_height(inputs_, height));
  });
  tell(lines);
}

// Where a rank fails all end, before any would wait for its share.
void SharedFindings::look_with(core::HeightTeam const& team) {
  int const all = communicator_.size();
  TeamMember const member{communicator_.rank() - team.first, team.ranks};
  std::optional<HeightLook> look;
  std::string sums, lines;
  std::vector<double> badness;
  on_all_ranks(communicator_, [&] {
    look.emplace(inputs_, team.height, member);
    sums = packed(look->read_share());
  });
  auto shares = communicator_.exchange(for_ranks(team.first, team.ranks, all, bytes_of(sums)));
  on_all_ranks(communicator_, [&] {
    io::ChannelSum total;
    for (auto& share : shares) {
      if (!share.empty()) append_unpacked(text_of(share), total);
      share = {};
    }
    look->condition(total);
    badness = look->search_share();
  });
  shares = communicator_.exchange(
      for_ranks(team.first, 1, all, std::as_bytes(std::span<double const>(badness))));
  on_all_ranks(communicator_, [&] {
    if (!member.leads()) return;
    std::vector<double> wedge;
    for (auto const& share : shares) append(share, wedge);
    lines = keep(team.height, look->conclude(wedge));
  });
  tell(lines);
}

std::string SharedFindings::keep(std::size_t height, LookedAt const& looked) {
  if (looked.found.centre) centres_.push_back(*looked.found.centre);
  missing_ += static_cast<std::int64_t>(inputs_.projections * inputs_.translations) -
              static_cast<std::int64_t>(looked.found.measured);
  packed_.emplace(height, packed(looked.found));
  return looked.lines;
}

// The heights of teams come after those of single ranks; both rise with the ranks.
void SharedFindings::tell(std::string const& lines) {
  for (auto const& text : communicator_.gather(bytes_of(lines))) lines_ += text_of(text);
}

void SharedFindings::agree_on_centre() {
  std::vector<double> all;
  for (auto const& part : communicator_.gather(std::as_bytes(std::span<double const>(centres_))))
    append(part, all);
  centre_ = std::stod(communicator_.broadcast(fmt::format("{:.17g}", common_centre(inputs_, all))));
}

std::set<std::size_t> SharedFindings::heights_of(std::vector<std::size_t> const& units,
                                                 int rank) const {
  auto const [first, last] = core::blocks_of_rank(units.size(), rank, communicator_.size());
  std::set<std::size_t> heights;
  for (std::size_t i = first; i < last; ++i) heights.insert(inputs_.plan.unit(units[i]).height);
  return heights;
}

void SharedFindings::bring(std::vector<std::size_t> const& units) {
  std::set<std::size_t> moving;  // the same on all ranks
  for (int rank = 0; rank < communicator_.size(); ++rank)
    for (auto const height : heights_of(units, rank))
      if (teams_.looked_by(height) != rank) moving.insert(height);
  auto const mine = heights_of(units, communicator_.rank());
  for (auto const height : moving) {
    bool const known = teams_.looked_by(height) == communicator_.rank();
    std::string text;
    for (auto const& part : communicator_.gather(bytes_of(known ? packed_.at(height) : "")))
      text += text_of(part);
    text = communicator_.broadcast(text);
    if (mine.contains(height)) packed_[height] = std::move(text);
  }
  std::erase_if(packed_, [&](auto const& each) { return !mine.contains(each.first); });
}

HeightFindings SharedFindings::of(std::size_t height) const {
  return unpacked(inputs_, height, packed_.at(height));
}

}  // namespace xrdct::app
