// Solves for a slice with a matrix of another program, for scripts that compare the iterations:
// solve_matrix sirt|cgls <iterations> <matrix> <data> <out>. The matrix is a line
// "<rows> <columns> <entries>", then the first entry of each row and their end (int64), columns
// (int32) and values (float64), as of a compressed sparse row matrix; data and slice are float64.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "core/tomography/reference_iterations.hpp"
#include "core/words/errors.hpp"

namespace {

using namespace xrdct;

template <class T>
std::vector<T> read_values(std::istream& in, std::size_t count) {
  std::vector<T> values(count);
  in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
  if (!in) throw core::IoError("a file ends too early");
  return values;
}

struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<std::int64_t> first;
  std::vector<std::int32_t> column;
  std::vector<double> value;

  explicit Matrix(char const* name) {
    std::ifstream in(name, std::ios::binary);
    std::size_t entries = 0;
    in >> rows >> columns >> entries;
    in.get();  // the end of the line
    first = read_values<std::int64_t>(in, rows + 1);
    column = read_values<std::int32_t>(in, entries);
    value = read_values<double>(in, entries);
  }
  template <class Entry>
  void for_each(Entry const& entry) const {
    for (std::size_t row = 0; row < rows; ++row)
      for (auto i = static_cast<std::size_t>(first[row]);
           i < static_cast<std::size_t>(first[row + 1]); ++i)
        entry(row, static_cast<std::size_t>(column[i]), value[i]);
  }
};

void solve(std::string const& how, int iterations, char const* matrix_file, char const* data_file,
           char const* out_file) {
  Matrix const matrix(matrix_file);
  std::ifstream in(data_file, std::ios::binary);
  auto const data = read_values<double>(in, matrix.rows);
  core::LinearOperator const projector{matrix.columns,
                                       [&](std::span<double const> slice) {
                                         std::vector<double> seen(matrix.rows, 0.0);
                                         matrix.for_each([&](auto row, auto column, double value) {
                                           seen[row] += value * slice[column];
                                         });
                                         return seen;
                                       },
                                       [&](std::span<double const> samples) {
                                         std::vector<double> slice(matrix.columns, 0.0);
                                         matrix.for_each([&](auto row, auto column, double value) {
                                           slice[column] += value * samples[row];
                                         });
                                         return slice;
                                       }};
  std::vector<double> const weights(matrix.rows, 1.0);
  auto const slice = how == "sirt" ? core::sirt(projector, {.count = iterations}, weights, data)
                                   : core::cgls(projector, iterations, weights, data);
  std::ofstream out(out_file, std::ios::binary);
  out.write(reinterpret_cast<char const*>(slice.data()),
            static_cast<std::streamsize>(slice.size() * sizeof(double)));
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) return 2;
  try {
    solve(words[1], std::stoi(words[2]), words[3], words[4], words[5]);
  } catch (std::exception const& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return 0;
}
