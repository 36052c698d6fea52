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

}  // namespace

void add(ChannelSum& sum, ChannelSum const& more) {
  XRDCT_ASSERT(sum.intensity.size() == more.intensity.size() &&
               sum.variance.size() == more.variance.size());
  for (std::size_t i = 0; i < sum.intensity.size(); ++i) sum.intensity[i] += more.intensity[i];
  for (std::size_t i = 0; i < sum.variance.size(); ++i) sum.variance[i] += more.variance[i];
  for (std::size_t i = 0; i < sum.bins.size(); ++i) sum.bins[i] += more.bins[i];
}

struct SinogramUnits::State {
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
  void read_chunks(FieldPlace const& field, std::size_t height, Part const& part,
                   std::size_t stride, std::span<float> values);
  void read_by_hdf5(FieldPlace const& field, std::size_t height, Part const& part,
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
void SinogramUnits::State::read_chunks(FieldPlace const& field, std::size_t height,
                                       Part const& part, std::size_t stride,
                                       std::span<float> values) {
  auto const& plan = layout.plan;
  auto const& [rows, columns] = field.chunk;
  std::size_t const slow = plan.shape().slow, fast = plan.shape().fast,
                    lines_each = plan.lines_per_block(),
                    blocks = plan.blocks() / plan.shape().height,
                    across = (field.pattern.columns + columns - 1) / columns,
                    down = (field.pattern.rows + rows - 1) / rows,
                    chunk_bytes = plan.places_per_chunk() * field.chunk.bins() * sizeof(float);
  chunk.resize(plan.places_per_chunk() * field.chunk.bins());
  for (std::size_t block = 0; block < blocks; ++block) {
    std::size_t const line = block * lines_each, places = std::min(lines_each, slow - line) * fast;
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
void SinogramUnits::State::read_by_hdf5(FieldPlace const& field, std::size_t height,
                                        Part const& part, std::size_t stride,
                                        std::span<float> values) {
  if (opened != field.path) open = stored.open(field.path);
  opened = field.path;
  auto const [heights, slow, fast] = layout.plan.shape();
  std::vector<hsize_t> start{height, 0, 0}, count{1, slow, fast};
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
  std::array<hsize_t, 3> const extent{slow, fast, stride}, from{0, 0, part.offset},
      number{slow, fast, part.bins};
  Hdf5Space const memory(H5Screate_simple(3, extent.data(), nullptr), action);
  hdf5_checked(H5Sselect_hyperslab(memory.get(), H5S_SELECT_SET, from.data(), nullptr,
                                   number.data(), nullptr),
               action);
  hdf5_checked(H5Dread(open.get(), H5T_NATIVE_FLOAT, memory.get(), in_file.get(), H5P_DEFAULT,
                       values.data()),
               action);
  core::note_progress();
}

SinogramUnits::SinogramUnits(std::filesystem::path const& file)
    : state_(std::make_unique<State>(file)) {}

SinogramUnits::~SinogramUnits() = default;

SinogramReader const& SinogramUnits::reader() const noexcept { return state_->reader; }

bool SinogramUnits::reads_directly(std::string const& reduction, std::string const& field) {
  return state_->field(reduction, field).address.has_value();
}

void SinogramUnits::read(std::string const& reduction, std::string const& field, std::size_t height,
                         std::size_t first, std::span<float> values) {
  auto const& place = state_->field(reduction, field);
  auto const [heights, slow, fast] = state_->layout.plan.shape();
  std::size_t const bins = values.size() / (slow * fast), columns = place.pattern.columns;
  XRDCT_ASSERT(bins * slow * fast == values.size());
  if (height >= heights || first + bins > place.pattern.bins())
    throw core::InputError(
        {.what = "read " + state_->stored.at(place.path),
         .expected =
             fmt::format("a height below {} and bins below {}", heights, place.pattern.bins()),
         .found = fmt::format("height {}, bins {} to {}", height, first, first + bins - 1)});
  for (std::size_t done = 0; done < bins;) {
    State::Part const part{.row = (first + done) / columns,
                           .first = (first + done) % columns,
                           .bins = std::min(columns - (first + done) % columns, bins - done),
                           .offset = done};
    if (place.address)
      state_->read_chunks(place, height, part, bins, values);
    else
      state_->read_by_hdf5(place, height, part, bins, values);
    done += part.bins;
  }
}

ChannelSum SinogramUnits::sum(std::string const& reduction, std::size_t height, std::size_t first,
                              std::size_t bins) {
  auto const shape = state_->layout.plan.shape();
  std::size_t const places = shape.slow * shape.fast;
  bool const errors = state_->reader.has_errors(reduction);
  ChannelSum sum{.intensity = std::vector<double>(places, 0.0),
                 .variance = std::vector<double>(errors ? places : 0, 0.0),
                 .bins = std::vector<std::int32_t>(places, 0)};
  std::vector<float> intensity, error, count;
  for (std::size_t done = 0; done < bins; done += bins_at_once) {
    std::size_t const each = std::min(bins_at_once, bins - done);
    auto const fetch = [&](char const* field, std::vector<float>& values) {
      values.resize(places * each);
      read(reduction, field, height, first + done, values);
    };
    fetch("I", intensity);
    fetch("count", count);
    if (errors) fetch("I_errors", error);
    for (std::size_t place = 0; place < places; ++place) {
      for (std::size_t i = place * each; i < (place + 1) * each; ++i) {
        if (!(count[i] > 0.0F) || !std::isfinite(intensity[i])) continue;
        sum.intensity[place] += intensity[i];
        if (errors) sum.variance[place] += double{error[i]} * double{error[i]};
        ++sum.bins[place];
      }
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
