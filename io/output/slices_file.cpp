// Packs the units of a reconstruction, tile by tile, for the file of all ranks.
#include "io/output/slices_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "core/scan/scan_layout.hpp"
#include "core/words/errors.hpp"
#include "io/files/checksum.hpp"
#include "io/files/file_bytes.hpp"
#include "io/nexus/slices_layout.hpp"
#include "io/output/block_file.hpp"
#include "io/output/slices_skeleton.hpp"
#include "io/ranks/agreement.hpp"
#include "io/stored/file_proof.hpp"
#include "io/stored/mean_slice.hpp"

namespace xrdct::io {
namespace {

BlockedOutput output_of(SlicesDescription const& description, SlicesLayout const& layout) {
  std::uint64_t skeleton_bytes = structure_bytes(description);
  for (auto const& of : layout.reductions)
    skeleton_bytes += layout.datasets[of.status].stored_bytes();
  return {.role = OutputRole::slices,
          .layout = layout,
          .skeleton_bytes = skeleton_bytes,
          .write_skeleton = [=](std::filesystem::path const& file) {
            return write_slices_skeleton(file, description, layout);
          }};
}

template <class Value>
void append_as(double number, std::vector<std::byte>& bytes) {
  auto const value = static_cast<Value>(number);
  auto const* const first = reinterpret_cast<std::byte const*>(&value);
  bytes.insert(bytes.end(), first, first + sizeof value);
}

std::vector<std::byte> bytes_as(StoredType type, std::vector<double> const& numbers) {
  std::vector<std::byte> bytes;
  bytes.reserve(numbers.size() * size_of(type));
  for (double const number : numbers) {
    switch (type) {
      case StoredType::u1:
        append_as<std::uint8_t>(number, bytes);
        break;
      case StoredType::i8:
        append_as<std::int64_t>(number, bytes);
        break;
      case StoredType::u8:
        append_as<std::uint64_t>(number, bytes);
        break;
      case StoredType::f4:
        append_as<float>(number, bytes);
        break;
      case StoredType::f8:
        append_as<double>(number, bytes);
        break;
    }
  }
  return bytes;
}

template <class Value>
double number_at(std::byte const* from) {
  Value value{};
  std::memcpy(&value, from, sizeof value);
  return static_cast<double>(value);
}

double number_of(StoredType type, std::byte const* from) {
  switch (type) {
    case StoredType::u1:
      return number_at<std::uint8_t>(from);
    case StoredType::i8:
      return number_at<std::int64_t>(from);
    case StoredType::u8:
      return number_at<std::uint64_t>(from);
    case StoredType::f4:
      return number_at<float>(from);
    case StoredType::f8:
      return number_at<double>(from);
  }
  return 0.0;
}

}  // namespace

struct SlicesFile::State {
  Communicator& communicator;
  SlicesDescription description;
  SlicesLayout layout;
  BlockFile file;
  std::vector<float> chunks;  //!< one tile of a unit, packed
  std::size_t damaged_units = 0;

  State(Communicator& peers, std::filesystem::path const& target, SlicesDescription const& what,
        OutputRun const& run)
      : communicator(peers),
        description(what),
        layout(what),
        file(peers, target, output_of(what, layout), run) {
    chunks.reserve(file.regions().largest_run(SlicesLayout::intensity_column) / sizeof(float));
  }

