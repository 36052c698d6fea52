// The shapes of letters, so that pictures have text on machines without fonts.
//
// The Hershey Fonts were originally created by Dr. A. V. Hershey while working at the U. S.
// National Bureau of Standards. The format of the font data was originally created by James Hurt,
// Cognition, Inc., 900 Technology Park Drive, Billerica, MA 01821. ° × Å θ − and the box are drawn
// to match.
#include "io/pictures/letters.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace xrdct::io {
namespace {

struct Drawn {
  char32_t code;
  // Pairs of letters, as distances from 'R': left and right end, then the points (x, y down) of
  // strokes. " R" lifts the pen.
  std::string_view outline;
};

// Sorted by code point; the last stands for all that are missing.
// clang-format off
constexpr auto drawn = std::to_array<Drawn>({
    {U' ', "JZ"},
    {U'!', "MWRFRT RRYQZR[SZRY"},
    {U'"', "JZNFNM RVFVM"},
    {U'#', "H]SBLb RYBRb RLOZO RKUYU"},
    {U'$', R"(H\PBP_ RTBT_ RYIWGTFPFMGKIKKLMMNOOUQWRXSYUYXWZT[P[MZKX)"},
    {U'%', "F^[FI[ RNFPHPJOLMMKMIKIIJGLFNFPGSHVHYG[F RWTUUTWTYV[X[ZZ[X[VYTWT"},
    {U'&', R"(E_\O\N[MZMYNXPVUTXRZP[L[JZIYHWHUISJRQNRMSKSIRGPFNGMIMKNNPQUXWZY[[[\Z\Y)"},
    {U'\'', "MWRHQGRFSGSIRKQL"},
    {U'(', "KYVBTDRGPKOPOTPYR]T`Vb"},
    {U')', "KYNBPDRGTKUPUTTYR]P`Nb"},
    {U'*', "JZRFRR RMIWO RWIMO"},
    {U'+', "E_RIR[ RIR[R"},
    {U',', R"(MWSZR[QZRYSZS\R^Q_)"},
    {U'-', R"(I\LRXR)"},
    {U'.', "MWRYQZR[SZRY"},
    {U'/', "G][BIb"},
    {U'0', R"(H\QFNGLJKOKRLWNZQ[S[VZXWYRYOXJVGSFQF)"},
    {U'1', R"(H\NJPISFS[)"},
    {U'2', R"(H\LKLJMHNGPFTFVGWHXJXLWNUQK[Y[)"},
    {U'3', R"(H\MFXFRNUNWOXPYSYUXXVZS[P[MZLYKW)"},
    {U'4', R"(H\UFKTZT RUFU[)"},
    {U'5', R"(H\WFMFLOMNPMSMVNXPYSYUXXVZS[P[MZLYKW)"},
    {U'6', R"(H\XIWGTFRFOGMJLOLTMXOZR[S[VZXXYUYTXQVOSNRNOOMQLT)"},
    {U'7', R"(H\YFO[ RKFYF)"},
    {U'8', R"(H\PFMGLILKMMONSOVPXRYTYWXYWZT[P[MZLYKWKTLRNPQOUNWMXKXIWGTFPF)"},
    {U'9', R"(H\XMWPURRSQSNRLPKMKLLINGQFRFUGWIXMXRWWUZR[P[MZLX)"},
    {U':', "MWRMQNROSNRM RRYQZR[SZRY"},
    {U';', R"(MWRMQNROSNRM RSZR[QZRYSZS\R^Q_)"},
    {U'<', "F^ZIJRZ["},
    {U'=', "E_IO[O RIU[U"},
    {U'>', "F^JIZRJ["},
    {U'?', "I[LKLJMHNGPFTFVGWHXJXLWNVORQRT RRYQZR[SZRY"},
    {U'@', R"(E`WNVLTKQKOLNMMPMSNUPVSVUUVS RQKOMNPNSOUPV RWKVSVUXVZV\T]Q]O\L[JYHWGTFQFNGLHJJILHOHRIUJWLYNZQ[T[WZYYZX RXKWSWUXV)"},
    {U'A', "I[RFJ[ RRFZ[ RMTWT"},
    {U'B', R"(G\KFK[ RKFTFWGXHYJYLXNWOTP RKPTPWQXRYTYWXYWZT[K[)"},
    {U'C', "H]ZKYIWGUFQFOGMILKKNKSLVMXOZQ[U[WZYXZV"},
    {U'D', R"(G\KFK[ RKFRFUGWIXKYNYSXVWXUZR[K[)"},
    {U'E', "H[LFL[ RLFYF RLPTP RL[Y["},
    {U'F', "HZLFL[ RLFYF RLPTP"},
    {U'G', "H]ZKYIWGUFQFOGMILKKNKSLVMXOZQ[U[WZYXZVZS RUSZS"},
    {U'H', "G]KFK[ RYFY[ RKPYP"},
    {U'I', "NVRFR["},
    {U'J', "JZVFVVUYTZR[P[NZMYLVLT"},
    {U'K', R"(G\KFK[ RYFKT RPOY[)"},
    {U'L', "HYLFL[ RL[X["},
    {U'M', "F^JFJ[ RJFR[ RZFR[ RZFZ["},
    {U'N', "G]KFK[ RKFY[ RYFY["},
    {U'O', "G]PFNGLIKKJNJSKVLXNZP[T[VZXXYVZSZNYKXIVGTFPF"},
    {U'P', R"(G\KFK[ RKFTFWGXHYJYMXOWPTQKQ)"},
    {U'Q', "G]PFNGLIKKJNJSKVLXNZP[T[VZXXYVZSZNYKXIVGTFPF RSWY]"},
    {U'R', R"(G\KFK[ RKFTFWGXHYJYLXNWOTPKP RRPY[)"},
    {U'S', R"(H\YIWGTFPFMGKIKKLMMNOOUQWRXSYUYXWZT[P[MZKX)"},
    {U'T', "JZRFR[ RKFYF"},
    {U'U', "G]KFKULXNZQ[S[VZXXYUYF"},
    {U'V', "I[JFR[ RZFR["},
    {U'W', R"(F^HFM[ RRFM[ RRFW[ R\FW[)"},
    {U'X', R"(H\KFY[ RYFK[)"},
    {U'Y', "I[JFRPR[ RZFRP"},
    {U'Z', R"(H\YFK[ RKFYF RK[Y[)"},
    {U'[', "KYOBOb RPBPb ROBVB RObVb"},
    {U'\\', "KYKFY^"},
    {U']', "KYTBTb RUBUb RNBUB RNbUb"},
    {U'^', "JZPLRITL RMORJWO RRJR["},
    {U'_', "JZJ]Z]"},
    {U'`', "MWSFRGQIQKRLSKRJ"},
    {U'a', R"(I\XMX[ RXPVNTMQMONMPLSLUMXOZQ[T[VZXX)"},
    {U'b', "H[LFL[ RLPNNPMSMUNWPXSXUWXUZS[P[NZLX"},
    {U'c', "I[XPVNTMQMONMPLSLUMXOZQ[T[VZXX"},
    {U'd', R"(I\XFX[ RXPVNTMQMONMPLSLUMXOZQ[T[VZXX)"},
    {U'e', "I[LSXSXQWOVNTMQMONMPLSLUMXOZQ[T[VZXX"},
    {U'f', "MYWFUFSGRJR[ ROMVM"},
    {U'g', R"(I\XMX]W`VaTbQbOa RXPVNTMQMONMPLSLUMXOZQ[T[VZXX)"},
    {U'h', R"(I\MFM[ RMQPNRMUMWNXQX[)"},
    {U'i', "NVQFRGSFREQF RRMR["},
    {U'j', "MWRFSGTFSERF RSMS^RaPbNb"},
    {U'k', "IZMFM[ RWMMW RQSX["},
    {U'l', "NVRFR["},
    {U'm', R"(CaGMG[ RGQJNLMOMQNRQR[ RRQUNWMZM\N]Q][)"},
    {U'n', R"(I\MMM[ RMQPNRMUMWNXQX[)"},
    {U'o', R"(I\QMONMPLSLUMXOZQ[T[VZXXYUYSXPVNTMQM)"},
    {U'p', "H[LMLb RLPNNPMSMUNWPXSXUWXUZS[P[NZLX"},
    {U'q', R"(I\XMXb RXPVNTMQMONMPLSLUMXOZQ[T[VZXX)"},
    {U'r', "KXOMO[ ROSPPRNTMWM"},
    {U's', "J[XPWNTMQMNNMPNRPSUTWUXWXXWZT[Q[NZMX"},
    {U't', "MYRFRWSZU[W[ ROMVM"},
    {U'u', R"(I\MMMWNZP[S[UZXW RXMX[)"},
    {U'v', "JZLMR[ RXMR["},
    {U'w', "G]JMN[ RRMN[ RRMV[ RZMV["},
    {U'x', "J[MMX[ RXMM["},
    {U'y', "JZLMR[ RXMR[P_NaLbKb"},
    {U'z', "J[XMM[ RMMXM RM[X["},
    {U'{', R"(KYTBRCQDPFPHQJRKSMSOQQ RRCQEQGRISJTLTNSPORSTTVTXSZR[Q]Q_Ra RQSSUSWRYQZP\P^Q`RaTb)"},
    {U'|', "NVRBRb"},
    {U'}', R"(KYPBRCSDTFTHSJRKQMQOSQ RRCSESGRIQJPLPNQPURQTPVPXQZR[S]S_Ra RSSQUQWRYSZT\T^S`RaPb)"},
    {U'~', "F^IUISJPLONOPPTSVTXTZS[Q RISJQLPNPPQTTVUXUZT[Q[O"},
    {U'\u00B0', "KYQFOGNINKOMQNSNUMVKVIUGSFQF"},
    {U'\u00B5', R"(H]OMIb RNQMVMYO[Q[SZUXWT RYMWTVXVZW[Y[[Y\W)"},
    {U'\u00B7', "MWRPQQRRSQRP"},
    {U'\u00C5', "I[RFJ[ RRFZ[ RMTWT RRAPBPDRETDTBRA"},
    {U'\u00D7', R"(H\LLXX RXLLX)"},
    {U'\u03B8', "I[RFPGNJMNMSNWPZR[TZVWWSWNVJTGRF RMQWQ"},
    {U'\u03C7', "G]KMMMOOU`WbYb RZMYOWRM]K`Jb"},
    {U'\u2212', R"(I\LRXR)"},
    {U'\uFFFD', "I[MFM[W[WFMF"},
});
// clang-format on

constexpr double cap_height = 21.0;   // of the grid of the letters
constexpr int base_line = 9;          // its y
constexpr double raised_size = 0.72;  // of what follows ^
constexpr double raised_by = 0.55;    // in heights of capitals

int offset(char c) { return c - 'R'; }

std::string_view outline_of(char32_t code) {
  auto found =
      std::lower_bound(drawn.begin(), drawn.end(), code,
                       [](Drawn const& one, char32_t wanted) { return one.code < wanted; });
  if (found == drawn.end() || found->code != code) found = std::prev(drawn.end());
  return found->outline;
}

/// Code points of UTF-8; broken bytes become U+FFFD.
std::vector<char32_t> code_points(std::string_view text) {
  constexpr char32_t broken = 0xFFFD;
  std::vector<char32_t> codes;
  for (std::size_t i = 0; i < text.size();) {
    auto const first = static_cast<unsigned char>(text[i++]);
    int const more = first < 0x80         ? 0
                     : first >> 5 == 0x6  ? 1
                     : first >> 4 == 0xE  ? 2
                     : first >> 3 == 0x1E ? 3
                                          : -1;
    char32_t code = more == 0 ? first : more > 0 ? first & (0x3F >> more) : broken;
    for (int n = 0; n < more; ++n) {
      if (i == text.size() || (static_cast<unsigned char>(text[i]) >> 6) != 0x2) {
        code = broken;
        break;
      }
      code = code << 6 | (static_cast<unsigned char>(text[i++]) & 0x3F);
    }
    codes.push_back(code);
  }
  return codes;
}

bool may_be_raised(char32_t code) {
  return code == U'-' || code == U'+' || code == U'.' || (code >= U'0' && code <= U'9');
}

/// Adds a letter whose left end is at `x`; \returns its width.
double add_letter(std::string_view outline, Point at, double step, TextStrokes& text) {
  int const left = offset(outline[0]), right = offset(outline[1]);
  std::vector<Point> stroke;
  for (std::size_t i = 2; i + 1 < outline.size(); i += 2) {
    if (outline[i] == ' ') {
      text.strokes.push_back(std::move(stroke));
      stroke.clear();
      continue;
    }
    stroke.push_back({at.x + (offset(outline[i]) - left) * step,
                      at.y + (offset(outline[i + 1]) - base_line) * step});
  }
  if (!stroke.empty()) text.strokes.push_back(std::move(stroke));
  return (right - left) * step;
}

}  // namespace

TextStrokes text_strokes(std::string const& text, double height) {
  TextStrokes result;
  bool raised = false;
  for (char32_t const code : code_points(text)) {
    if (code == U'^') {
      raised = true;
      continue;
    }
    raised = raised && may_be_raised(code);
    double const size = raised ? raised_size * height : height;
    Point const at{result.width, raised ? -raised_by * height : 0.0};
    result.width += add_letter(outline_of(code), at, size / cap_height, result);
  }
  return result;
}

}  // namespace xrdct::io
