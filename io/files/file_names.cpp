// Keeps the names of a hundred thousand files without their folders.
#include "io/files/file_names.hpp"

#include <algorithm>
#include <iterator>

namespace xrdct::io {

FileNames::FileNames(std::vector<std::filesystem::path> const& files) {
  for (auto const& file : files) push_back(file);
}

FileNames::FileNames(std::initializer_list<std::filesystem::path> files) {
  for (auto const& file : files) push_back(file);
}

void FileNames::push_back(std::filesystem::path const& file) {
  std::string_view const text = file.native();
  auto const slash = text.rfind('/');
  auto const name = slash == std::string_view::npos ? 0 : slash + 1;
  push_back(text.substr(0, name), text.substr(name));
}

void FileNames::push_back(std::string_view folder, std::string_view name) {
  std::string with_slash(folder);
  if (!folder.empty() && folder.back() != '/') with_slash += '/';
  if (folders_.empty() || folders_.back().name != with_slash)
    folders_.push_back({size(), std::move(with_slash)});
  text_ += name;
  ends_.push_back(text_.size());
}

void FileNames::push_found(std::string_view folder, std::string_view name) {
  if (found_.empty() || found_.back().second != size()) found_.emplace_back(size(), size());
  ++found_.back().second;
  push_back(folder, name);
}

void FileNames::push_gap(std::string_view folder, std::string_view name) {
  gaps_.push_back(size());
  push_back(folder, name);
}

std::string_view FileNames::name(std::size_t i) const {
  std::uint64_t const first = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(text_).substr(first, ends_[i] - first);
}

std::string FileNames::operator[](std::size_t i) const {
  auto const after =
      std::upper_bound(folders_.begin(), folders_.end(), i,
                       [](std::size_t file, Folder const& folder) { return file < folder.first; });
  return std::prev(after)->name + std::string(name(i));
}

bool FileNames::is_gap(std::size_t i) const {
  return std::binary_search(gaps_.begin(), gaps_.end(), i);
}

bool FileNames::is_found(std::size_t i) const {
  return std::any_of(found_.begin(), found_.end(),
                     [i](auto const& files) { return i >= files.first && i < files.second; });
}

std::vector<std::filesystem::path> FileNames::paths() const {
  std::vector<std::filesystem::path> paths;
  paths.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) paths.emplace_back((*this)[i]);
  return paths;
}

std::size_t FileNames::memory_bytes() const {
  std::size_t bytes = text_.capacity() + ends_.capacity() * sizeof(ends_.front()) +
                      gaps_.capacity() * sizeof(gaps_.front()) +
                      found_.capacity() * sizeof(found_.front());
  for (auto const& folder : folders_) bytes += sizeof(folder) + folder.name.capacity();
  return bytes;
}

}  // namespace xrdct::io
