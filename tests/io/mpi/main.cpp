#include <gtest/gtest.h>

#include <cstdio>

#include "io/ranks/communicator.hpp"

int main(int argc, char** argv) {
  xrdct::io::MpiSession session(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  xrdct::io::Communicator communicator;
  // A listener prints once, and a failure anywhere is a failure everywhere.
  if (communicator.rank() > 0) {
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    auto* const printer = listeners.Release(listeners.default_result_printer());
    class FailuresOnly final : public testing::EmptyTestEventListener {
      void OnTestPartResult(testing::TestPartResult const& result) override {
        if (result.failed())
          std::fprintf(stderr, "%s:%d: %s\n", result.file_name(), result.line_number(),
                       result.summary());
      }
    };
    delete printer;
    listeners.Append(new FailuresOnly);
  }
  int const status = RUN_ALL_TESTS();
  bool const failed = communicator.any(status != 0);
  if (!session.close(communicator))
    xrdct::io::abort_together(communicator, failed ? 1 : 0);  // a test gave an output up
  return failed ? 1 : 0;
}
