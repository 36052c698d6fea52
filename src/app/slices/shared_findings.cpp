// Looks at the heights of a reconstruction on all ranks, and shares what they say.
#include "app/slices/shared_findings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <span>
#include <utility>

#include "app/slices/packed_findings.hpp"
#include "core/scan/scan_layout.hpp"
#include "io/ranks/agreement.hpp"

namespace xrdct::app {
namespace {

std::span<std::byte const> bytes_of(std::string const& text) {
  return std::as_bytes(std::span(text));
}

void append(std::vector<std::byte> const& bytes, std::string& text) {
  text.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
}

}  // namespace

SharedFindings::SharedFindings(SliceInputs const& inputs, io::Communicator& communicator)
    : inputs_(inputs), communicator_(communicator) {
  look();
}

void SharedFindings::look() {
  auto const [first, last] =
      core::blocks_of_rank(inputs_.heights, communicator_.rank(), communicator_.size());
  std::vector<double> centres;
  std::string lines;
  std::int64_t missing = 0;
  on_all_ranks(communicator_, [&] {
    for (std::size_t height = first; height < last; ++height) {
      auto const looked = look_at_height(inputs_, height);
      if (looked.found.centre) centres.push_back(*looked.found.centre);
      lines += looked.lines;
      missing += static_cast<std::int64_t>(inputs_.projections * inputs_.translations) -
                 static_cast<std::int64_t>(looked.found.measured);
      packed_.emplace(height, packed(looked.found));
    }
  });
  missing_ = communicator_.sum(missing);
  agree_on_centre(centres);
  for (auto const& text : communicator_.gather(bytes_of(lines))) append(text, lines_);
}

void SharedFindings::agree_on_centre(std::vector<double> const& own) {
  std::vector<double> all;
  for (auto const& bytes : communicator_.gather(std::as_bytes(std::span(own)))) {
    std::size_t const before = all.size();
    all.resize(before + bytes.size() / sizeof(double));
    if (!bytes.empty()) std::memcpy(all.data() + before, bytes.data(), bytes.size());
  }
  centre_ = std::stod(communicator_.broadcast(fmt::format("{:.17g}", common_centre(inputs_, all))));
}

std::set<std::size_t> SharedFindings::heights_of(std::vector<std::size_t> const& units,
                                                 int rank) const {
  auto const [first, last] = core::blocks_of_rank(units.size(), rank, communicator_.size());
  std::set<std::size_t> heights;
  for (std::size_t i = first; i < last; ++i) heights.insert(inputs_.plan.unit(units[i]).height);
  return heights;
}

int SharedFindings::looked_by(std::size_t height) const {
  for (int rank = 0; rank < communicator_.size(); ++rank)
    if (height < core::blocks_of_rank(inputs_.heights, rank, communicator_.size()).second)
      return rank;
  return 0;
}

void SharedFindings::bring(std::vector<std::size_t> const& units) {
  std::set<std::size_t> moving;  // the same on all ranks
  for (int rank = 0; rank < communicator_.size(); ++rank)
    for (auto const height : heights_of(units, rank))
      if (looked_by(height) != rank) moving.insert(height);
  auto const mine = heights_of(units, communicator_.rank());
  for (auto const height : moving) {
    bool const known = looked_by(height) == communicator_.rank();
    std::string text;
    for (auto const& part : communicator_.gather(bytes_of(known ? packed_.at(height) : "")))
      append(part, text);
    text = communicator_.broadcast(text);
    if (mine.contains(height)) packed_[height] = std::move(text);
  }
  std::erase_if(packed_, [&](auto const& each) { return !mine.contains(each.first); });
}

HeightFindings SharedFindings::of(std::size_t height) const {
  return unpacked(inputs_, height, packed_.at(height));
}

}  // namespace xrdct::app
