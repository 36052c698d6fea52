// Writes the blocks of all ranks into one file, and gives it its name when all is there.
#include "io/output/sinogram_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
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
#include "io/ranks/mpi_io_choice.hpp"

namespace xrdct::io {
namespace {

static_assert(std::endian::native == std::endian::little,
              "datasets are little endian, and their bytes are written as they lie in memory");

std::filesystem::path with_suffix(std::filesystem::path const& file, char const* suffix) {
  return file.string() + suffix;
}

// What `work` throws, as text that can travel: its kind, then its message; empty: nothing.
std::string failure_of(std::function<void()> const& work) {
  try {
    work();
  } catch (core::InputError const& error) {
    return std::string("i") + error.what();
  } catch (std::exception const& error) {
    return std::string("o") + error.what();
  }
  return "";
}

void throw_if_failed(std::string const& report) {
  if (report.empty()) return;
  if (report.front() == 'i') throw core::InputError(report.substr(1));
  throw core::IoError(report.substr(1));
}

// Runs `work` on rank 0. What it throws there is thrown on every rank, so that all leave together.
void on_root(Communicator& communicator, std::function<void()> const& work) {
  throw_if_failed(communicator.broadcast(communicator.rank() == 0 ? failure_of(work) : ""));
}

// Runs `work` on every rank. What it throws on the lowest rank that fails is thrown on every rank.
void on_all(Communicator& communicator, std::function<void()> const& work) {
  std::string const mine = failure_of(work);
  if (!communicator.any(!mine.empty())) return;
  auto const all = communicator.gather(std::as_bytes(std::span(mine)));
  std::string first;
  for (auto const& report : all)
    if (first.empty()) first.assign(reinterpret_cast<char const*>(report.data()), report.size());
  throw_if_failed(communicator.broadcast(first));
}

// One rank of each node looks, and all throw.
void refuse_silent_writes(Communicator& communicator) {
  if (communicator.size() == 1) {
    if (auto const objection = objection_to_environment(); !objection.empty())
      throw core::InputError(objection);
    return;
  }
  std::string const objection = communicator.first_on_node() ? mpi_io_in_force().objection : "";
  if (!communicator.any(!objection.empty())) return;
  throw core::InputError(objection.empty() ? "cannot write collectively: another node has other "
                                             "settings of Open MPI; see its message"
                                           : objection);
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
};

// The skeleton gets its space and reaches the disk before it gets its name: a `.part` is always
// complete in structure.
void SinogramFile::State::create(OutputDescription const& description) {
  if (std::error_code ignored;
      file.has_parent_path() && !std::filesystem::is_directory(file.parent_path(), ignored)) {
    throw core::IoError("cannot create " + file.string() + ": expected the folder " +
                        file.parent_path().string() + ", found none; create it first");
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
  check_names(description);
  if (writer == core::Writer::collective) refuse_silent_writes(communicator);
  state_ = std::make_unique<State>(communicator, file, description, overwrite);
  auto& state = *state_;
  on_root(communicator, [&] { state.create(description); });
  state.share_addresses();
  on_all(communicator, [&] { state.own = FileDescriptor(state.part, O_RDWR); });
  bool const collective = writer == core::Writer::collective && communicator.size() > 1;
  on_all(communicator, [&] {
    state.sink = writer == core::Writer::direct
                     ? make_direct_sink(state.part)
                     : make_mpi_io_sink(communicator, state.part, collective);
  });
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

void SinogramFile::close(Preview const& preview) {
  auto& state = *state_;
  on_all(state.communicator, [&] {
    state.sink->close();
    sync_data(state.own, state.part);
    if (state.communicator.rank() == 0) require_same_file(state.part, state.own);
    state.own.close(state.part);
  });
  on_root(state.communicator, [&] {
    state.write_preview(preview);
    sync_file(state.part);
    finish_part(state.file, OutputRole::reduction, state.overwrite);
    state.lock.reset();
  });
}

std::size_t SinogramFile::memory_bytes() const { return state_->chunks.size() * sizeof(float); }

}  // namespace xrdct::io
