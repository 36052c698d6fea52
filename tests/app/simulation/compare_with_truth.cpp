#include <exception>
#include <iostream>

#include "compare_files.hpp"

/// compare_with_truth truth.h5 scan_xrdct.h5: prints the statistics of z; exit status 0 when both
/// agree, 1 when not, 2 when they cannot be compared.
int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: compare_with_truth <truth.h5> <output of xrdct reduce>\n";
    return 2;
  }
  try {
    auto const comparison = xrdct::test::compare_files(argv[1], argv[2]);
    comparison.print(std::cout);
    return comparison.agrees() ? 0 : 1;
  } catch (std::exception const& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