  bool is_committed(CommittedBlock const& block, FileDescriptor const& descriptor) const;
  void put_values(core::SliceUnit const& unit, std::size_t number, std::size_t column,
                  std::span<float const> values);
  std::vector<std::byte> bytes_of_column(SliceBlock const& block, core::SliceUnit const& unit,
                                         std::size_t column) const;
  std::vector<std::size_t> damaged();
  std::vector<float> means_of_share(FileDescriptor const& descriptor, std::size_t first_slice,
                                    std::size_t slices) const;
  void put_means(std::optional<LastValues>& last);
  void put_mean(LastValues& last, std::size_t slice, std::span<float const> mean) const;
};

// Its row is the one that was committed, and its bytes are those of the row.
bool SlicesFile::State::is_committed(CommittedBlock const& block,
                                     FileDescriptor const& descriptor) const {
  auto const& regions = file.regions();
  std::vector<std::byte> row(regions.row(block.block).bytes);
  read_at(descriptor, file.part(), row, regions.row(block.block).address);
  return checksum(row, 0) == block.row && is_whole(descriptor, file.part(), regions, block.block);
}

void SlicesFile::State::put_values(core::SliceUnit const& unit, std::size_t number,
                                   std::size_t column, std::span<float const> values) {
  file.put(number, column,
           [&](std::size_t tile) { return pack_tile(layout.plan, unit, values, tile, chunks); });
}

// Of status and results; empty where the reduction has no such result, or another unit writes it.
std::vector<std::byte> SlicesFile::State::bytes_of_column(SliceBlock const& block,
                                                          core::SliceUnit const& unit,
                                                          std::size_t column) const {
  if (column == SlicesLayout::status_column) {
    XRDCT_ASSERT(block.status.size() == unit.bins);
    auto const bytes = std::as_bytes(std::span(block.status));
    return {bytes.begin(), bytes.end()};
  }
  auto const& results = description.reductions[unit.reduction].results;
  auto const& name = layout.columns_of_blocks[column].name;
  auto const result = std::find_if(results.begin(), results.end(),
                                   [&](SliceResult const& each) { return each.name == name; });
  if (result == results.end()) return {};
  auto const& numbers = block.results.at(static_cast<std::size_t>(result - results.begin()));
  bool const first = layout.plan.units_of(unit.reduction, unit.height).first == block.unit;
  return result->per_bin || first ? bytes_as(result->type, numbers) : std::vector<std::byte>{};
}

// Means of the tiles of some slices that are this rank's share: the slices follow each other, and
// their tiles are counted through.
std::vector<float> SlicesFile::State::means_of_share(FileDescriptor const& descriptor,
                                                     std::size_t first_slice,
                                                     std::size_t slices) const {
  std::size_t const heights = layout.plan.heights(), tiles = layout.plan.tiles();
  auto const [first, last] =
      core::blocks_of_rank(slices * tiles, communicator.rank(), communicator.size());
  std::vector<float> means;
  for (std::size_t at = first; at < last;) {
    std::size_t const slice = first_slice + at / tiles, tile = at % tiles,
                      count = std::min(tiles - tile, last - at), reduction = slice / heights;
    auto const some = mean_tiles_of_file(descriptor, file.part(), layout.plan,
                                         file.address(layout.reductions[reduction].intensity),
                                         {reduction, slice % heights, tile, tile + count});
    means.insert(means.end(), some.begin(), some.end());
    at += count;
  }
  return means;
}

// Of what lies in the file, so that earlier attempts need not be known; ranks share the tiles of as
// many slices as there are ranks, and rank 0 writes in the order of the datasets.
void SlicesFile::State::put_means(std::optional<LastValues>& last) {
  auto const ranks = static_cast<std::size_t>(communicator.size());
  std::size_t const heights = layout.plan.heights(), slices = heights * layout.reductions.size(),
                    slice_floats =
                        layout.plan.tiles() * layout.plan.tile_side() * layout.plan.tile_side();
  FileDescriptor descriptor;
  on_all_ranks(communicator, [&] { descriptor = FileDescriptor(file.part(), O_RDONLY); });
  on_first_rank(communicator, [&] { last.emplace(file.part()); });
  for (std::size_t first = 0; first < slices; first += ranks) {
    std::size_t const count = std::min(ranks, slices - first);
    std::vector<float> mine;
    on_all_ranks(communicator, [&] { mine = means_of_share(descriptor, first, count); });
    auto const parts = communicator.gather(std::as_bytes(std::span(std::as_const(mine))));
    on_first_rank(communicator, [&] {
      std::vector<float> tiles(slice_floats);
      auto const whole = std::as_writable_bytes(std::span(tiles));
      std::size_t slice = first, filled = 0;
      for (auto const& part : parts) {
        for (auto rest = std::span(part); !rest.empty();) {
          auto const next = rest.first(std::min(rest.size(), whole.size() - filled));
          std::copy(next.begin(), next.end(), whole.begin() + static_cast<std::ptrdiff_t>(filled));
          filled += next.size();
          rest = rest.subspan(next.size());
          if (filled < whole.size()) continue;
          put_mean(*last, slice++, slice_of_tiles(layout.plan, tiles));
          filled = 0;
        }
      }
    });
  }
}

void SlicesFile::State::put_mean(LastValues& last, std::size_t slice,
                                 std::span<float const> mean) const {
  std::size_t const heights = layout.plan.heights();
  last.put(
      file.address(layout.reductions[slice / heights].mean) + slice % heights * mean.size_bytes(),
      std::as_bytes(mean));
}

// Numbers of committed units that are not as they were written; each rank looks at its share.
std::vector<std::size_t> SlicesFile::State::damaged() {
  auto const& committed = file.committed();
  std::string mine;
  on_all_ranks(communicator, [&] {
    auto const [first, last] =
        core::blocks_of_rank(committed.size(), communicator.rank(), communicator.size());
    FileDescriptor const descriptor(file.part(), O_RDONLY);
    if (first < last) forget_cached(descriptor);
    for (std::size_t i = first; i < last; ++i)
      mine += is_committed(committed[i], descriptor) ? '1' : '0';
  });
  std::string all;
  for (auto const& part : communicator.gather(std::as_bytes(std::span(mine))))
    all.append(reinterpret_cast<char const*>(part.data()), part.size());
  all = communicator.broadcast(all);
  std::vector<std::size_t> units;
  for (std::size_t i = 0; i < committed.size(); ++i)
    if (all.at(i) == '0') units.push_back(committed[i].block);
  return units;
}

SlicesFile::SlicesFile(Communicator& communicator, std::filesystem::path const& file,
                       SlicesDescription const& description, OutputRun const& run) {
  XRDCT_ASSERT(!description.reductions.empty());
  on_all_ranks(communicator, [&] { check_names(description); });
  state_ = std::make_unique<State>(communicator, file, description, run);
}

SlicesFile::~SlicesFile() = default;

core::SlicePlan const& SlicesFile::plan() const noexcept { return state_->layout.plan; }
std::size_t SlicesFile::damaged_units() const { return state_->damaged_units; }
int SlicesFile::attempts() const { return state_->file.attempts(); }

std::vector<std::size_t> SlicesFile::units_to_do() {
  auto& state = *state_;
  std::vector<bool> done(state.layout.blocks, false);
  for (auto const& block : state.file.committed()) done[block.block] = true;
  auto const damaged = state.damaged();
  state.damaged_units = damaged.size();
  for (std::size_t const unit : damaged) done[unit] = false;
  std::vector<std::size_t> units;
  for (std::size_t unit = 0; unit < done.size(); ++unit)
    if (!done[unit]) units.push_back(unit);
  return units;
}

std::vector<double> SlicesFile::result(std::size_t reduction, std::size_t height,
                                       std::size_t result) const {
  auto const& state = *state_;
  auto const& of = state.description.reductions.at(reduction).results.at(result);
  XRDCT_ASSERT(!of.per_bin);
  auto const region = state.file.regions().region(
      state.layout.plan.units_of(reduction, height).first, state.layout.column_of(of.name));
  std::vector<std::byte> bytes(region.bytes);
  FileDescriptor const descriptor(state.file.part(), O_RDONLY);
  read_at(descriptor, state.file.part(), bytes, region.address);
  std::vector<double> numbers;
  for (std::size_t at = 0; at < bytes.size(); at += size_of(of.type))
    numbers.push_back(number_of(of.type, bytes.data() + at));
  return numbers;
}

void SlicesFile::write(SliceBlock const* block) {
  auto& state = *state_;
  std::size_t const columns = state.layout.columns_of_blocks.size();
  if (block == nullptr) {
    for (std::size_t column = 0; column < columns; ++column) state.file.put_nothing(column);
    return state.file.end_round({});
  }
  auto const unit = state.layout.plan.unit(block->unit);
  for (std::size_t column = 0; column < columns; ++column) {
    if (column == SlicesLayout::intensity_column)
      state.put_values(unit, block->unit, column, block->values);
    else if (column == SlicesLayout::error_column)
      state.put_values(unit, block->unit, column, block->errors);
    else
      state.file.put(block->unit, column, state.bytes_of_column(*block, unit, column));
  }
  state.file.end_round(block->unit);
}

bool SlicesFile::meets() const { return state_->file.meets(); }
void SlicesFile::suspend() { state_->file.suspend(); }

void SlicesFile::close() {
  auto& state = *state_;
  std::optional<LastValues> last;
  state.file.close_blocks();
  state.put_means(last);
  state.file.prove_blocks();
  state.file.finish(last);
}

std::size_t SlicesFile::memory_bytes() const { return state_->chunks.capacity() * sizeof(float); }

}  // namespace xrdct::io
