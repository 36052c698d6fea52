#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/words/patterns.hpp"
#include "io/nexus/output_description.hpp"

namespace xrdct::io {

/// The counters of a `PixelTally` by the names of their datasets.
struct TallyField {
  char const* name;
  std::int64_t core::PixelTally::*value;
};
inline constexpr std::array<TallyField, 5> tally_fields{
    {{"used", &core::PixelTally::used},
     {"masked", &core::PixelTally::masked},
     {"invalid", &core::PixelTally::invalid},
     {"out_of_range", &core::PixelTally::out_of_range},
     {"rejected", &core::PixelTally::rejected}}};

enum class StoredType { u1, i8, u8, f4, f8 };
std::size_t size_of(StoredType type);  //!< [bytes]

/// A dataset that is filled while the run goes on.
struct OutputDataset {
  std::string path;  //!< "/entry/mean/I"
  StoredType type = StoredType::f4;
  std::vector<std::size_t> extent;
  std::vector<std::size_t> chunk;  //!< empty: contiguous

  std::size_t chunks() const;  //!< number of chunks, 1 when contiguous
  std::size_t elements_each()
      const;  //!< elements of a chunk with its padding, or of all when contiguous
  std::size_t stored_bytes() const;  //!< with padding
};

/*!
 * The datasets of an output file that are filled while the run goes on, in the order in which they
 * are made. A function of the description alone.
 *
 * Patterns are [height][slow][fast][bin], cakes [height][slow][fast][azimuthal][radial], in chunks
 * of `core::BlockPlan`: the chunks of a block follow one another, so that a block is one run of
 * bytes in the file. What has one value per place is contiguous, [height][slow][fast]: a block is
 * one run there, too.
 */
struct OutputLayout {
  explicit OutputLayout(OutputDescription const& description);

  struct OfReduction {
    std::size_t intensity = 0;
    std::optional<std::size_t> error, deviation;
    std::size_t count = 0;
    core::PatternShape pattern, chunk;
    std::array<std::size_t, tally_fields.size()> tally{};
    std::size_t mean = 0;
    std::size_t maximum = 0;
  };
  std::vector<OutputDataset> datasets;
  std::vector<OfReduction> reductions;  //!< indices into `datasets`
  std::size_t status = 0, index = 0, total_intensity = 0;
  std::optional<std::size_t> monitor;
  std::optional<std::size_t> number;   //!< frames per place; of scans with positions
  std::vector<std::size_t> positions;  //!< of the axes that are measured: height, slow, fast
  std::size_t checksums = 0;           //!< [block][column], a column for each of `block_columns()`
  std::size_t other_checksums = 0;     //!< {of the structure, of the previews}

  /// The datasets that blocks fill, in the order of their checksums.
  std::vector<std::size_t> block_columns() const;
};

/// Datasets of this size and above begin at multiples of it: no two of them share a stripe of a
/// parallel file system. [bytes]
inline constexpr std::size_t output_alignment = std::size_t{1} << 20;

/// \throws core::InputError names of axes or reductions that cannot stand side by side in the file.
void check_names(OutputDescription const& description);

/*!
 * Patterns of one block → its chunks, one after the other, as they lie in the file.
 *
 *     chunks[i][k][place][r][c] = patterns[place][i·chunk.rows + r][k·chunk.columns + c],
 *       0 in the padding
 *
 * \param patterns [place][row][column], the places of the block
 * \param places_each places of a chunk, with those of lines that a short block lacks
 */
void pack_chunks(std::span<float const> patterns, core::PatternShape const& pattern,
                 core::PatternShape const& chunk, std::size_t places_each, std::span<float> chunks);

/// The way back; padding is left out.
void unpack_chunks(std::span<float const> chunks, core::PatternShape const& pattern,
                   core::PatternShape const& chunk, std::size_t places_each,
                   std::span<float> patterns);

}  // namespace xrdct::io
