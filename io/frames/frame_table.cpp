// Resolves master files, links and virtual datasets to the datasets that hold the frames.
#include "io/frames/frame_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/hdf5/virtual_selection.hpp"

namespace xrdct::io {
namespace {

constexpr int deepest_nesting = 16;  // of virtual datasets; a deeper one contains itself

std::string shape_text(core::FrameShape const& shape) {
  return fmt::format("{} × {}", shape.rows, shape.columns);
}

// "file_%b.h5" with the number of a block; "%%" is a percent sign.
std::string block_name(std::string const& pattern, std::int64_t block) {
  std::string name;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%' && i + 1 < pattern.size() &&
        (pattern[i + 1] == 'b' || pattern[i + 1] == '%')) {
      name += pattern[++i] == 'b' ? fmt::format("{}", block) : "%";
    } else {
      name += pattern[i];
    }
  }
  return name;
}

std::string mapping_text(hid_t creation, std::size_t index,
                         ssize_t (*get)(hid_t, std::size_t, char*, std::size_t),
                         std::string const& name) {
  auto const size = hdf5_checked(get(creation, index, nullptr, 0), "read a mapping of " + name);
  std::vector<char> text(static_cast<std::size_t>(size) + 1, '\0');
  hdf5_checked(get(creation, index, text.data(), text.size()), "read a mapping of " + name);
  return text.data();
}

}  // namespace

