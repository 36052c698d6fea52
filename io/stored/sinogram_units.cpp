// Reads bins of sinograms chunk by chunk where they lie as xrdct writes them, else by HDF5.
#include "io/stored/sinogram_units.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "io/files/checksum.hpp"
#include "io/files/durable_file.hpp"
#include "io/files/file_bytes.hpp"
#include "io/nexus/output_layout.hpp"
#include "io/stored/dataset_address.hpp"
#include "io/stored/stored_description.hpp"
#include "io/stored/stored_fields.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t bins_at_once = 64;  // of a sum

/// One field as it lies in the file.
struct FieldPlace {
  std::string path;
  core::PatternShape pattern, chunk;
  std::optional<std::uint64_t> address;  //!< of a dataset that lies as xrdct wrote it
};

bool has_value(float intensity, float count) { return count > 0.0F && std::isfinite(intensity); }

// Without a branch in the loop: empty bins come in no order that a processor could foresee.
void add_bins(std::span<float const> intensity, std::span<float const> count, double& sum,
              std::int32_t& bins) {
  for (std::size_t i = 0; i < intensity.size(); ++i) {
    bool const counts = has_value(intensity[i], count[i]);
    sum += counts ? intensity[i] : 0.0F;
    bins += counts ? 1 : 0;
  }
}

void add_squares(std::span<float const> error, std::span<float const> intensity,
                 std::span<float const> count, double& sum) {
  for (std::size_t i = 0; i < error.size(); ++i) {
    double const value = has_value(intensity[i], count[i]) ? error[i] : 0.0F;
    sum += value * value;
  }
}

}  // namespace

void add(ChannelSum& sum, ChannelSum const& more) {
  XRDCT_ASSERT(sum.intensity.size() == more.intensity.size() &&
               sum.variance.size() == more.variance.size());
  for (std::size_t i = 0; i < sum.intensity.size(); ++i) sum.intensity[i] += more.intensity[i];
  for (std::size_t i = 0; i < sum.variance.size(); ++i) sum.variance[i] += more.variance[i];
  for (std::size_t i = 0; i < sum.bins.size(); ++i) sum.bins[i] += more.bins[i];
}

void append(ChannelSum& sum, ChannelSum const& next) {
  sum.intensity.insert(sum.intensity.end(), next.intensity.begin(), next.intensity.end());
  sum.variance.insert(sum.variance.end(), next.variance.begin(), next.variance.end());
  sum.bins.insert(sum.bins.end(), next.bins.begin(), next.bins.end());
}

struct SinogramUnits::State {
  /// Slow lines of a height, whole blocks.
  struct Lines {
    std::size_t first, count;
  };

  /// Neighbouring bins of a row, and where they go among those that are wanted.
  struct Part {
    std::size_t row, first, bins, offset;
  };

  SinogramReader reader;
  StoredFields stored;
  FileDescriptor descriptor;
  OutputLayout layout;
  std::map<std::pair<std::string, std::string>, FieldPlace> fields;  //!< by reduction and field
  std::vector<float> chunk;  //!< where it is not read to its place
  std::string opened;        //!< the dataset that HDF5 has read last
  Hdf5Dataset open;

  explicit State(std::filesystem::path const& file)
      : reader(file),
        stored(file, "reductions", "reduce"),
        descriptor(file, O_RDONLY),
        layout(stored_description(file)) {}

  FieldPlace const& field(std::string const& reduction, std::string const& name);
  Lines lines_of(LineBlocks blocks) const;
  void read(FieldPlace const& field, std::size_t height, Lines lines, std::size_t first,
            std::span<float> values);
  void read_chunks(FieldPlace const& field, std::size_t height, Lines lines, Part const& part,
                   std::size_t stride, std::span<float> values);
  void read_by_hdf5(FieldPlace const& field, std::size_t height, Lines lines, Part const& part,
                    std::size_t stride, std::span<float> values);
};

// A dataset that is stored in another form has no address.
FieldPlace const& SinogramUnits::State::field(std::string const& reduction,
                                              std::string const& name) {
  auto const found = fields.find({reduction, name});
  if (found != fields.end()) return found->second;
  FieldPlace place{.path = stored.dataset_of(
                       reduction, name,
                       {{"I", ""}, {"I_errors", "; reduce with an error model"}, {"count", ""}}),
                   .pattern = stored.pattern_shape(reduction),
                   .chunk = {},
                   .address = {}};
  place.chunk = layout.plan.chunk_of(place.pattern);
  auto const wanted =
      std::find_if(layout.datasets.begin(), layout.datasets.end(),
                   [&](OutputDataset const& each) { return each.path == place.path; });
  XRDCT_ASSERT(wanted != layout.datasets.end());
  Hdf5Dataset const dataset(H5Dopen2(stored.file(), place.path.c_str(), H5P_DEFAULT),
                            "open dataset " + stored.at(place.path));
  place.address = address_if_as_written(dataset.get(), *wanted);
  return fields.emplace(std::pair(reduction, name), std::move(place)).first->second;
}

