#include "io/guard/picture_signature.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xrdct::io {
namespace {

TEST(PictureSignature, IsTheLastLineOfLines) {
  EXPECT_EQ(signed_svg("<svg/>\n"), "<svg/>\n<!-- xrdct 6a22e95e1937740f288601cce8256f09 -->\n");
  EXPECT_EQ(signed_pdf("%%EOF"), "%%EOF\n%xrdct e86e25c1b8fb61469e3b0aa65931552e\n");
}

TEST(PictureSignature, IsKnownUntilAnythingIsChanged) {
  for (auto const& file :
       {signed_svg("<svg>\n<path/>\n</svg>\n"), signed_pdf("%PDF-1.5\n%%EOF\n")}) {
    EXPECT_TRUE(is_signed_by_last_line(file));
    for (std::size_t i = 0; i < file.size(); ++i) {
      auto changed = file;
      changed[i] = changed[i] == 'x' ? 'y' : 'x';
      EXPECT_FALSE(is_signed_by_last_line(changed)) << i << changed;
      EXPECT_FALSE(is_signed_by_last_line(file.substr(0, i))) << i;
    }
    EXPECT_FALSE(is_signed_by_last_line(file + "more\n"));
    EXPECT_FALSE(is_signed_by_last_line("more\n" + file));
  }
}

TEST(PictureSignature, IsNotThatOfAnother) {
  for (std::string const file :
       {"", "\n", "%PDF-1.5\n%%EOF\n", "<svg/>\n<!-- xrdct -->\n", "<svg/>\n<!-- xrdct 00 -->\n",
        "%xrdct d41d8cd98f00b204e9800998ecf8427e\n"})
    EXPECT_FALSE(is_signed_by_last_line(file)) << file;
}

}  // namespace
}  // namespace xrdct::io
