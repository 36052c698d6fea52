// Says which cards the ranks of a run work on.
#include "app/session/card_lines.hpp"

#include <fmt/core.h>

#include <map>
#include <set>
#include <utility>

#include "core/words/number_text.hpp"

namespace xrdct::app {
namespace {

using Key = std::pair<std::string, std::string>;  // host and card

Key key_of(RankCard const& rank) { return {rank.host, rank.card.id}; }

std::string text_of(std::size_t bytes) { return core::bytes_text(static_cast<double>(bytes)); }

std::string model_of(kernels::Card const& card) {
  return card.name + " (" + text_of(card.memory_bytes) + ")";
}

}  // namespace

std::string cards_text(std::vector<RankCard> const& ranks) {
  std::map<std::string, std::set<Key>> cards_of_model;
  for (auto const& rank : ranks) cards_of_model[model_of(rank.card)].insert(key_of(rank));
  std::string text;
  for (auto const& [model, cards] : cards_of_model)
    text += fmt::format("{}{} x {}", text.empty() ? "" : " and ", cards.size(), model);
  if (text.empty()) return text;
  return text + fmt::format(", {} rank{}", ranks.size(), ranks.size() == 1 ? "" : "s");
}

std::vector<std::string> shared_card_warnings(std::vector<RankCard> const& ranks) {
  std::map<Key, std::vector<std::size_t>> ranks_of_card;
  for (std::size_t rank = 0; rank < ranks.size(); ++rank)
    ranks_of_card[key_of(ranks[rank])].push_back(rank);
  std::vector<std::string> warnings;
  for (auto const& [key, sharing] : ranks_of_card) {
    if (sharing.size() < 2) continue;
    std::string numbers;
    for (auto const rank : sharing)
      numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", rank);
    warnings.push_back(
        fmt::format("{} ranks share a card of {}, {}: {}; start one rank for each card",
                    sharing.size(), key.first, ranks[sharing.front()].card.name, numbers));
  }
  return warnings;
}

std::string card_share_text(std::size_t bytes, std::optional<std::size_t> free) {
  return text_of(bytes) + (free ? " of " + text_of(*free) + " free" : "");
}

std::string card_plan_text(std::optional<kernels::CardPlan> const& plan) {
  if (!plan) return {};
  return fmt::format("{}: {} for matrices and corrections, {} for each of {} {} at once",
                     card_share_text(plan->total(), plan->free), text_of(plan->fixed),
                     text_of(plan->frame), plan->frames, plan->frames == 1 ? "frame" : "frames");
}

}  // namespace xrdct::app
