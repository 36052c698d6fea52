// What ranks tell each other comes back as it was.
#include "io/ranks/message.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace xrdct::io {
namespace {

template <class T>
T sent(T const& value) {
  MessageWriter writer;
  writer.item(value);
  auto const bytes = writer.take();
  MessageReader reader(bytes);
  T back{};
  reader.item(back);
  return back;
}

template <class T>
T sent_list(T const& values) {
  MessageWriter writer;
  writer.list(values);
  auto const bytes = writer.take();
  MessageReader reader(bytes);
  T back;
  reader.list(back);
  return back;
}

enum class Colour : std::uint8_t { red, green = 200 };

TEST(Message, GivesBackWholeNumbersOfEverySize) {
  for (std::int64_t const value :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{-129}, std::int64_t{-1},
        std::int64_t{0}, std::int64_t{63}, std::int64_t{64}, std::int64_t{1} << 40,
        std::numeric_limits<std::int64_t>::max()})
    EXPECT_EQ(sent(value), value);
  EXPECT_EQ(sent(std::numeric_limits<std::uint64_t>::max()),
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(sent(true), true);
  EXPECT_EQ(sent(Colour::green), Colour::green);
}

TEST(Message, GivesBackOtherValuesBitByBit) {
  EXPECT_EQ(sent(-0.1), -0.1);
  EXPECT_EQ(sent(std::optional(3.5)), std::optional(3.5));
  EXPECT_EQ(sent(std::array{1.0, 2.0}), (std::array{1.0, 2.0}));
}

TEST(Message, GivesBackLists) {
  EXPECT_EQ(sent_list(std::string("a\0b", 3)), std::string("a\0b", 3));
  EXPECT_EQ(sent_list(std::vector<double>()), std::vector<double>());
  EXPECT_EQ(sent_list(std::vector<std::uint32_t>{1, 1U << 31}),
            (std::vector<std::uint32_t>{1, 1U << 31}));
}

TEST(Message, TakesLittleRoomForSmallNumbers) {
  MessageWriter writer;
  for (std::int64_t const value : {0, -1, 63}) writer.item(value);
  EXPECT_EQ(writer.take().size(), 3u);
}

}  // namespace
}  // namespace xrdct::io
