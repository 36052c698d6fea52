// Writes what was found of frames in HDF5 files as text, and takes it over again.
#include "io/frames/found_frames.hpp"

#include <system_error>

#include "core/words/errors.hpp"
#include "io/ranks/message.hpp"

namespace xrdct::io {
namespace {

// One name for both ways: `exchange(message, member)` writes it or fills it.

template <WholeNumber T>
void exchange(MessageWriter& to, T const& value) {
  to.item(value);
}
template <WholeNumber T>
void exchange(MessageReader& from, T& value) {
  from.item(value);
}

void exchange(MessageWriter& to, std::string const& text) { to.list(text); }
void exchange(MessageReader& from, std::string& text) { from.list(text); }

template <class T>
void exchange(MessageWriter& to, std::vector<T> const& values) {
  to.item(values.size());
  for (auto const& value : values) exchange(to, value);
}
template <class T>
void exchange(MessageReader& from, std::vector<T>& values) {
  values.resize(static_cast<std::size_t>(from.number()));
  for (auto& value : values) exchange(from, value);
}

template <class Archive, class Where>
void exchange_location(Archive& archive, Where& where) {
  exchange(archive, where.file);
  exchange(archive, where.path);
}

/// \param set const where it is written
template <class Archive, class Set>
void exchange_set(Archive& archive, Set& set) {
  exchange_location(archive, set.where);
  exchange(archive, set.file_bytes);
  exchange(archive, set.dims);
  exchange(archive, set.chunk);
  exchange(archive, set.stored.type);
  exchange(archive, set.stored.filter);
  exchange(archive, set.stored.byte_shuffle);
  exchange(archive, set.stored.big_endian);
  exchange(archive, set.address);
  exchange(archive, set.compact);
  exchange(archive, set.filters);
  exchange(archive, set.cut_off_unfiltered);
  exchange(archive, set.user_block);
}

template <class Archive, class Part>
void exchange_part(Archive& archive, Part& part) {
  exchange(archive, part.file);
  exchange(archive, part.dataset);
  exchange(archive, part.stars);
  exchange(archive, part.first);
  exchange(archive, part.frames);
  exchange(archive, part.aborted);
}

void write(MessageWriter& to, FrameSequence const& sequence) {
  exchange(to, sequence.pieces().size());
  for (auto const& [frames, position] : sequence.pieces()) {
    exchange(to, frames.first);
    exchange(to, frames.stride);
    exchange(to, frames.count);
    exchange(to, frames.block);
  }
}

std::string read_text(MessageReader& from) {
  std::string text;
  exchange(from, text);
  return text;
}

FrameSequence read_sequence(MessageReader& from) {
  FrameSequence sequence;
  for (auto pieces = from.number(); pieces > 0; --pieces) {
    FrameBlocks frames;
    exchange(from, frames.first);
    exchange(from, frames.stride);
    exchange(from, frames.count);
    exchange(from, frames.block);
    sequence.append(frames);
  }
  return sequence;
}

// The addresses as distances from the end of the chunk before.
void write(MessageWriter& to, KnownPlaces const& places, std::size_t dataset, std::int64_t chunks) {
  exchange(to, places.has(dataset));
  std::int64_t end = 0;
  for (std::int64_t chunk = 0; places.has(dataset) && chunk < chunks; ++chunk) {
    auto const place = *places.find({dataset, chunk});
    exchange(to, place.bytes);
    if (place.bytes == 0) continue;
    exchange(to, place.filtered);
    exchange(to, place.address - end);
    end = place.address + place.bytes;
  }
}

void read(MessageReader& from, KnownPlaces& places, std::size_t dataset, std::int64_t chunks) {
  if (from.number() == 0) return;
  std::vector<ChunkPlace> all;
  std::int64_t end = 0;
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
    auto& place = all.emplace_back();
    exchange(from, place.bytes);
    if (place.bytes == 0) {
      place = unwritten_place();
      continue;
    }
    exchange(from, place.filtered);
    place.address = end + from.number();
    end = place.address + place.bytes;
  }
  places.add(dataset, all);
}

std::int64_t size_here(std::string const& file) {
  std::error_code failure;
  auto const bytes = std::filesystem::file_size(file, failure);
  if (!failure) return static_cast<std::int64_t>(bytes);
  throw core::IoError({.what = "open " + file,
                       .expected = "the file that another rank has found",
                       .found = "\"" + failure.message() + "\"",
                       .attempt = "check that all nodes see the same folder"});
}

}  // namespace

