// Writes the blocks of all ranks into one file, and gives it its name when all is there.
#include "io/output/sinogram_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"
#include "io/guard/output_guard.hpp"
#include "io/nexus/output_layout.hpp"
#include "io/output/block_sink.hpp"
#include "io/output/output_skeleton.hpp"
#include "io/output/shared_output.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/mpi_io_choice.hpp"

namespace xrdct::io {
namespace {

static_assert(std::endian::native == std::endian::little,
              "datasets are little endian, and their bytes are written as they lie in memory");

std::filesystem::path with_suffix(std::filesystem::path const& file, char const* suffix) {
  return file.string() + suffix;
}

// More than MPI-IO needs to open a file.
constexpr int descriptors_of_output = 4;

// One rank of each node looks.
void refuse_silent_writes(Communicator& communicator) {
  on_all_ranks(communicator, [&] {
    std::string objection;
    if (communicator.size() == 1)
      objection = objection_to_environment();
    else if (communicator.first_on_node())
      objection = mpi_io_in_force().objection;
    if (!objection.empty()) throw core::InputError(objection);
  });
}

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

}  // namespace

struct SinogramFile::State {
  Communicator& communicator;
  std::filesystem::path file, part;
  bool overwrite;
  OutputLayout layout;
  core::BlockPlan plan;
  std::optional<RunLock> lock;           //!< rank 0
  std::vector<std::uint64_t> addresses;  //!< of the datasets: of their first bytes
  FileDescriptor own;                    //!< to sync what this rank has written
  std::unique_ptr<BlockSink> sink;
  bool collective = false;    //!< ranks wait for each other in a write
  std::vector<float> chunks;  //!< one block of one dataset, packed

  State(Communicator& peers, std::filesystem::path const& target,
        OutputDescription const& description, bool may_overwrite)
      : communicator(peers),
        file(target),
        part(with_suffix(target, ".part")),
        overwrite(may_overwrite),
        layout(description),
        plan(description.blocks()) {
    for (auto const& dataset : layout.datasets)
      if (!dataset.chunk.empty())
        chunks.resize(std::max(chunks.size(), chunks_per_block(dataset) * dataset.elements_each()));
  }

  // The chunks of a block are those of its bins.
  std::size_t chunks_per_block(OutputDataset const& dataset) const {
    return dataset.chunks() / plan.blocks();
  }