// A chunk is [line][fast][row][column]: where all of its columns are wanted and its rows are one,
// it is read to its place.
void SinogramUnits::State::read_chunks(FieldPlace const& field, std::size_t height, Lines lines,
                                       Part const& part, std::size_t stride,
                                       std::span<float> values) {
  auto const& plan = layout.plan;
  auto const& [rows, columns] = field.chunk;
  std::size_t const fast = plan.shape().fast, lines_each = plan.lines_per_block(),
                    blocks = plan.blocks() / plan.shape().height,
                    across = (field.pattern.columns + columns - 1) / columns,
                    down = (field.pattern.rows + rows - 1) / rows,
                    chunk_bytes = plan.places_per_chunk() * field.chunk.bins() * sizeof(float);
  chunk.resize(plan.places_per_chunk() * field.chunk.bins());
  for (std::size_t line = 0; line < lines.count; line += lines_each) {
    std::size_t const block = (lines.first + line) / lines_each,
                      places = std::min(lines_each, lines.count - line) * fast;
    for (std::size_t done = 0; done < part.bins;) {
      std::size_t const column = part.first + done, in_chunk = column % columns,
                        wide = std::min(columns - in_chunk, part.bins - done),
                        number = ((height * blocks + block) * down + part.row / rows) * across +
                                 column / columns;
      bool const to_its_place = wide == field.chunk.bins() && wide == stride;
      auto const target = to_its_place ? values.subspan(line * fast * stride, places * stride)
                                       : std::span(chunk).first(places * field.chunk.bins());
      read_at(descriptor, stored.path(), std::as_writable_bytes(target),
              *field.address + number * chunk_bytes);
      if (!to_its_place) {
        auto const* from = chunk.data() + part.row % rows * columns + in_chunk;
        auto* to = values.data() + line * fast * stride + part.offset + done;
        for (std::size_t place = 0; place < places; ++place)
          std::copy_n(from + place * field.chunk.bins(), wide, to + place * stride);
      }
      done += wide;
    }
    core::note_progress();
  }
}

// One call, so that HDF5 decodes each chunk once.
void SinogramUnits::State::read_by_hdf5(FieldPlace const& field, std::size_t height, Lines lines,
                                        Part const& part, std::size_t stride,
                                        std::span<float> values) {
  if (opened != field.path) open = stored.open(field.path);
  opened = field.path;
  std::size_t const fast = layout.plan.shape().fast;
  std::vector<hsize_t> start{height, lines.first, 0}, count{1, lines.count, fast};
  if (stored.extent_of(field.path).size() > StoredFields::axes_of_places + 1) {
    start.push_back(part.row);
    count.push_back(1);
  }
  start.push_back(part.first);
  count.push_back(part.bins);
  std::string const action = "read " + stored.at(field.path);
  Hdf5Space const in_file(H5Dget_space(open.get()), action);
  hdf5_checked(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr,
                                   count.data(), nullptr),
               action);
  std::array<hsize_t, 3> const extent{lines.count, fast, stride}, from{0, 0, part.offset},
      number{lines.count, fast, part.bins};
  Hdf5Space const memory(H5Screate_simple(3, extent.data(), nullptr), action);
  hdf5_checked(H5Sselect_hyperslab(memory.get(), H5S_SELECT_SET, from.data(), nullptr,
                                   number.data(), nullptr),
               action);
  hdf5_checked(H5Dread(open.get(), H5T_NATIVE_FLOAT, memory.get(), in_file.get(), H5P_DEFAULT,
                       values.data()),
               action);
  core::note_progress();
}

SinogramUnits::State::Lines SinogramUnits::State::lines_of(LineBlocks blocks) const {
  std::size_t const each = layout.plan.lines_per_block(), slow = layout.plan.shape().slow,
                    first = std::min(blocks.first * each, slow);
  return {first, std::min(blocks.last * each, slow) - first};
}

void SinogramUnits::State::read(FieldPlace const& field, std::size_t height, Lines lines,
                                std::size_t first, std::span<float> values) {
  std::size_t const heights = layout.plan.shape().height,
                    places = lines.count * layout.plan.shape().fast,
                    columns = field.pattern.columns;
  if (places == 0) return;
  std::size_t const bins = values.size() / places;
  XRDCT_ASSERT(bins * places == values.size());
  if (height >= heights || first + bins > field.pattern.bins())
    throw core::InputError(
        {.what = "read " + stored.at(field.path),
         .expected =
             fmt::format("a height below {} and bins below {}", heights, field.pattern.bins()),
         .found = fmt::format("height {}, bins {} to {}", height, first, first + bins - 1)});
  for (std::size_t done = 0; done < bins;) {
    Part const part{.row = (first + done) / columns,
                    .first = (first + done) % columns,
                    .bins = std::min(columns - (first + done) % columns, bins - done),
                    .offset = done};
    if (field.address)
      read_chunks(field, height, lines, part, bins, values);
    else
      read_by_hdf5(field, height, lines, part, bins, values);
    done += part.bins;
  }
}

