#pragma once
#include <cstddef>
#include <optional>

namespace xrdct::kernels {

/// What the card of this process has free, beside what other processes took of it; nothing where
/// kernels work in the memory of the host. [bytes] After `start`.
std::optional<std::size_t> free_card_memory();

/// What an engine, or a part of it, has taken. [bytes]
struct EngineMemory {
  std::size_t host = 0;  //!< all where kernels work in the memory of the host
  std::size_t card = 0;

  std::size_t total() const { return host + card; }
  EngineMemory& operator+=(EngineMemory const& more) {
    host += more.host;
    card += more.card;
    return *this;
  }
  friend EngineMemory operator+(EngineMemory a, EngineMemory const& b) { return a += b; }
};

/// How an engine shares out what its card has. [bytes]
struct CardPlan {
  std::optional<std::size_t> free = {};  //!< before; nothing: no limit is known
  std::size_t fixed = 0;                 //!< matrices and corrections
  std::size_t frame = 0;                 //!< each frame that is worked on at once
  std::size_t frames = 0;                //!< at once

  std::size_t total() const { return fixed + frames * frame; }
};

}  // namespace xrdct::kernels
