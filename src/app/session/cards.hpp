#pragma once
#include <vector>

#include "app/session/card_lines.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::app {

/*!
 * The cards that the ranks take when their kernels start. Collective.
 * \returns [rank] on rank 0; empty on the others, and on a build for CPUs
 * \throws io::AgreedError the build is for cards, and a rank has none
 */
std::vector<RankCard> cards_of_ranks(io::Communicator& communicator);

}  // namespace xrdct::app