SinogramUnits::SinogramUnits(std::filesystem::path const& file)
    : state_(std::make_unique<State>(file)) {}

SinogramUnits::~SinogramUnits() = default;

SinogramReader const& SinogramUnits::reader() const noexcept { return state_->reader; }

bool SinogramUnits::reads_directly(std::string const& reduction, std::string const& field) {
  return state_->field(reduction, field).address.has_value();
}

std::size_t SinogramUnits::blocks_of_height() const {
  auto const& plan = state_->layout.plan;
  return plan.blocks() / plan.shape().height;
}

void SinogramUnits::read(std::string const& reduction, std::string const& field, std::size_t height,
                         std::size_t first, std::span<float> values) {
  state_->read(state_->field(reduction, field), height, state_->lines_of({0, blocks_of_height()}),
               first, values);
}

// Block by block, so that what was read is still in the cache when it is added; HDF5 would decode
// larger chunks again for each block.
ChannelSum SinogramUnits::sum(std::string const& reduction, std::size_t height, LineBlocks blocks,
                              std::size_t first, std::size_t bins) {
  auto const& intensities = state_->field(reduction, "I");
  auto const& counts = state_->field(reduction, "count");
  auto const* const errors =
      state_->reader.has_errors(reduction) ? &state_->field(reduction, "I_errors") : nullptr;
  bool const directly =
      intensities.address && counts.address && (errors == nullptr || errors->address.has_value());
  std::size_t const fast = state_->layout.plan.shape().fast,
                    places = state_->lines_of(blocks).count * fast;
  ChannelSum sum{.intensity = std::vector<double>(places, 0.0),
                 .variance = std::vector<double>(errors != nullptr ? places : 0, 0.0),
                 .bins = std::vector<std::int32_t>(places, 0)};
  std::vector<float> intensity, error, count;
  for (std::size_t done = 0; done < bins; done += bins_at_once) {
    std::size_t const each = std::min(bins_at_once, bins - done);
    std::size_t place = 0;
    for (std::size_t block = blocks.first; block < blocks.last;) {
      std::size_t const next = directly ? block + 1 : blocks.last;
      auto const lines = state_->lines_of({block, next});
      auto const fetch = [&](FieldPlace const& field, std::vector<float>& values) {
        values.resize(lines.count * fast * each);
        state_->read(field, height, lines, first + done, values);
      };
      fetch(intensities, intensity);
      fetch(counts, count);
      if (errors != nullptr) fetch(*errors, error);
      for (std::size_t at = 0; at < intensity.size(); at += each, ++place) {
        add_bins(std::span(intensity).subspan(at, each), std::span(count).subspan(at, each),
                 sum.intensity[place], sum.bins[place]);
        if (errors != nullptr)
          add_squares(std::span(error).subspan(at, each), std::span(intensity).subspan(at, each),
                      std::span(count).subspan(at, each), sum.variance[place]);
      }
      block = next;
    }
  }
  return sum;
}

std::vector<core::FrameStatus> SinogramUnits::status(std::size_t height) {
  auto const shape = state_->layout.plan.shape();
  auto const stored =
      state_->stored.read("/entry/frames/status", {height, 0, 0}, {1, shape.slow, shape.fast});
  std::vector<core::FrameStatus> status;
  for (float const value : stored)
    status.push_back(static_cast<core::FrameStatus>(static_cast<std::uint8_t>(value)));
  if (std::find(status.begin(), status.end(), core::FrameStatus::pending) != status.end())
    throw core::InputError({.what = "reconstruct " + state_->stored.path().string(),
                            .expected = "sinograms of all places",
                            .found = fmt::format("places of height {} that are pending", height),
                            .attempt = "let its run go on to the end"});
  return status;
}

std::vector<double> SinogramUnits::positions(std::string const& motor, std::size_t height) {
  std::string const path = "/entry/frames/" + motor;
  if (!state_->stored.exists(path)) return {};
  auto const shape = state_->layout.plan.shape();
  return state_->stored.read_doubles(path, {height, 0, 0}, {1, shape.slow, shape.fast});
}

std::string SinogramUnits::identity() {
  std::string const group = "/entry/process/checksums";
  if (!state_->stored.exists("/entry/process") || !state_->stored.exists(group)) return {};
  Checksum sum(0);
  for (std::string const name : {"/blocks", "/others"}) {
    auto const checksums = state_->stored.read_integers(group + name);
    sum.add(std::as_bytes(std::span(checksums)));
  }
  return fmt::format("{:016x}", sum.value());
}

}  // namespace xrdct::io