std::string FoundFrames::text(FrameResolver const& resolver, FrameTable const& whole,
                              ScanParts const& parts, KnownPlaces const& places) {
  MessageWriter to;
  exchange(to, resolver.datasets_.size());
  for (std::size_t d = 0; d < resolver.datasets_.size(); ++d) {
    exchange_set(to, resolver.datasets_[d]);
    write(to, places, d, resolver.datasets_[d].chunks());
  }
  exchange(to, resolver.files_.size());
  for (auto const& file : resolver.files_) exchange(to, file.path);
  exchange(to, resolver.open_.opened().size());
  for (auto const& file : resolver.open_.opened()) exchange(to, file);

  std::map<FrameTable const*, std::size_t> numbers;
  exchange(to, resolver.known_.size());
  for (auto const& [where, table] : resolver.known_) {
    exchange_location(to, where);
    numbers.emplace(&table, numbers.size());
  }
  auto const write_table = [&](FrameTable const& table) {
    exchange(to, table.stored_);
    if (table.stored_) return exchange(to, table.dataset_);
    exchange(to, table.shape.rows);
    exchange(to, table.shape.columns);
    exchange(to, table.dims);
    exchange(to, table.frames);
    exchange(to, table.sources_.size());
    for (auto const& source : table.sources_) {
      exchange(to, numbers.at(source.table));
      write(to, source.target);
      write(to, source.frames);
    }
  };
  for (auto const& [where, table] : resolver.known_) write_table(table);
  write_table(whole);

  exchange(to, parts.parts.size());
  for (auto const& part : parts.parts) exchange_part(to, part);
  exchange(to, parts.remarks);
  return to.take();
}

void FoundFrames::take_over(std::string_view text, FrameResolver& resolver, FrameTable& whole,
                            ScanParts& parts, KnownPlaces& places) {
  MessageReader from(text);
  resolver.datasets_.resize(static_cast<std::size_t>(from.number()));
  for (std::size_t d = 0; d < resolver.datasets_.size(); ++d) {
    exchange_set(from, resolver.datasets_[d]);
    read(from, places, d, resolver.datasets_[d].chunks());
  }
  resolver.files_.resize(static_cast<std::size_t>(from.number()));
  for (auto& file : resolver.files_) {
    exchange(from, file.path);
    file.bytes = size_here(file.path);
    resolver.listed_.insert(file.path);
  }
  for (auto files = from.number(); files > 0; --files) resolver.open_.note_opened(read_text(from));

  std::vector<FrameTable*> tables(static_cast<std::size_t>(from.number()));
  for (auto& table : tables) {
    Hdf5Location where;
    exchange_location(from, where);
    table = &resolver.known_.emplace(where, FrameTable()).first->second;
  }
  auto const read_table = [&](FrameTable& table) {
    if (from.number() != 0) {
      auto const dataset = static_cast<std::size_t>(from.number());
      table = FrameTable(resolver.datasets_[dataset], dataset);
      return;
    }
    exchange(from, table.shape.rows);
    exchange(from, table.shape.columns);
    exchange(from, table.dims);
    exchange(from, table.frames);
    for (auto sources = from.number(); sources > 0; --sources) {
      auto const* const source = tables[static_cast<std::size_t>(from.number())];
      auto const target = read_sequence(from);
      table.map(target, read_sequence(from), *source);
    }
    table.close();
  };
  for (auto* const table : tables) read_table(*table);
  read_table(whole);

  parts.parts.resize(static_cast<std::size_t>(from.number()));
  for (auto& part : parts.parts) exchange_part(from, part);
  exchange(from, parts.remarks);
}

}  // namespace xrdct::io
