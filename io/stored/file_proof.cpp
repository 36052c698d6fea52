// Compares what lies in a file with the checksums that were formed before it was written.
#include "io/stored/file_proof.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/scan/progress.hpp"
#include "io/files/checksum.hpp"
#include "io/files/file_bytes.hpp"

namespace xrdct::io {
namespace {

// Small enough to be in the cache still when its checksum is formed.
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

/// Forms checksums of an open file.
class FileChecksums {
 public:
  FileChecksums(FileDescriptor const& descriptor, std::filesystem::path const& file)
      : descriptor_(descriptor), file_(file), piece_(piece_bytes) {}

  void add(FileRegion region, Checksum& sum) {
    while (region.bytes > 0) {
      auto const part = std::span(piece_).first(std::min(region.bytes, piece_.size()));
      read_at(descriptor_, file_, part, region.address);
      sum.add(part);
      region.address += part.size();
      region.bytes -= part.size();
      core::note_progress();
    }
  }

  std::uint64_t of(BlockRegion const& region, std::uint64_t seed) {
    Checksum sum(seed);
    for (std::size_t run = 0; run < region.runs; ++run) add(region.run(run), sum);
    return sum.value();
  }

 private:
  FileDescriptor const& descriptor_;
  std::filesystem::path const& file_;
  std::vector<std::byte> piece_;
};

template <class Each>
void look_at_block(FileDescriptor const& descriptor, std::filesystem::path const& file,
                   FileChecksums& sums, OutputRegions const& regions, std::size_t block,
                   Each each) {
  std::vector<std::uint64_t> row(regions.columns());
  read_at(descriptor, file, std::as_writable_bytes(std::span(row)), regions.row(block).address);
  for (std::size_t column = 0; column < row.size(); ++column)
    each(column,
         sums.of(regions.region(block, column), regions.seed(block, column)) == row[column]);
}

}  // namespace

std::uint64_t structure_checksum(FileDescriptor const& descriptor,
                                 std::filesystem::path const& file, OutputRegions const& regions) {
  FileChecksums sums(descriptor, file);
  Checksum sum(OutputRegions::structure_seed);
  std::uint64_t from = 0;
  auto const add_until = [&](std::uint64_t end) {
    if (from < end) sums.add({from, end - from}, sum);
  };
  for (auto const& values : regions.values()) {
    add_until(values.address);
    from = values.address + values.bytes;
  }
  add_until(size_of_file(descriptor, file));
  return sum.value();
}

std::uint64_t previews_checksum(FileDescriptor const& descriptor, std::filesystem::path const& file,
                                OutputRegions const& regions) {
  FileChecksums sums(descriptor, file);
  Checksum sum(OutputRegions::previews_seed);
  for (auto const& preview : regions.previews()) sums.add(preview, sum);
  return sum.value();
}

std::vector<DamagedBlock> damaged_blocks(FileDescriptor const& descriptor,
                                         std::filesystem::path const& file,
                                         OutputRegions const& regions, std::size_t first,
                                         std::size_t last) {
  forget_cached(descriptor);
  FileChecksums sums(descriptor, file);
  std::vector<DamagedBlock> damage;
  for (std::size_t block = first; block < last; ++block) {
    look_at_block(descriptor, file, sums, regions, block, [&](std::size_t column, bool same) {
      if (!same) damage.push_back({block, column});
    });
    core::note_progress();
  }
  return damage;
}

bool is_whole(FileDescriptor const& descriptor, std::filesystem::path const& file,
              OutputRegions const& regions, std::size_t block) {
  FileChecksums sums(descriptor, file);
  bool whole = true;
  look_at_block(descriptor, file, sums, regions, block,
                [&](std::size_t, bool same) { whole = whole && same; });
  return whole;
}

std::vector<std::string> damaged_others(FileDescriptor const& descriptor,
                                        std::filesystem::path const& file,
                                        OutputRegions const& regions) {
  std::array<std::uint64_t, 2> expected{};
  read_at(descriptor, file, std::as_writable_bytes(std::span(expected)), regions.others().address);
  std::vector<std::string> damage;
  if (structure_checksum(descriptor, file, regions) != expected[0])
    damage.emplace_back("its structure (groups, attributes, axes, texts)");
  if (previews_checksum(descriptor, file, regions) != expected[1])
    damage.emplace_back("the previews below /entry/preview");
  return damage;
}

std::string damage_text(std::vector<DamagedBlock> const& damage, OutputRegions const& regions,
                        std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < std::min(lines, damage.size()); ++i)
    text += fmt::format("{}{} of {}", i == 0 ? "" : ", ", regions.describe(damage[i].block),
                        regions.path(damage[i].block, damage[i].column));
  if (damage.size() > lines) text += fmt::format(" and {} more", damage.size() - lines);
  return text;
}

}  // namespace xrdct::io