  void create(OutputDescription const& description);
  void share_addresses();
  void write_patterns(core::BlockResult const* block, OutputLayout::OfReduction const& reduction,
                      std::size_t dataset, std::vector<float> const* patterns);
  /// value(place): what is stored for a place of the block
  template <class Value>
  void write_places(core::BlockResult const* block, std::size_t dataset, Value value);
  void write_preview(Preview const& preview) const;
  void sync();
};

// The skeleton gets its space and reaches the disk before it gets its name: a `.part` is always
// complete in structure.
void SinogramFile::State::create(OutputDescription const& description) {
  if (std::error_code ignored;
      file.has_parent_path() && !std::filesystem::is_directory(file.parent_path(), ignored)) {
    throw core::IoError({.what = "create " + file.string(),
                         .expected = "the folder " + file.parent_path().string(),
                         .found = "none",
                         .attempt = "create it first"});
  }
  OutputGuard guard;
  guard.add({file, OutputRole::reduction, overwrite});
  guard.require();
  lock.emplace(file);
  auto const fresh = with_suffix(part, ".new");
  std::filesystem::remove(part);
  try {
    require_space(file, estimated_file_bytes(description));
    addresses = write_skeleton(fresh, description, layout);
    allocate_blocks(fresh);
    sync_file(fresh);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(fresh, ignored);
    throw;
  }
  rename_durably(fresh, part);
}

void SinogramFile::State::write_patterns(core::BlockResult const* block,
                                         OutputLayout::OfReduction const& reduction,
                                         std::size_t dataset, std::vector<float> const* patterns) {
  auto const& target = layout.datasets[dataset];
  // with padding: that of every block
  std::size_t const block_bytes = target.stored_bytes() / plan.blocks();
  if (block == nullptr) return sink->write(addresses[dataset], {}, block_bytes);
  XRDCT_ASSERT(patterns->size() == plan.places_of(block->block).second * reduction.pattern.bins());
  auto const packed = std::span(chunks).first(chunks_per_block(target) * target.elements_each());
  pack_chunks(*patterns, reduction.pattern, reduction.chunk, plan.places_per_chunk(), packed);
  XRDCT_ASSERT(packed.size_bytes() == block_bytes);
  sink->write(addresses[dataset] + block->block * block_bytes, std::as_bytes(packed), block_bytes);
}

template <class Value>
void SinogramFile::State::write_places(core::BlockResult const* block, std::size_t dataset,
                                       Value value) {
  std::size_t const each = size_of(layout.datasets[dataset].type),
                    largest = plan.places_per_chunk() * each;
  if (block == nullptr) return sink->write(addresses[dataset], {}, largest);
  auto const [first, number] = plan.places_of(block->block);
  std::vector<decltype(value(std::size_t{0}))> values(number);
  for (std::size_t place = 0; place < values.size(); ++place) values[place] = value(place);
  XRDCT_ASSERT(sizeof values[0] == each);
  sink->write(addresses[dataset] + first * each, std::as_bytes(std::span(values)), largest);
}

// The last bytes of the file, by rank 0 alone, after all others are on the disk.
void SinogramFile::State::write_preview(Preview const& preview) const {
  FileDescriptor descriptor(part, O_RDWR);
  auto const put = [&](std::size_t dataset, std::vector<double> const& values) {
    XRDCT_ASSERT(values.size() == layout.datasets[dataset].elements_each());
    write_at(descriptor, part, std::as_bytes(std::span(values)), addresses[dataset]);
  };
  XRDCT_ASSERT(preview.mean.size() == layout.reductions.size() &&
               preview.maximum.size() == layout.reductions.size());
  for (std::size_t i = 0; i < layout.reductions.size(); ++i) {
    put(layout.reductions[i].mean, preview.mean[i]);
    put(layout.reductions[i].maximum, preview.maximum[i]);
  }
  sync_data(descriptor, part);
  descriptor.close(part);
}

void SinogramFile::State::share_addresses() {
  std::string const text(reinterpret_cast<char const*>(addresses.data()),
                         addresses.size() * sizeof addresses[0]);
  std::string const shared = communicator.broadcast(text);
  addresses.resize(shared.size() / sizeof addresses[0]);
  std::memcpy(addresses.data(), shared.data(), shared.size());
}

SinogramFile::SinogramFile(Communicator& communicator, std::filesystem::path const& file,
                           OutputDescription const& description, core::Writer writer,
                           bool overwrite) {
  XRDCT_ASSERT(!description.reductions.empty() && description.shape().places() > 0);
  on_all_ranks(communicator, [&] { check_names(description); });
  if (writer == core::Writer::collective) refuse_silent_writes(communicator);
  state_ = std::make_unique<State>(communicator, file, description, overwrite);
  auto& state = *state_;
  require_shared(communicator, file);
  on_first_rank(communicator, [&] { state.create(description); });
  state.share_addresses();
  on_all_ranks(communicator, [&] {
    state.own = FileDescriptor(state.part, O_RDWR);
    require_descriptors(descriptors_of_output);
  });
  state.collective = writer == core::Writer::collective && communicator.size() > 1;
  // Opening by MPI-IO is collective: a rank that fails in it cannot tell the others, which are
  // still there.
  state.sink = writer == core::Writer::direct
                   ? make_direct_sink(state.part)
                   : make_mpi_io_sink(communicator, state.part, state.collective);
}

SinogramFile::~SinogramFile() = default;

void SinogramFile::write(core::BlockResult const* block) {
  auto& state = *state_;
  for (std::size_t i = 0; i < state.layout.reductions.size(); ++i) {
    auto const& target = state.layout.reductions[i];
    auto const* const patterns = block == nullptr ? nullptr : &block->reductions.at(i);
    auto const write = [&](std::size_t dataset, std::vector<float> core::BlockPatterns::*values) {
      state.write_patterns(block, target, dataset,
                           patterns == nullptr ? nullptr : &(patterns->*values));
    };
    write(target.intensity, &core::BlockPatterns::intensity);
    if (target.error) write(*target.error, &core::BlockPatterns::error);
    if (target.deviation) write(*target.deviation, &core::BlockPatterns::deviation);
    write(target.count, &core::BlockPatterns::count);
    for (std::size_t field = 0; field < tally_fields.size(); ++field)
      state.write_places(block, target.tally[field], [&](std::size_t place) {
        return patterns->tally.at(place).*tally_fields[field].value;
      });
  }
  auto const& layout = state.layout;
  state.write_places(block, layout.status, [&](std::size_t place) {
    return static_cast<std::uint8_t>(block->status.at(place));
  });
  state.write_places(block, layout.index,
                     [&](std::size_t place) { return block->index.at(place); });
  if (layout.monitor)
    state.write_places(block, *layout.monitor,
                       [&](std::size_t place) { return block->monitor.at(place); });
  state.write_places(block, layout.total_intensity, [&](std::size_t place) {
    std::size_t const bins = layout.reductions.front().pattern.bins();
    return total_of(std::span(block->reductions.front().intensity).subspan(place * bins, bins));
  });
}

bool SinogramFile::meets() const { return state_->collective; }

void SinogramFile::State::sync() {
  on_all_ranks(communicator, [&] { write_back(own, part); });
  on_all_ranks(communicator, [&] {
    sink->close();
    sync_data(own, part);
    if (communicator.rank() == 0) require_same_file(part, own);
    own.close(part);
  });
}

void SinogramFile::suspend() {
  state_->sync();
  state_->lock.reset();
}

void SinogramFile::close(Preview const& preview) {
  auto& state = *state_;
  state.sync();
  on_first_rank(state.communicator, [&] {
    state.write_preview(preview);
    sync_file(state.part);
    finish_part(state.file, OutputRole::reduction, state.overwrite);
    state.lock.reset();
  });
}

std::size_t SinogramFile::memory_bytes() const { return state_->chunks.size() * sizeof(float); }

}  // namespace xrdct::io
