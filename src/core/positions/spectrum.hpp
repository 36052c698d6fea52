#pragma once
#include <span>
#include <vector>

namespace xrdct::core {

/*!
 * |Σ_n h_n·exp(2πi·j·n/N)| / Σ_n h_n for j = 0 … N/2, of a histogram filled up with zeros to N
 * entries.
 * \param size N, a power of two ≥ the length of the histogram. Memory 16 B · N, time O(N log N)
 */
std::vector<double> coherence_spectrum(std::span<double const> histogram, std::size_t size);

}  // namespace xrdct::core
