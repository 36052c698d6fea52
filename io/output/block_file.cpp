// Writes the blocks of all ranks into one file, and gives it its name when all is there.
#include "io/output/block_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>

#include "core/scan/scan_layout.hpp"
#include "core/words/errors.hpp"
#include "io/files/file_bytes.hpp"
#include "io/guard/output_guard.hpp"
#include "io/output/block_sink.hpp"
#include "io/output/shared_output.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/mpi_io_choice.hpp"
#include "io/stored/file_proof.hpp"

namespace xrdct::io {
namespace {

static_assert(std::endian::native == std::endian::little,
              "datasets are little endian, and their bytes are written as they lie in memory");

// More than MPI-IO needs to open a file, and one to read blocks back.
constexpr int descriptors_of_output = 5;

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

}  // namespace

LastValues::LastValues(std::filesystem::path const& part)
    : part_(part), descriptor_(part, O_RDWR), checksum_(OutputRegions::previews_seed) {}

void LastValues::put(std::uint64_t address, std::span<std::byte const> bytes) {
  checksum_.add(bytes);
  write(address, bytes);
}

void LastValues::write(std::uint64_t address, std::span<std::byte const> bytes) {
  write_at(descriptor_, part_, bytes, address);
}

void LastValues::close() {
  sync_data(descriptor_, part_);
  descriptor_.close(part_);
}

struct BlockFile::State {
  using Clock = std::chrono::steady_clock;

  Communicator& communicator;
  std::filesystem::path file, part;
  BlockedOutput output;
  OutputRun run;
  bool collective;              //!< ranks write together
  std::optional<RunLock> lock;  //!< rank 0
  OutputPart begun;             //!< the same on all ranks
  std::optional<OutputRegions> regions;
  FileDescriptor own;  //!< to sync what this rank has written
  std::unique_ptr<BlockSink> sink;
  std::optional<RunJournal> journal;
  std::vector<CommittedBlock> pending;  //!< written, and not yet in the journal
  Clock::time_point committed = Clock::now(), looked = committed;
  double uncommitted_s = 0.0;  //!< the same on all ranks, as the two below
  std::size_t rounds_between = 1, rounds_to_look = 1;
  std::vector<std::uint64_t> row;  //!< checksums of the block that is being written

  State(Communicator& peers, std::filesystem::path const& target, BlockedOutput what,
        OutputRun const& how)
      : communicator(peers),
        file(target),
        part(part_of(target)),
        output(std::move(what)),
        run(how),
        collective(how.writer == core::Writer::collective && peers.size() > 1),
        row(output.layout.columns_of_blocks.size()) {}

