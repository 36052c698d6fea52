// Names files by their first bytes, so that a message can say what was given and what to do with
// it.
#include "io/files/file_kind.hpp"

#include <H5public.h>

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <fstream>

namespace xrdct::io {
namespace {

using namespace std::string_view_literals;

constexpr auto by_hand = "convert it"sv;
constexpr auto by_fabio = "convert it: fabio-convert -F edf FILE"sv;
constexpr auto of_picture =
    "convert it; for a mask: python -c \"import numpy, PIL.Image as P; numpy.save('mask.npy', numpy.asarray(P.open('FILE').convert('L')) > 0)\""sv;

struct Kind {
  std::string_view magic, name, advice;
};

constexpr std::array kinds{
    Kind{"\x89HDF\r\n\x1a\n"sv, "HDF5"sv, "expand it with gunzip or bunzip2"sv},
    Kind{"\x1f\x8b"sv, "a gzip file"sv, "expand it with gunzip"sv},
    Kind{"BZh"sv, "a bzip2 file"sv, "expand it with bunzip2"sv},
    Kind{"\xfd\x37zXZ"sv, "an xz file"sv, "expand it with unxz"sv},
    Kind{"\x28\xb5\x2f\xfd"sv, "a zstd file"sv, "expand it with unzstd"sv},
    Kind{"PK\x03\x04"sv, "a zip or npz file"sv, "save the array with numpy.save"sv},
    Kind{"\x93NUMPY"sv, "NPY"sv, by_hand},
    Kind{"II*\0"sv, "TIFF"sv, by_hand},
    Kind{"MM\0*"sv, "TIFF"sv, by_hand},
    Kind{"II+\0"sv, "TIFF"sv, by_hand},
    Kind{"MM\0+"sv, "TIFF"sv, by_hand},
    Kind{"M\0\0\0A\0\0\0S\0\0\0K\0\0\0"sv, "a Fit2D mask"sv, by_hand},
    Kind{"###CBF"sv, "CBF"sv, by_hand},
    Kind{"\x89PNG"sv, "PNG, a picture"sv, of_picture},
    Kind{"\xff\xd8\xff"sv, "JPEG, a picture"sv, of_picture},
    Kind{"\0\0\0\x0cjP"sv, "JPEG 2000, a picture"sv, of_picture},
    Kind{"GIF8"sv, "GIF, a picture"sv, of_picture},
    Kind{"BM"sv, "BMP, a picture"sv, of_picture},
    Kind{"RIFF"sv, "RIFF (WebP, a picture)"sv, of_picture},
    Kind{"8BPS"sv, "PSD, a picture"sv, of_picture},
    Kind{"%PDF"sv, "PDF"sv, by_hand},
    Kind{"%!PS"sv, "PostScript"sv, by_hand},
    Kind{"\x7f"
         "ELF"sv,
         "a program"sv, by_hand},
    Kind{"\x80\x04"sv, "a pickle of Python"sv, "save the array with numpy.save"sv},
    Kind{"MATLAB 5.0"sv, "a MAT file of MATLAB"sv, "save the array as HDF5 or NPY"sv},
    Kind{"\xd0\xcf\x11\xe0"sv, "an Office document"sv, by_hand},
    Kind{"FORMAT :"sv, "an image of Bruker"sv, by_fabio},
    Kind{"ADEPT"sv, "an image of GE"sv, by_fabio},
    Kind{"OD SAPPHIRE"sv, "an image of Oxford Diffraction"sv, by_fabio},
    Kind{"R-AXIS"sv, "an image of R-AXIS"sv, by_fabio},
    Kind{"ESPERANTO FORMAT"sv, "an Esperanto image"sv, by_fabio},
    Kind{"\\$FFF_START"sv, "a Fit2D binary file"sv, by_fabio},
    Kind{"\xd2\x04\0\0"sv, "an image of mar345"sv, by_fabio},
    Kind{"\0\0\x04\xd2"sv, "an image of mar345"sv, by_fabio},
    Kind{"\0\0\0\x03"sv, "DM3"sv, by_fabio},
    Kind{"mar research"sv, "an image of mar345"sv, by_fabio}};

constexpr Kind smv{"", "SMV (ADSC, d*TREK)", by_fabio}, edf{"", "EDF", by_hand},
    json{"", "JSON", by_hand}, markup{"", "a web page or XML", by_hand}, unknown{"", "", by_hand};

std::string_view without_blanks(std::string_view text) {
  auto const first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

Kind const& kind_of(std::string_view start) {
  auto const* const found = std::find_if(
      kinds.begin(), kinds.end(), [&](Kind const& kind) { return start.starts_with(kind.magic); });
  if (found != kinds.end()) return *found;
  auto const text = without_blanks(start);
  if (text.starts_with('<')) return markup;
  if (!text.starts_with('{')) return unknown;
  auto const first = without_blanks(text.substr(1));
  if (first.starts_with("HEADER_BYTES")) return smv;
  return first.starts_with('"') || (first.starts_with('}') && !text.starts_with("{}\n")) ? json
                                                                                         : edf;
}

}  // namespace

std::string_view file_kind(std::string_view start) { return kind_of(start).name; }

std::string_view conversion_advice(std::string_view start) { return kind_of(start).advice; }

std::string_view file_kind_of(std::filesystem::path const& file) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure))
    return {};  // a pipe would wait for a writer
  std::array<char, 64> start{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(start.data(), start.size());
  return file_kind(
      {start.data(), static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0))});
}

std::string newer_hdf5_advice(std::string_view hdf5_text) {
  auto const has = [&](std::string_view words) {
    return hdf5_text.find(words) != std::string_view::npos;
  };
  bool const version = has("bad version number") || has("wrong version") ||
                       has("unknown version") || has("bad superblock version") ||
                       has("version of object header") || has("unknown filter") ||
                       has("bad object header version") || has("unknown fill value version") ||
                       (has("version") && has("unsupported"));
  bool const message =
      has("unknown message with") || has("unknown layout class") || has("unknown or unsupported");
  if (!version && !message) return "";
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format(
      "a newer HDF5 wrote it (this program has {}.{}.{}), or it is damaged; write it again as "
      "older programs read it: h5repack --high=2 OLD NEW with the newer HDF5, or h5py.File(name, "
      "\"w\", libver=\"v110\")",
      major, minor, release);
}

}  // namespace xrdct::io
