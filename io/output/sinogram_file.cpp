// Writes the blocks of all ranks into one file, and gives it its name when all is there.
#include "io/output/sinogram_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "core/words/errors.hpp"
#include "io/files/checksum.hpp"
#include "io/files/durable_file.hpp"
#include "io/files/file_bytes.hpp"
#include "io/guard/output_guard.hpp"
#include "io/nexus/output_layout.hpp"
#include "io/output/block_sink.hpp"
#include "io/output/shared_output.hpp"
#include "io/output/stored_blocks.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/mpi_io_choice.hpp"
#include "io/stored/file_proof.hpp"

namespace xrdct::io {
namespace {

static_assert(std::endian::native == std::endian::little,
              "datasets are little endian, and their bytes are written as they lie in memory");

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
  using Clock = std::chrono::steady_clock;

  Communicator& communicator;
  std::filesystem::path file, part;
  OutputRun run;
  OutputLayout layout;
  core::BlockPlan plan;
  bool collective;              //!< ranks write together
  std::optional<RunLock> lock;  //!< rank 0
  OutputPart begun;             //!< the same on all ranks
  std::optional<OutputRegions> regions;
  std::optional<StoredBlocks> stored;
  FileDescriptor own;  //!< to sync what this rank has written
  std::unique_ptr<BlockSink> sink;
  std::optional<RunJournal> journal;
  std::vector<CommittedBlock> pending;  //!< written, and not yet in the journal
  Clock::time_point committed = Clock::now(), looked = committed;
  double uncommitted_s = 0.0;  //!< the same on all ranks, as the two below
  std::size_t rounds_between = 1, rounds_to_look = 1;
  std::vector<float> chunks;       //!< one block of one dataset, packed
  std::vector<std::uint64_t> row;  //!< checksums of the block that is being written

  State(Communicator& peers, std::filesystem::path const& target,
        OutputDescription const& description, OutputRun const& how)
      : communicator(peers),
        file(target),
        part(part_of(target)),
        run(how),
        layout(description),
        plan(description.blocks()),
        collective(how.writer == core::Writer::collective && peers.size() > 1),
        row(layout.block_columns().size()) {
    for (auto const& dataset : layout.datasets)
      if (!dataset.chunk.empty())
        chunks.resize(std::max(chunks.size(), chunks_per_block(dataset) * dataset.elements_each()));
  }

  // The chunks of a block are those of its bins.
  std::size_t chunks_per_block(OutputDataset const& dataset) const {
    return dataset.chunks() / plan.blocks();
  }

