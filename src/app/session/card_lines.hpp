#pragma once
#include <string>
#include <vector>

#include "kokkos/space/cards.hpp"

namespace xrdct::app {

/// The card of a rank.
struct RankCard {
  std::string host;
  kernels::Card card;
};

/// "4 x NVIDIA H200 (150 GB), 8 ranks"; empty: there are none. \param ranks [rank]
std::string cards_text(std::vector<RankCard> const& ranks);

/// Of ranks that share a card: a line for each such card.
std::vector<std::string> shared_card_warnings(std::vector<RankCard> const& ranks);

}  // namespace xrdct::app
