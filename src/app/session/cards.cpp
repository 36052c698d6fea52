// Which card each rank takes.
#include "app/session/cards.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "io/ranks/agreement.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::app {
namespace {

/// What a rank tells of its card, in a fixed size: names end where their bytes are 0.
struct Told {
  std::array<char, 256> host{}, name{};
  std::array<char, 32> id{};
  std::size_t memory_bytes = 0;
};

template <std::size_t size>
void tell(std::array<char, size>& to, std::string const& from) {
  std::memcpy(to.data(), from.data(), std::min(size, from.size()));
}

Told told_of(kernels::Card const& card) {
  Told told{.memory_bytes = card.memory_bytes};
  gethostname(told.host.data(), told.host.size() - 1);
  tell(told.name, card.name.substr(0, told.name.size() - 1));
  tell(told.id, card.id);
  return told;
}

RankCard heard(std::span<std::byte const> bytes) {
  Told told;
  std::memcpy(&told, bytes.data(), sizeof told);
  return {told.host.data(),
          {told.name.data(), std::string(told.id.data(), told.id.size()), told.memory_bytes}};
}

}  // namespace

std::vector<RankCard> cards_of_ranks(io::Communicator& communicator) {
  if (kernels::kernels_run_on_host()) return {};
  kernels::Card own;
  on_all_ranks(communicator, [&] { own = kernels::own_card(communicator.rank_on_node()); });
  Told const told = told_of(own);
  std::vector<RankCard> ranks;
  for (auto const& bytes : communicator.gather(std::as_bytes(std::span(&told, 1))))
    ranks.push_back(heard(bytes));
  return ranks;
}

}  // namespace xrdct::app
