#include "io/pictures/svg_names.hpp"

#include <gtest/gtest.h>

namespace xrdct::io {
namespace {

TEST(SvgNames, AreCountedFromOneWhereverTheyAreUsed) {
  EXPECT_EQ(with_own_names("<clipPath id=\"clip17\"/><image id=\"image170\"/>"
                           "<g id=\"surface9\" clip-path=\"url(#clip17)\">"
                           "<use xlink:href=\"#image170\"/></g>"),
            "<clipPath id=\"part-1\"/><image id=\"part-2\"/>"
            "<g id=\"part-3\" clip-path=\"url(#part-1)\">"
            "<use xlink:href=\"#part-2\"/></g>");
}

TEST(SvgNames, LeaveEverythingElse) {
  for (std::string const text : {"", "<svg width=\"4\"/>\n", "<a href=\"#elsewhere\"/> (#1)"})
    EXPECT_EQ(with_own_names(text), text);
}

}  // namespace
}  // namespace xrdct::io
