// Mean and maximum pattern of a scan, summed in a fixed tree over the blocks.
#include "pipeline/preview_sums.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "core/scan/scan_layout.hpp"
#include "core/words/errors.hpp"

namespace xrdct::pipeline {
namespace {

void put(std::vector<std::byte>& bytes, void const* data, std::size_t size) {
  auto const* first = static_cast<std::byte const*>(data);
  bytes.insert(bytes.end(), first, first + size);
}

template <class T>
void put_values(std::vector<std::byte>& bytes, std::vector<T> const& values) {
  put(bytes, values.data(), values.size() * sizeof(T));
}

void take(std::span<std::byte const>& bytes, void* data, std::size_t size) {
  XRDCT_ASSERT(bytes.size() >= size);
  std::memcpy(data, bytes.data(), size);
  bytes = bytes.subspan(size);
}

template <class T>
void take_values(std::span<std::byte const>& bytes, std::vector<T>& values) {
  take(bytes, values.data(), values.size() * sizeof(T));
}

}  // namespace

BinSums::BinSums(std::size_t bins)
    : sum(bins, 0.0), maximum(bins, -std::numeric_limits<double>::infinity()), places(bins, 0) {}

void BinSums::add(std::span<float const> intensity) {
  std::size_t const bins = sum.size();
  XRDCT_ASSERT(bins > 0 && intensity.size() % bins == 0);
  for (std::size_t first = 0; first < intensity.size(); first += bins) {
    for (std::size_t bin = 0; bin < bins; ++bin) {
      double const value = intensity[first + bin];
      if (std::isnan(value)) continue;
      sum[bin] += value;
      maximum[bin] = std::max(maximum[bin], value);
      ++places[bin];
    }
  }
}

void BinSums::add(BinSums const& other) {
  XRDCT_ASSERT(sum.size() == other.sum.size());
  for (std::size_t bin = 0; bin < sum.size(); ++bin) {
    sum[bin] += other.sum[bin];
    maximum[bin] = std::max(maximum[bin], other.maximum[bin]);
    places[bin] += other.places[bin];
  }
}

std::vector<double> BinSums::mean() const {
  std::vector<double> values(sum.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t bin = 0; bin < sum.size(); ++bin) {
    if (places[bin] > 0) values[bin] = sum[bin] / static_cast<double>(places[bin]);
  }
  return values;
}

std::vector<double> BinSums::maximum_or_nan() const {
  std::vector<double> values(sum.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t bin = 0; bin < sum.size(); ++bin) {
    if (places[bin] > 0) values[bin] = maximum[bin];
  }
  return values;
}

void BlockTree::add(std::size_t block, std::vector<BinSums> sums) {
  XRDCT_ASSERT(block < blocks_);
  push({.level = 0, .index = block, .sums = std::move(sums)});
}

// Joins the new node with its left neighbours as long as they are the two halves of one node. A
// left half whose right half has no blocks is the whole of its parent: the scan ended.
void BlockTree::push(Node node) {
  for (;;) {
    bool const right_half = node.index % 2 == 1;
    if (right_half && !nodes_.empty() && nodes_.back().level == node.level &&
        nodes_.back().index + 1 == node.index) {
      Node left = std::move(nodes_.back());
      nodes_.pop_back();
      for (std::size_t r = 0; r < left.sums.size(); ++r) left.sums[r].add(node.sums[r]);
      node.sums = std::move(left.sums);
    } else {
      bool const last_of_scan = !right_half && ((node.index + 1) << node.level) >= blocks_;
      if (!last_of_scan || node.index == 0) break;
    }
    ++node.level;
    node.index /= 2;
  }
  nodes_.push_back(std::move(node));
}

std::vector<std::byte> BlockTree::packed() const {
  std::vector<std::byte> bytes;
  for (auto const& node : nodes_) {
    std::uint64_t const header[] = {node.level, node.index, node.sums.size()};
    put(bytes, header, sizeof header);
    for (auto const& sums : node.sums) {
      std::uint64_t const bins = sums.sum.size();
      put(bytes, &bins, sizeof bins);
      put_values(bytes, sums.sum);
      put_values(bytes, sums.maximum);
      put_values(bytes, sums.places);
    }
  }
  return bytes;
}

BlockTree::Node BlockTree::unpacked(std::span<std::byte const>& bytes) {
  std::uint64_t header[3];
  take(bytes, header, sizeof header);
  Node node{.level = header[0], .index = header[1], .sums = {}};
  for (std::uint64_t r = 0; r < header[2]; ++r) {
    std::uint64_t bins = 0;
    take(bytes, &bins, sizeof bins);
    BinSums& sums = node.sums.emplace_back(bins);
    take_values(bytes, sums.sum);
    take_values(bytes, sums.maximum);
    take_values(bytes, sums.places);
  }
  return node;
}

std::vector<BinSums> BlockTree::combined(std::size_t blocks,
                                         std::span<std::vector<std::byte> const> packed) {
  std::vector<Node> nodes;
  for (auto const& bytes : packed) {
    std::span<std::byte const> rest(bytes);
    while (!rest.empty()) nodes.push_back(unpacked(rest));
  }
  std::sort(nodes.begin(), nodes.end(), [](Node const& a, Node const& b) {
    return (a.index << a.level) < (b.index << b.level);
  });
  BlockTree tree(blocks);
  for (auto& node : nodes) tree.push(std::move(node));
  XRDCT_ASSERT(tree.nodes_.size() == 1 && tree.nodes_.front().index == 0 &&
               (std::size_t{1} << tree.nodes_.front().level) >= blocks);
  return std::move(tree.nodes_.front().sums);
}

std::size_t most_nodes(std::size_t blocks, int ranks) {
  std::size_t most = 0, own = 0, all = 0;
  for (int rank = 0; rank < ranks; ++rank) {
    BlockTree tree(blocks);  // its nodes hold nothing
    auto const [first, last] = core::blocks_of_rank(blocks, rank, ranks);
    for (std::size_t block = first; block < last; ++block) {
      tree.add(block, {});
      if (rank == 0) most = std::max(most, tree.nodes() + 1);
    }
    if (rank == 0) own = tree.nodes();
    all += tree.nodes();
  }
  return std::max(most, 2 * own + 2 * all);
}

}  // namespace xrdct::pipeline
