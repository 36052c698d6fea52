// Writes and reads the journal of a run.
#include "io/journal/run_journal.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <map>
#include <span>
#include <string>

#include "core/words/errors.hpp"
#include "io/files/checksum.hpp"
#include "io/files/file_bytes.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

struct Record {
  std::array<char, 8> magic;
  std::uint64_t block, row, check;
};
static_assert(sizeof(Record) == 32);
constexpr std::array<char, 8> magic{'X', 'R', 'D', 'C', 'T', 'J', '0', '1'};

std::uint64_t check_of(Record const& record, std::uint64_t seed) {
  return checksum(std::as_bytes(std::span(&record, 1)).first(offsetof(Record, check)), seed);
}

std::vector<std::byte> content_of(fs::path const& file) {
  FileDescriptor const descriptor(file, O_RDONLY);
  std::vector<std::byte> bytes(size_of_file(descriptor, file));
  read_at(descriptor, file, bytes, 0);
  return bytes;
}

std::string text_in(fs::path const& file) {
  auto const bytes = content_of(file);
  return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

}  // namespace

void begin_journal(fs::path const& folder, RunIdentity const& identity) {
  remove_journal(folder);
  fs::create_directory(folder);
  sync_folder(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
  write_file(journal_owner_file(folder), text_of(identity));
}

std::optional<RunIdentity> journal_owner(fs::path const& folder) {
  fs::path const file = journal_owner_file(folder);
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return {};
  return identity_of(text_in(file), file.string());
}

JournalReading read_journal(fs::path const& folder, std::uint64_t seed, std::size_t blocks) {
  JournalReading reading;
  std::map<std::size_t, std::uint64_t> rows;
  std::vector<fs::path> files;
  for (auto const& entry : fs::directory_iterator(folder)) {
    auto const attempt = attempt_of(entry.path());
    if (!attempt) continue;
    reading.attempts = std::max(reading.attempts, *attempt + 1);
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());  // later attempts count more
  for (auto const& file : files) {
    auto const bytes = content_of(file);
    for (std::size_t from = 0; from + sizeof(Record) <= bytes.size(); from += sizeof(Record)) {
      Record record;
      std::memcpy(&record, bytes.data() + from, sizeof record);
      bool const right =
          record.magic == magic && record.block < blocks && record.check == check_of(record, seed);
      if (right) rows[record.block] = record.row;
    }
  }
  for (auto const& [block, row] : rows) reading.blocks.push_back({block, row});
  return reading;
}

std::uint64_t journal_seed(RunIdentity const& identity) {
  std::string const text = text_of(identity);
  return checksum(std::as_bytes(std::span(text)), 0);
}

RunJournal::RunJournal(fs::path const& folder, std::uint64_t seed, int attempt, int rank)
    : file_(journal_file(folder, attempt, rank)),
      seed_(seed),
      descriptor_(file_, O_WRONLY | O_CREAT | O_EXCL | O_APPEND) {
  sync_folder(folder);
}

void RunJournal::append(std::vector<CommittedBlock> const& blocks) {
  std::vector<Record> records;
  for (auto const& [block, row] : blocks) {
    Record record{.magic = magic, .block = block, .row = row, .check = 0};
    record.check = check_of(record, seed_);
    records.push_back(record);
  }
  append_all(descriptor_, file_, std::as_bytes(std::span(records)));
  sync_data(descriptor_, file_);
}

void RunJournal::close() { descriptor_.close(file_); }

}  // namespace xrdct::io