  void begin();
  void open();
  void commit_when_due();
  void commit();
  void prove_others() const;
};

// What rank 0 finds or makes, all ranks know.
void BlockFile::State::begin() {
  on_first_rank(communicator, [&] {
    require_output(file, output.role, run.overwrite);
    lock.emplace(file);
    begun = open_part(file, output, run);
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
  regions.emplace(output.layout, begun.addresses);
}

void BlockFile::State::open() {
  on_all_ranks(communicator, [&] {
    own = FileDescriptor(part, O_RDWR);
    journal.emplace(journal_folder(file), begun.seed, begun.journal.attempts, communicator.rank());
    require_descriptors(descriptors_of_output);
  });
  // Opening by MPI-IO is collective: a rank that fails in it cannot tell the others, which are
  // still there.
  sink = run.writer == core::Writer::direct ? make_direct_sink(part)
                                            : make_mpi_io_sink(communicator, part, collective);
}

// Ranks that write together agree on the time, and wait for each other in that: a few times per
// commit, not in each round, in which one would wait for the batch that another is at.
void BlockFile::State::commit_when_due() {
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
void BlockFile::State::commit() {
  sync_data(own, part);
  if (collective) communicator.barrier();  // what I wrote may be another rank's to sync
  if (!pending.empty()) journal->append(pending);
  pending.clear();
  committed = Clock::now();
}

void BlockFile::State::prove_others() const {
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

BlockFile::BlockFile(Communicator& communicator, std::filesystem::path const& file,
                     BlockedOutput output, OutputRun const& run) {
  if (run.writer == core::Writer::collective) refuse_silent_writes(communicator);
  require_shared(communicator, file);
  state_ = std::make_unique<State>(communicator, file, std::move(output), run);
  state_->begin();
  state_->open();
}

BlockFile::~BlockFile() = default;

std::filesystem::path const& BlockFile::part() const noexcept { return state_->part; }
OutputRegions const& BlockFile::regions() const noexcept { return *state_->regions; }
std::uint64_t BlockFile::address(std::size_t dataset) const {
  return state_->begun.addresses.at(dataset);
}
std::vector<CommittedBlock> const& BlockFile::committed() const noexcept {
  return state_->begun.journal.blocks;
}
int BlockFile::attempts() const noexcept { return state_->begun.journal.attempts; }

// The checksum is formed of what is to be written, before any library has it.
void BlockFile::put(std::size_t block, std::size_t column, Run const& bytes) {
  auto& state = *state_;
  auto const& regions = *state.regions;
  std::size_t const largest = regions.largest_run(column);
  auto const region = regions.region(block, column);
  Checksum sum(regions.seed(block, column));
  for (std::size_t run = 0; run < region.runs; ++run) {
    auto const run_bytes = bytes(run);
    XRDCT_ASSERT(run_bytes.size() == region.bytes);
    sum.add(run_bytes);
    state.sink->write(region.run(run).address, run_bytes, largest);
  }
  for (std::size_t run = region.runs; run < regions.most_runs(column); ++run)
    state.sink->write(0, {}, largest);
  state.row[column] = sum.value();
}

void BlockFile::put(std::size_t block, std::size_t column, std::span<std::byte const> bytes) {
  put(block, column, [bytes](std::size_t) { return bytes; });
}

void BlockFile::put_nothing(std::size_t column) {
  auto const& regions = *state_->regions;
  for (std::size_t run = 0; run < regions.most_runs(column); ++run)
    state_->sink->write(0, {}, regions.largest_run(column));
}

void BlockFile::end_round(std::optional<std::size_t> block) {
  auto& state = *state_;
  auto const bytes = std::as_bytes(std::span(state.row));
  if (block) {
    state.sink->write(state.regions->row(*block).address, bytes, bytes.size());
    state.pending.push_back({*block, io::checksum(bytes, 0)});
  } else {
    state.sink->write(state.regions->row(0).address, {}, bytes.size());
  }
  state.commit_when_due();
}

bool BlockFile::meets() const noexcept { return state_->collective; }

void BlockFile::suspend() {
  close_blocks();
  on_first_rank(state_->communicator, [&] { state_->lock.reset(); });
}

void BlockFile::close_blocks() {
  auto& state = *state_;
  on_all_ranks(state.communicator, [&] { write_back(state.own, state.part); });
  on_all_ranks(state.communicator, [&] {
    state.sink->close();
    sync_data(state.own, state.part);
  });
  on_all_ranks(state.communicator, [&] {
    if (!state.pending.empty()) state.journal->append(state.pending);
    state.pending.clear();
    state.journal->close();
    if (state.communicator.rank() == 0) require_same_file(state.part, state.own);
    state.own.close(state.part);
  });
}

// On another node where there is one: what this node has in memory is no proof.
void BlockFile::prove_blocks() {
  auto& state = *state_;
  if (!state.run.verify) return;
  auto& communicator = state.communicator;
  auto const shift = static_cast<int>(communicator.maximum(communicator.ranks_on_node()));
  int const other = (communicator.rank() + shift) % communicator.size();
  on_all_ranks(communicator, [&] {
    auto const [first, last] =
        core::blocks_of_rank(state.regions->blocks(), other, communicator.size());
    FileDescriptor descriptor(state.part, O_RDONLY);
    auto const damage = damaged_blocks(descriptor, state.part, *state.regions, first, last);
    descriptor.close(state.part);
    if (!damage.empty())
      throw core::IoError(
          {.what = "prove " + state.part.string(),
           .expected = "the bytes that were written",
           .found = "others in " + damage_text(damage, *state.regions, 5),
           .attempt = "check the disk and the memory of this machine, then run again: whole blocks "
                      "are kept, the others are made again"});
  });
}

// The last bytes of the file, by rank 0 alone, after all others are on the disk.
void BlockFile::finish(std::optional<LastValues>& last) {
  auto& state = *state_;
  on_first_rank(state.communicator, [&] {
    std::array<std::uint64_t, 2> const others{state.begun.structure, last.value().checksum()};
    last->write(state.regions->others().address, std::as_bytes(std::span(others)));
    last->close();
    if (state.run.verify) state.prove_others();
    sync_file(state.part);
    finish_part(state.file, state.output.role, state.run.overwrite);
    remove_journal(journal_folder(state.file));
    state.lock.reset();
  });
}

}  // namespace xrdct::io
