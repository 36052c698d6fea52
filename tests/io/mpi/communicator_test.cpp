#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "io/ranks/communicator.hpp"
#include "io/ranks/mpi_io_choice.hpp"

namespace {

using xrdct::io::Communicator;
using xrdct::io::mpi_io_in_force;
using xrdct::io::MpiSession;

TEST(Communicator, knows_its_rank) {
  Communicator communicator;
  EXPECT_GE(communicator.rank(), 0);
  EXPECT_LT(communicator.rank(), communicator.size());
  EXPECT_GE(communicator.ranks_on_node(), 1);
  EXPECT_LE(communicator.ranks_on_node(), communicator.size());
  EXPECT_FALSE(MpiSession::library_version().empty());
}

TEST(Communicator, any_is_true_when_one_rank_says_so) {
  Communicator communicator;
  EXPECT_TRUE(communicator.any(communicator.rank() == communicator.size() - 1));
  EXPECT_FALSE(communicator.any(false));
}

TEST(Communicator, reduces_numbers) {
  Communicator communicator;
  std::int64_t const n = communicator.size();
  EXPECT_EQ(communicator.sum(communicator.rank() + 1), n * (n + 1) / 2);
  EXPECT_EQ(communicator.maximum(communicator.rank()), static_cast<double>(n - 1));
  EXPECT_EQ(communicator.minimum(communicator.rank()), 0.0);
}

TEST(Communicator, broadcasts_the_text_of_rank_0) {
  Communicator communicator;
  communicator.barrier();
  std::string const long_text(3'000'001, 'x');
  EXPECT_EQ(communicator.broadcast(communicator.rank() == 0 ? long_text : "another"), long_text);
  EXPECT_EQ(communicator.broadcast(communicator.rank() == 0 ? "" : "another"), "");
}

TEST(Communicator, gathers_bytes_in_rank_order) {
  Communicator communicator;
  // Rank r brings r·1000 bytes of value r: rank 0 none at all.
  std::vector<std::byte> const mine(static_cast<std::size_t>(communicator.rank()) * 1000,
                                    static_cast<std::byte>(communicator.rank()));
  auto const all = communicator.gather(mine);
  if (communicator.rank() != 0) {
    EXPECT_TRUE(all.empty());
    return;
  }
  ASSERT_EQ(all.size(), static_cast<std::size_t>(communicator.size()));
  for (std::size_t rank = 0; rank < all.size(); ++rank)
    EXPECT_EQ(all[rank], std::vector<std::byte>(rank * 1000, static_cast<std::byte>(rank)));
}

TEST(Communicator, exchanges_what_ranks_have_for_each_other) {
  Communicator communicator;
  int const rank = communicator.rank(), size = communicator.size();
  // Rank r has (r + 1)·1000 bytes of value r for each rank from r on, and nothing for those before.
  std::vector<std::byte> const mine(static_cast<std::size_t>(rank + 1) * 1000,
                                    static_cast<std::byte>(rank));
  std::vector<std::span<std::byte const>> for_all(static_cast<std::size_t>(size));
  for (int other = rank; other < size; ++other) for_all[static_cast<std::size_t>(other)] = mine;
  auto const all = communicator.exchange(for_all);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(size));
  for (int from = 0; from < size; ++from)
    EXPECT_EQ(all[static_cast<std::size_t>(from)],
              std::vector<std::byte>(from <= rank ? static_cast<std::size_t>(from + 1) * 1000 : 0,
                                     static_cast<std::byte>(from)));
}

TEST(MpiSession, takes_a_component_that_tells_of_failed_writes) {
  EXPECT_EQ(mpi_io_in_force().objection, "");
}

TEST(MpiSession, switches_data_sieving_off_before_mpi_starts) {
  EXPECT_STREQ(std::getenv("OMPI_MCA_fbtl_posix_write_datasieving"), "0");
}

}  // namespace
