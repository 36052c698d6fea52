#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "kokkos/space/card_memory.hpp"
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

/// "2.03 GB of 143 GB free"; without what is free where no limit is known.
std::string card_share_text(std::size_t bytes, std::optional<std::size_t> free);

/// "2.03 GB of 143 GB free: 1.2 GB for matrices and corrections, 26 MB for each of 32 frames at
/// once"; empty: there is no plan.
std::string card_plan_text(std::optional<kernels::CardPlan> const& plan);

}  // namespace xrdct::app
