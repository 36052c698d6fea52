// Packs the blocks of a scan, chunk by chunk, for the file of all ranks.
#include "io/output/sinogram_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "core/words/errors.hpp"
#include "io/nexus/output_layout.hpp"
#include "io/output/block_file.hpp"
#include "io/output/output_skeleton.hpp"
#include "io/output/stored_blocks.hpp"
#include "io/ranks/agreement.hpp"

namespace xrdct::io {
namespace {

// Σ over the bins that are not empty, in double; NaN where all are.
float total_of(std::span<float const> pattern) {
  double sum = 0.0;
  bool any = false;
  for (float const value : pattern) {
    if (std::isnan(value)) continue;
    sum += value;
    any = true;
  }
  return any ? static_cast<float>(sum) : std::numeric_limits<float>::quiet_NaN();
}

BlockedOutput output_of(OutputDescription const& description, OutputLayout const& layout) {
  return {.role = OutputRole::reduction,
          .layout = layout,
          .skeleton_bytes =
              structure_bytes(description) + layout.datasets[layout.status].stored_bytes(),
          .write_skeleton = [=](std::filesystem::path const& file) {
            return write_skeleton(file, description, layout);
          }};
}

}  // namespace

struct SinogramFile::State {
  Communicator& communicator;
  OutputLayout layout;
  BlockFile file;
  std::optional<StoredBlocks> stored;
  std::vector<float> chunks;  //!< one block of one dataset, packed

  State(Communicator& peers, std::filesystem::path const& target,
        OutputDescription const& description, OutputRun const& run)
      : communicator(peers),
        layout(description),
        file(peers, target, output_of(description, layout), run) {
    on_all_ranks(communicator,
                 [&] { stored.emplace(file.part(), layout, file.regions(), file.committed()); });
    for (auto const& dataset : layout.datasets)
      if (!dataset.chunk.empty())
        chunks.resize(std::max(chunks.size(), chunks_per_block(dataset) * dataset.elements_each()));
  }

  // The chunks of a block are those of its bins.
  std::size_t chunks_per_block(OutputDataset const& dataset) const {
    return dataset.chunks() / layout.blocks;
  }

  void put_patterns(core::BlockResult const* block, std::size_t column,
                    OutputLayout::OfReduction const& reduction, OutputDataset const& target,
                    std::vector<float> const* patterns);
  /// value(place): what is stored for a place of the block
  template <class Value>
  void put_places(core::BlockResult const* block, std::size_t column, Value value);
};

void SinogramFile::State::put_patterns(core::BlockResult const* block, std::size_t column,
                                       OutputLayout::OfReduction const& reduction,
                                       OutputDataset const& target,
                                       std::vector<float> const* patterns) {
  if (block == nullptr) return file.put_nothing(column);
  XRDCT_ASSERT(patterns->size() ==
               layout.plan.places_of(block->block).second * reduction.pattern.bins());
  auto const packed = std::span(chunks).first(chunks_per_block(target) * target.elements_each());
  pack_chunks(*patterns, reduction.pattern, reduction.chunk, layout.plan.places_per_chunk(),
              packed);
  file.put(block->block, column, std::as_bytes(packed));
}

template <class Value>
void SinogramFile::State::put_places(core::BlockResult const* block, std::size_t column,
                                     Value value) {
  if (block == nullptr) return file.put_nothing(column);
  std::vector<decltype(value(std::size_t{0}))> values(layout.plan.places_of(block->block).second);
  for (std::size_t place = 0; place < values.size(); ++place) values[place] = value(place);
  file.put(block->block, column, std::as_bytes(std::span(values)));
}

SinogramFile::SinogramFile(Communicator& communicator, std::filesystem::path const& file,
                           OutputDescription const& description, OutputRun const& run) {
  XRDCT_ASSERT(!description.reductions.empty() && description.shape().places() > 0);
  on_all_ranks(communicator, [&] { check_names(description); });
  state_ = std::make_unique<State>(communicator, file, description, run);
}

SinogramFile::~SinogramFile() = default;

core::FinishedBlocks& SinogramFile::finished() { return *state_->stored; }
int SinogramFile::attempts() const { return state_->file.attempts(); }

// In the order of `OutputLayout::block_columns`.
void SinogramFile::write(core::BlockResult const* block) {
  auto& state = *state_;
  std::size_t column = 0;
  for (std::size_t i = 0; i < state.layout.reductions.size(); ++i) {
    auto const& target = state.layout.reductions[i];
    auto const* const patterns = block == nullptr ? nullptr : &block->reductions.at(i);
    auto const put = [&](std::size_t dataset, std::vector<float> core::BlockPatterns::*values) {
      state.put_patterns(block, column++, target, state.layout.datasets[dataset],
                         patterns == nullptr ? nullptr : &(patterns->*values));
    };
    put(target.intensity, &core::BlockPatterns::intensity);
    if (target.error) put(*target.error, &core::BlockPatterns::error);
    if (target.deviation) put(*target.deviation, &core::BlockPatterns::deviation);
    put(target.count, &core::BlockPatterns::count);
    for (auto const& field : tally_fields)
      state.put_places(block, column++,
                       [&](std::size_t place) { return patterns->tally.at(place).*field.value; });
  }
  state.put_places(block, column++, [&](std::size_t place) {
    return static_cast<std::uint8_t>(block->status.at(place));
  });
  state.put_places(block, column++, [&](std::size_t place) { return block->index.at(place); });
  if (state.layout.monitor)
    state.put_places(block, column++, [&](std::size_t place) { return block->monitor.at(place); });
  for (std::size_t axis = 0; axis < state.layout.positions.size(); ++axis)
    state.put_places(block, column++,
                     [&](std::size_t place) { return block->positions.at(axis).at(place); });
  if (state.layout.number)
    state.put_places(block, column++, [&](std::size_t place) { return block->number.at(place); });
  state.put_places(block, column++, [&](std::size_t place) {
    std::size_t const bins = state.layout.reductions.front().pattern.bins();
    return total_of(std::span(block->reductions.front().intensity).subspan(place * bins, bins));
  });
  XRDCT_ASSERT(column == state.layout.columns_of_blocks.size());
  state.file.end_round(block == nullptr ? std::nullopt : std::optional(block->block));
}

void SinogramFile::suspend() { state_->file.suspend(); }

bool SinogramFile::meets() const { return state_->file.meets(); }

void SinogramFile::close(Preview const& preview) {
  auto& state = *state_;
  state.file.close_blocks();
  state.file.prove_blocks();
  std::optional<LastValues> last;
  on_first_rank(state.communicator, [&] {
    last.emplace(state.file.part());
    auto const put = [&](std::size_t dataset, std::vector<double> const& values) {
      XRDCT_ASSERT(values.size() == state.layout.datasets[dataset].elements_each());
      last->put(state.file.address(dataset), std::as_bytes(std::span(values)));
    };
    XRDCT_ASSERT(preview.mean.size() == state.layout.reductions.size() &&
                 preview.maximum.size() == state.layout.reductions.size());
    for (std::size_t i = 0; i < state.layout.reductions.size(); ++i) {
      put(state.layout.reductions[i].mean, preview.mean[i]);
      put(state.layout.reductions[i].maximum, preview.maximum[i]);
    }
  });
  state.file.finish(last);
}

std::size_t SinogramFile::memory_bytes() const { return state_->chunks.size() * sizeof(float); }

}  // namespace xrdct::io