  void begin(OutputDescription const& description);
  void open();
  void put(core::BlockResult const* block, std::size_t column, std::span<std::byte const> bytes);
  void put_patterns(core::BlockResult const* block, std::size_t column,
                    OutputLayout::OfReduction const& reduction, OutputDataset const& target,
                    std::vector<float> const* patterns);
  /// value(place): what is stored for a place of the block
  template <class Value>
  void put_places(core::BlockResult const* block, std::size_t column, Value value);
  void put_row(core::BlockResult const* block);
  void commit_when_due();
  void commit();
  void close_files();
  void prove_blocks();
  void write_others(Preview const& preview) const;
  void prove_others() const;
};

// What rank 0 finds or makes, all ranks know.
void SinogramFile::State::begin(OutputDescription const& description) {
  on_first_rank(communicator, [&] {
    require_output(file, run.overwrite);
    lock.emplace(file);
    begun = open_part(file, description, layout, run);
  });
  auto const share = [&](auto& values) {
    std::string const bytes(reinterpret_cast<char const*>(values.data()),
                            values.size() * sizeof values[0]);
    std::string const shared = communicator.broadcast(bytes);
    values.resize(shared.size() / sizeof values[0]);
    if (!shared.empty()) std::memcpy(values.data(), shared.data(), shared.size());
  };
  std::vector<std::uint64_t> numbers{begun.structure, begun.seed,
                                     static_cast<std::uint64_t>(begun.journal.attempts)};
  share(numbers);
  begun.structure = numbers[0];
  begun.seed = numbers[1];
  begun.journal.attempts = static_cast<int>(numbers[2]);
  share(begun.addresses);
  share(begun.journal.blocks);
  regions.emplace(plan, layout, begun.addresses);
}

void SinogramFile::State::open() {
  on_all_ranks(communicator, [&] {
    own = FileDescriptor(part, O_RDWR);
    journal.emplace(journal_folder(file), begun.seed, begun.journal.attempts, communicator.rank());
    stored.emplace(part, layout, *regions, begun.journal.blocks);
    require_descriptors(descriptors_of_output);
  });
  // Opening by MPI-IO is collective: a rank that fails in it cannot tell the others, which are
  // still there.
  sink = run.writer == core::Writer::direct ? make_direct_sink(part)
                                            : make_mpi_io_sink(communicator, part, collective);
}

// The checksum is formed of what is to be written, before any library has it.
void SinogramFile::State::put(core::BlockResult const* block, std::size_t column,
                              std::span<std::byte const> bytes) {
  auto const& of = regions->columns()[column];
  if (block == nullptr) return sink->write(of.address, {}, of.block_bytes);
  auto const region = regions->region(block->block, column);
  XRDCT_ASSERT(bytes.size() == region.bytes);
  row[column] = checksum(bytes, regions->seed(block->block, column));
  sink->write(region.address, bytes, of.block_bytes);
}

void SinogramFile::State::put_patterns(core::BlockResult const* block, std::size_t column,
                                       OutputLayout::OfReduction const& reduction,
                                       OutputDataset const& target,
                                       std::vector<float> const* patterns) {
  if (block == nullptr) return put(nullptr, column, {});
  XRDCT_ASSERT(patterns->size() == plan.places_of(block->block).second * reduction.pattern.bins());
  auto const packed = std::span(chunks).first(chunks_per_block(target) * target.elements_each());
  pack_chunks(*patterns, reduction.pattern, reduction.chunk, plan.places_per_chunk(), packed);
  put(block, column, std::as_bytes(packed));
}

template <class Value>
void SinogramFile::State::put_places(core::BlockResult const* block, std::size_t column,
                                     Value value) {
  if (block == nullptr) return put(nullptr, column, {});
  std::vector<decltype(value(std::size_t{0}))> values(plan.places_of(block->block).second);
  for (std::size_t place = 0; place < values.size(); ++place) values[place] = value(place);
  put(block, column, std::as_bytes(std::span(values)));
}

void SinogramFile::State::put_row(core::BlockResult const* block) {
  auto const bytes = std::as_bytes(std::span(row));
  if (block == nullptr) return sink->write(regions->row(0).address, {}, bytes.size());
  sink->write(regions->row(block->block).address, bytes, bytes.size());
  pending.push_back({block->block, checksum(bytes, 0)});
}

// Ranks that write together agree on the time, and wait for each other in that: a few times per
// commit, not in each round, in which one would wait for the batch that another is at.
void SinogramFile::State::commit_when_due() {
  auto const since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  if (!collective) {
    if (since(committed) >= run.commit_s) commit();
    return;
  }
  if (--rounds_to_look > 0) return;
  double const elapsed_s = communicator.maximum(since(looked));
  uncommitted_s += elapsed_s;
  if (uncommitted_s >= run.commit_s) {
    commit();
    uncommitted_s = 0.0;
  }
  double const wanted_s = run.commit_s / 4.0;
  if (2.0 * elapsed_s < wanted_s) rounds_between *= 2;
  if (elapsed_s > wanted_s) rounds_between = std::max<std::size_t>(1, rounds_between / 2);
  rounds_to_look = rounds_between;
  looked = Clock::now();
}

// A failure ends the program on this rank alone: then nobody's blocks get into the journal.
void SinogramFile::State::commit() {
  sync_data(own, part);
  if (collective) communicator.barrier();  // what I wrote may be another rank's to sync
  if (!pending.empty()) journal->append(pending);
  pending.clear();
  committed = Clock::now();
}

// Collective; what was written is on the disk, and in the journal.
void SinogramFile::State::close_files() {
  on_all_ranks(communicator, [&] { write_back(own, part); });
  on_all_ranks(communicator, [&] {
    sink->close();
    sync_data(own, part);
  });
  on_all_ranks(communicator, [&] {
    if (!pending.empty()) journal->append(pending);
    pending.clear();
    journal->close();
    if (communicator.rank() == 0) require_same_file(part, own);
    own.close(part);
  });
}

// Each rank looks at the blocks of another one, on another node where there is one: what this node
// has in memory is no proof.
void SinogramFile::State::prove_blocks() {
  auto const shift = static_cast<int>(communicator.maximum(communicator.ranks_on_node()));
  int const other = (communicator.rank() + shift) % communicator.size();
  on_all_ranks(communicator, [&] {
    auto const [first, last] = core::blocks_of_rank(plan.blocks(), other, communicator.size());
    FileDescriptor descriptor(part, O_RDONLY);
    auto const damage = damaged_blocks(descriptor, part, *regions, first, last);
    descriptor.close(part);
    if (!damage.empty())
      throw core::IoError(
          {.what = "prove " + part.string(),
           .expected = "the bytes that were written",
           .found = "others in " + damage_text(damage, *regions, 5),
           .attempt = "check the disk and the memory of this machine, then run again: whole blocks "
                      "are kept, the others are made again"});
  });
}

// The last bytes of the file, by rank 0 alone, after all others are on the disk.
void SinogramFile::State::write_others(Preview const& preview) const {
  FileDescriptor descriptor(part, O_RDWR);
  Checksum previews(OutputRegions::previews_seed);
  auto const put = [&](std::size_t dataset, std::vector<double> const& values) {
    XRDCT_ASSERT(values.size() == layout.datasets[dataset].elements_each());
    auto const bytes = std::as_bytes(std::span(values));
    previews.add(bytes);
    write_at(descriptor, part, bytes, begun.addresses[dataset]);
  };
  XRDCT_ASSERT(preview.mean.size() == layout.reductions.size() &&
               preview.maximum.size() == layout.reductions.size());
  for (std::size_t i = 0; i < layout.reductions.size(); ++i) {
    put(layout.reductions[i].mean, preview.mean[i]);
    put(layout.reductions[i].maximum, preview.maximum[i]);
  }
  std::array<std::uint64_t, 2> const others{begun.structure, previews.value()};
  write_at(descriptor, part, std::as_bytes(std::span(others)), regions->others().address);
  sync_data(descriptor, part);
  descriptor.close(part);
}

void SinogramFile::State::prove_others() const {
  FileDescriptor descriptor(part, O_RDONLY);
  forget_cached(descriptor);
  auto const damage = damaged_others(descriptor, part, *regions);
  descriptor.close(part);
  if (damage.empty()) return;
  throw core::IoError({.what = "prove " + part.string(),
                       .expected = "the bytes that were written",
                       .found = "others in " + core::listed(damage, " and "),
                       .attempt = "check the disk and the memory of this machine, then run again "
                                  "with --restart"});
}

SinogramFile::SinogramFile(Communicator& communicator, std::filesystem::path const& file,
                           OutputDescription const& description, OutputRun const& run) {
  XRDCT_ASSERT(!description.reductions.empty() && description.shape().places() > 0);
  on_all_ranks(communicator, [&] { check_names(description); });
  if (run.writer == core::Writer::collective) refuse_silent_writes(communicator);
  require_shared(communicator, file);
  state_ = std::make_unique<State>(communicator, file, description, run);
  state_->begin(description);
  state_->open();
}

SinogramFile::~SinogramFile() = default;

core::FinishedBlocks& SinogramFile::finished() { return *state_->stored; }
int SinogramFile::attempts() const { return state_->begun.journal.attempts; }

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
  XRDCT_ASSERT(column == state.row.size());
  state.put_row(block);
  state.commit_when_due();
}

void SinogramFile::suspend() {
  state_->close_files();
  on_first_rank(state_->communicator, [&] { state_->lock.reset(); });
}

bool SinogramFile::meets() const { return state_->collective; }

void SinogramFile::close(Preview const& preview) {
  auto& state = *state_;
  state.close_files();
  if (state.run.verify) state.prove_blocks();
  on_first_rank(state.communicator, [&] {
    state.write_others(preview);
    if (state.run.verify) state.prove_others();
    sync_file(state.part);
    finish_part(state.file, OutputRole::reduction, state.run.overwrite);
    remove_journal(journal_folder(state.file));
    state.lock.reset();
  });
}

std::size_t SinogramFile::memory_bytes() const { return state_->chunks.size() * sizeof(float); }

}  // namespace xrdct::io
