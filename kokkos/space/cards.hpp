#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace xrdct::kernels {

/// A GPU.
struct Card {
  std::string name;  //!< of its model
  std::string id;    //!< of this one, the same for all processes that may use it
  std::size_t memory_bytes = 0;
};

/// The cards that this process may use, by their numbers; none on a build for CPUs. Before and
/// after `start`.
std::vector<Card> cards();

/// The number of the card that this thread works with, of those; -1: there is none.
int card_of_thread();
/// From here on this thread works with that card: their library begins with the first one on every
/// thread.
void use_card(int number);

/// The number of the card that a rank takes: in turn, so that no two share one while there are
/// enough. \param cards at least one
inline int card_of_rank(int rank_on_node, std::size_t cards) {
  return rank_on_node % static_cast<int>(cards);
}

}  // namespace xrdct::kernels
