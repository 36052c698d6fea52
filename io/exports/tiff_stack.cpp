// Writes stacks of slices by libtiff.
#include "io/exports/tiff_stack.hpp"

#include <fmt/core.h>
#include <tiffio.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/tomography/slice_plan.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "io/exports/new_export.hpp"

namespace xrdct::io {
namespace {

// A directory of a page with its tags and description takes less.
constexpr std::size_t largest_page_overhead = 1024;
// Offsets of plain TIFF have 32 bits.
constexpr std::size_t largest_plain_file = (std::size_t{1} << 32) - (std::size_t{1} << 24);
constexpr std::size_t bins_at_once = core::SlicePlan::most_chunk_bins;

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

class Stack {
 public:
  Stack(std::filesystem::path const& file, SlicesReader const& slices, StackChoice const& choice)
      : file_(file),
        part_(file),
        side_(slices.side()),
        geometry_(slices.geometry(choice.reduction)),
        tiff_(TIFFOpen(part_.part().c_str(),
                       tiff_stack_bytes(slices, choice) > largest_plain_file ? "wl8" : "wl")) {
    if (!tiff_) fail();
  }

  /// \param values [y][x][bin] \param bin of the page
  void add(std::vector<float> const& values, std::size_t bin, std::string const& what) {
    std::size_t const bins = values.size() / (side_ * side_);
    std::vector<float> page(side_ * side_);
    for (std::size_t voxel = 0; voxel < page.size(); ++voxel)
      page[voxel] = values[voxel * bins + bin];
    set_tags(what);
    bool const written =
        TIFFWriteEncodedStrip(tiff_.get(), 0, page.data(),
                              static_cast<tmsize_t>(page.size() * sizeof(float))) >= 0 &&
        TIFFWriteDirectory(tiff_.get()) == 1;
    if (!written) fail();
  }

  void finish() {
    if (TIFFFlush(tiff_.get()) != 1) fail();
    tiff_.reset();
    part_.finish();
  }

 private:
  [[noreturn]] void fail() const {
    throw core::IoError({.what = "write " + file_.string(),
                         .expected = "libtiff to do it",
                         .found = "a failure",
                         .attempt = "check the space and the state of the file system"});
  }

  void set_tags(std::string const& what) {
    auto* const tiff = tiff_.get();
    auto const side = static_cast<std::uint32_t>(side_);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, side);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, side);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, side);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 32);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 1.0 / geometry_.step);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 1.0 / geometry_.step);
    TIFFSetField(tiff, TIFFTAG_SOFTWARE, "xrdct");
    TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION,
                 fmt::format("{}; one voxel is {} {}", what, core::number_text(geometry_.step),
                             geometry_.unit.empty() ? "steps" : geometry_.unit)
                     .c_str());
  }

  std::filesystem::path file_;
  NewExport part_;
  std::size_t side_;
  SlicesReader::Geometry geometry_;
  std::unique_ptr<TIFF, Close> tiff_;
};

std::string positioned(StoredAxis const& axis, std::size_t index) {
  std::string const unit = axis.unit.empty() ? "" : " " + axis.unit;
  return fmt::format("{} = {}{}", axis.name, core::number_text(axis.positions[index]), unit);
}

/// "radial_axis = 20.1 nm^-1" of a bin.
std::string bin_text(SlicesReader const& slices, std::string const& reduction, std::size_t bin) {
  switch (slices.kind(reduction)) {
    case core::PatternKind::radial:
      return positioned(slices.radial(reduction), bin);
    case core::PatternKind::azimuthal:
      return positioned(slices.azimuthal(reduction), bin);
    case core::PatternKind::cake:
      break;
  }
  std::size_t const columns = slices.pattern_shape(reduction).columns;
  return positioned(slices.azimuthal(reduction), bin / columns) + ", " +
         positioned(slices.radial(reduction), bin % columns);
}

}  // namespace

std::size_t tiff_stack_bytes(SlicesReader const& slices, StackChoice const& choice) {
  std::size_t const pages =
      choice.bin ? slices.height().positions.size() : slices.pattern_shape(choice.reduction).bins();
  return pages * (slices.side() * slices.side() * sizeof(float) + largest_page_overhead);
}

void write_tiff_stack(std::filesystem::path const& file, SlicesReader const& slices,
                      StackChoice const& choice) {
  Stack stack(file, slices, choice);
  std::size_t const side = slices.side();
  if (choice.bin) {
    for (std::size_t height = 0; height < slices.height().positions.size(); ++height)
      stack.add(slices.channel(choice.reduction, choice.field, height, *choice.bin), 0,
                positioned(slices.height(), height) + ", " +
                    bin_text(slices, choice.reduction, *choice.bin));
    return stack.finish();
  }
  auto const shape = slices.pattern_shape(choice.reduction);
  for (std::size_t first = 0; first < shape.bins();) {
    std::size_t const bins = std::min(bins_at_once, shape.columns - first % shape.columns);
    auto const values =
        slices.box(choice.reduction, choice.field, choice.height, {0, side, 0, side, first, bins});
    for (std::size_t bin = 0; bin < bins; ++bin)
      stack.add(values, bin, bin_text(slices, choice.reduction, first + bin));
    first += bins;
  }
  stack.finish();
}

}  // namespace xrdct::io
