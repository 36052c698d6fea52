// The matrix of a reduction in rows: the entries of each bin, pixels ascending.
#include "kokkos/teams/matrix_rows.hpp"

#include <limits>
#include <string>

#include "core/words/errors.hpp"

namespace xrdct::kernels {

MatrixRows rows_of(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask) {
  if (matrix.entries() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw core::InputError({.what = "build the rows of the matrix",
                            .expected = "fewer than 2^31 entries",
                            .found = std::to_string(matrix.entries()),
                            .attempt = "use fewer bins, or engine fused on a CPU"});
  auto const each_entry = [&](auto visit) {
    for (std::size_t p = 0; p < matrix.pixels(); ++p)
      for (std::uint32_t e = matrix.entry_begin[p]; e < matrix.entry_begin[p + 1] && mask[p] == 0;
           ++e)
        visit(p, matrix.bin[e], e);
  };
  MatrixRows rows;
  rows.begin.assign(matrix.bins + 1, 0);
  each_entry([&](std::size_t, std::size_t bin, std::uint32_t) { ++rows.begin[bin + 1]; });
  for (std::size_t bin = 0; bin < matrix.bins; ++bin) rows.begin[bin + 1] += rows.begin[bin];
  rows.pixel.resize(static_cast<std::size_t>(rows.begin.back()));
  rows.coefficient.resize(rows.pixel.size());
  std::vector<int> next(rows.begin.begin(), rows.begin.end() - 1);
  each_entry([&](std::size_t p, std::size_t bin, std::uint32_t e) {
    auto const k = static_cast<std::size_t>(next[bin]++);
    rows.pixel[k] = static_cast<int>(p);
    rows.coefficient[k] = matrix.coefficient[e];
  });
  return rows;
}

}  // namespace xrdct::kernels
