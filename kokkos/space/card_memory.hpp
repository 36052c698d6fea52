#pragma once
#include <cstddef>
#include <optional>

namespace xrdct::kernels {

/// What the card of this process has free, beside what other processes took of it; nothing where
/// kernels work in the memory of the host. [bytes] After `start`.
std::optional<std::size_t> free_card_memory();

}  // namespace xrdct::kernels