std::int64_t data_number(std::string const& name) {
  std::string const prefix = "data_";
  if (!name.starts_with(prefix) || name.size() == prefix.size() || name.size() > prefix.size() + 15)
    return -1;
  bool const digits = std::all_of(name.begin() + 5, name.end(),
                                  [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits ? std::stoll(name.substr(prefix.size())) : -1;
}

void append_frames(FrameTable& whole, FrameTable const& part, std::string const& name) {
  if (whole.frames == 0) whole.shape = part.shape;
  if (!(whole.shape == part.shape)) {
    throw core::InputError(
        {.what = "join " + name,
         .expected = fmt::format("frames of {} pixels as before", shape_text(whole.shape)),
         .found = shape_text(part.shape),
         .attempt = "name only files of one detector setting"});
  }
  FrameSequence target, source;
  target.append(FrameBlocks::run(whole.frames, part.frames));
  source.append(FrameBlocks::run(0, part.frames));
  whole.map(target, source, part);
  whole.frames += part.frames;
  whole.dims = {whole.frames, static_cast<std::int64_t>(whole.shape.rows),
                static_cast<std::int64_t>(whole.shape.columns)};
}

FrameTable::FrameTable(StoredDataset const& set, std::size_t dataset)
    : shape(set.shape()), dims(set.dims), frames(set.frames()), stored_(true), dataset_(dataset) {}

void FrameTable::map(FrameSequence const& target, FrameSequence const& source,
                     FrameTable const& from) {
  XRDCT_ASSERT(!stored_ && target.size() == source.size());
  auto const [place, added] = source_of_.try_emplace(&from, sources_.size());
  if (added) sources_.push_back({&from, {}, {}});
  auto& to = sources_[place->second];
  to.target.append(target);
  to.frames.append(source);
}

std::int64_t FrameTable::close() {
  pieces_.clear();
  for (std::size_t s = 0; s < sources_.size(); ++s)
    for (auto const& piece : sources_[s].target.pieces()) pieces_.push_back({piece, s});
  std::sort(pieces_.begin(), pieces_.end(), [](Piece const& a, Piece const& b) {
    return a.target.frames.first < b.target.frames.first;
  });
  reach_.clear();
  std::int64_t twice = -1;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    auto const& mine = pieces_[i].target.frames;
    for (std::size_t j = i; j-- > 0 && reach_[j] > mine.first;) {
      std::int64_t const common = common_frame(pieces_[j].target.frames, mine);
      if (common >= 0 && (twice < 0 || common < twice)) twice = common;
    }
    reach_.push_back(std::max(reach_.empty() ? 0 : reach_.back(), mine.end()));
  }
  return twice;
}

std::optional<StoredFrame> FrameTable::find(std::int64_t frame) const {
  if (stored_)
    return frame >= 0 && frame < frames ? std::optional(StoredFrame{dataset_, frame})
                                        : std::nullopt;
  auto const after =
      std::upper_bound(pieces_.begin(), pieces_.end(), frame,
                       [](std::int64_t f, Piece const& p) { return f < p.target.frames.first; });
  for (auto i = static_cast<std::size_t>(after - pieces_.begin()); i-- > 0 && reach_[i] > frame;) {
    auto const& [target, source] = pieces_[i];
    std::int64_t const index = target.frames.find(frame);
    if (index >= 0)
      return sources_[source].table->find(sources_[source].frames.at(target.position + index));
  }
  return std::nullopt;
}

std::size_t FrameTable::memory_bytes() const {
  std::size_t bytes = sources_.capacity() * sizeof(Source) + pieces_.capacity() * sizeof(Piece) +
                      reach_.capacity() * sizeof(std::int64_t);
  for (auto const& source : sources_)
    bytes += (source.target.pieces().capacity() + source.frames.pieces().capacity()) *
             sizeof(FrameSequence::Piece);
  return bytes;
}

/*!
 * Puts the mappings of one virtual dataset together. The constructor reads them all, so that the
 * dataset can be closed before `resolve` opens the sources: while it is open, HDF5 itself may hold
 * sources open with other settings.
 */
class VirtualFrames {
 public:
  VirtualFrames(FrameResolver& resolver, hid_t dataset, hid_t creation, Hdf5Location const& where,
                int depth)
      : resolver_(resolver), where_(where), depth_(depth) {
    Hdf5Space const space(H5Dget_space(dataset), "read the shape of " + name());
    dims_ = image_dims(space.get(), name(), true);
    table_.shape = {static_cast<std::size_t>(dims_[dims_.size() - 2]),
                    static_cast<std::size_t>(dims_.back())};
    std::size_t count = 0;
    hdf5_checked(H5Pget_virtual_count(creation, &count), "read the mappings of " + name());
    for (std::size_t i = 0; i < count; ++i) mappings_.push_back(read_mapping(creation, i));
  }

  FrameTable resolve() {
    for (auto const& mapping : mappings_) {
      auto const& [file, path, target, source] = mapping;
      unlimited_ = unlimited_ || target.unlimited();
      if (!target.unlimited()) {
        add_frames(target.frames(dims_), source, file, path);
      } else if (source.unlimited()) {
        auto from = source_frames(source, file, path);
        auto const frames = target.first_frames(from.frames.size(), dims_);
        from.frames.cut(frames.size());
        table_.map(frames, from.frames, *from.table);
      } else {
        add_numbered(mapping);
      }
    }
    return finish();
  }

 private:
  struct Mapping {
    std::string file, path;
    FrameSelection target, source;
  };
  struct Source {
    FrameTable const* table;
    FrameSequence frames;
  };

  std::string name() const { return where_.name(); }

  Mapping read_mapping(hid_t creation, std::size_t index) const {
    Hdf5Space const target(H5Pget_virtual_vspace(creation, index), "read a mapping of " + name());
    Hdf5Space const source(H5Pget_virtual_srcspace(creation, index), "read a mapping of " + name());
    return {mapping_text(creation, index, H5Pget_virtual_filename, name()),
            mapping_text(creation, index, H5Pget_virtual_dsetname, name()),
            FrameSelection(target.get(), name()), FrameSelection(source.get(), name())};
  }

  FrameTable finish() {
    std::int64_t const twice = table_.close(), end = table_.end();
    if (twice >= 0) {
      throw core::InputError({.what = "resolve virtual dataset " + name(),
                              .expected = "one source per frame",
                              .found = fmt::format("two for frame {}", twice),
                              .attempt = "name the source files"});
    }
    table_.frames = end;
    if (!unlimited_) {
      table_.frames = 1;
      for (std::size_t d = 0; d + 2 < dims_.size(); ++d) table_.frames *= dims_[d];
      table_.dims = dims_;
    } else {
      table_.dims = {end, dims_[dims_.size() - 2], dims_.back()};
    }
    if (table_.frames == 0 && unlimited_) {
      throw core::InputError({.what = "read virtual dataset " + name(),
                              .expected = "frames",
                              .found = "none",
                              .attempt = "name the source files"});
    }
    return std::move(table_);
  }

  Source source_frames(FrameSelection const& selection, std::string const& file,
                       std::string const& path) {
    auto& table = seen_[{file, path}];
    if (table == nullptr) {
      auto const source_file = linked_file(where_.file, file, "virtual dataset " + name());
      table = &resolver_.known(follow_links(resolver_.open_, source_file, path), depth_ + 1);
    }
    if (!(table->shape == table_.shape)) {
      throw core::InputError(
          {.what = "resolve virtual dataset " + name(),
           .expected = fmt::format("sources of {} pixels", shape_text(table_.shape)),
           .found = fmt::format("{} in {} in {}", shape_text(table->shape), path, file),
           .attempt = "name the source files"});
    }
    return {table, selection.frames(table->dims)};
  }

  void add_frames(FrameSequence const& target, FrameSelection const& selection,
                  std::string const& file, std::string const& path) {
    auto const source = source_frames(selection, file, path);
    if (target.size() != source.frames.size()) {
      throw core::IoError(
          {.what = "resolve virtual dataset " + name(),
           .expected = fmt::format("{} frames from {} in {}", target.size(), path, file),
           .found = fmt::format("{}", source.frames.size()),
           .attempt = "wait until the source is written, or copy it again"});
    }
    table_.map(target, source.frames, *source.table);
  }

  // Sources numbered by "%b": as many as there are, without a gap, at least one.
  void add_numbered(Mapping const& mapping) {
    for (std::int64_t block = 0;; ++block) {
      std::string const file = block_name(mapping.file, block);
      std::string const path = block_name(mapping.path, block);
      bool const numbered =
          file != block_name(mapping.file, 0) || path != block_name(mapping.path, 0);
      if (block > 0 && (!numbered || !exists(file, path))) return;
      add_frames(mapping.target.block_frames(block, dims_), mapping.source, file, path);
    }
  }

  bool exists(std::string const& file, std::string const& path) {
    std::filesystem::path source_file;
    try {
      source_file = linked_file(where_.file, file, name());
    } catch (core::IoError const&) {
      return false;
    }
    try {
      follow_links(resolver_.open_, source_file, path);
    } catch (core::InputError const&) {
      return false;
    }
    return true;
  }

  FrameResolver& resolver_;
  Hdf5Location where_;
  std::vector<std::int64_t> dims_;
  int depth_;
  bool unlimited_ = false;
  FrameTable table_;
  std::vector<Mapping> mappings_;
  // by file and path of the source
  std::map<std::pair<std::string, std::string>, FrameTable const*> seen_;
};

FrameTable const& FrameResolver::resolve(std::string const& file, std::string const& path) {
  note(file);
  return known(follow_links(open_, file, path), 0);
}

FrameTable const& FrameResolver::known(Hdf5Location const& where, int depth) {
  auto const found = known_.find(where);
  if (found != known_.end()) return found->second;
  if (depth > deepest_nesting) {
    throw core::InputError({.what = "resolve " + where.name(),
                            .expected = "virtual datasets that end in ordinary ones",
                            .found = "one that contains itself",
                            .attempt = "name the source files"});
  }
  note(where.file);
  return known_.emplace(where, resolve_new(where, depth)).first->second;
}

FrameTable FrameResolver::resolve_new(Hdf5Location const& where, int depth) {
  Hdf5Object object(H5Oopen(open_.open(where.file), where.path.c_str(), H5P_DEFAULT),
                    "open " + where.name());
  auto const type = H5Iget_type(object.get());
  if (type == H5I_GROUP) return resolve_group(object.get(), where, depth);
  if (type != H5I_DATASET) {
    throw core::InputError({.what = "read " + where.name(),
                            .expected = "a dataset or a group",
                            .found = "a named type",
                            .attempt = "check the path"});
  }
  Hdf5Properties creation(H5Dget_create_plist(object.get()), "read the layout of " + where.name());
  if (H5Pget_layout(creation.get()) == H5D_VIRTUAL) {
    VirtualFrames frames(*this, object.get(), creation.get(), where, depth);
    creation.close("close " + where.name());
    object.close("close " + where.name());
    return frames.resolve();
  }
  datasets_.push_back(describe_dataset(object.get(), where));
  auto const& set = datasets_.back();
  if (met_) met_(object.get(), set, datasets_.size() - 1);
  return FrameTable(set, datasets_.size() - 1);
}

FrameTable FrameResolver::resolve_group(hid_t group, Hdf5Location const& where, int depth) {
  std::vector<std::pair<std::int64_t, std::string>> parts;
  std::vector<std::string> others;
  bool has_data = false;  // an NXdata group whose signal is the frames
  for (auto const& name : member_names(group)) {
    auto const number = data_number(name);
    has_data = has_data || name == "data";
    if (number >= 0) parts.emplace_back(number, name);
    if (number < 0) others.push_back(name);
  }
  if (parts.empty() && has_data)
    return known(follow_links(open_, where.file, joined_path(where.path, "data")), depth + 1);
  if (parts.empty()) {
    throw core::InputError({.what = "read group " + where.name(),
                            .expected = "datasets data_000001, data_000002 …, or data",
                            .found = others.empty() ? "nothing" : core::listed(others, ", "),
                            .attempt = "name the dataset that holds the frames"});
  }
  std::sort(parts.begin(), parts.end());
  FrameTable whole;
  for (auto const& [number, name] : parts) {
    auto const at = follow_links(open_, where.file, joined_path(where.path, name));
    append_frames(whole, known(at, depth + 1), joined_path(where.path, name) + " in " + where.file);
  }
  whole.close();
  return whole;
}

std::size_t FrameResolver::memory_bytes() const {
  std::size_t bytes = 0;
  for (auto const& [where, table] : known_) bytes += table.memory_bytes();
  return bytes;
}

void FrameResolver::note(std::string const& file) {
  if (listed_.contains(file)) return;
  std::error_code failure;  // of a folder, or of a file that is gone: reported when it is opened
  auto const bytes = std::filesystem::file_size(file, failure);
  if (failure) return;
  listed_.insert(file);
  files_.push_back({file, static_cast<std::int64_t>(bytes)});
}

}  // namespace xrdct::io
