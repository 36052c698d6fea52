// Checksums by xxHash.
#include "io/files/checksum.hpp"

#include <xxhash.h>

#include <new>

#include "core/words/errors.hpp"

namespace xrdct::io {

struct Checksum::State {
  struct Free {
    void operator()(XXH3_state_t* state) const noexcept { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> of{XXH3_createState()};
};

Checksum::Checksum(std::uint64_t seed) : state_(std::make_unique<State>()) {
  if (!state_->of) throw std::bad_alloc();
  XRDCT_ASSERT(XXH3_64bits_reset_withSeed(state_->of.get(), seed) == XXH_OK);
}

Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

void Checksum::add(std::span<std::byte const> bytes) {
  if (bytes.empty()) return;
  XRDCT_ASSERT(XXH3_64bits_update(state_->of.get(), bytes.data(), bytes.size()) == XXH_OK);
}

std::uint64_t Checksum::value() const { return XXH3_64bits_digest(state_->of.get()); }

std::uint64_t checksum(std::span<std::byte const> bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace xrdct::io
