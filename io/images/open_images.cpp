// Keeps files of several images open while their frames are read.
#include "io/images/open_images.hpp"

#include <algorithm>
#include <utility>

namespace xrdct::io {

struct OpenImages::Use::Entry {
  std::size_t number;
  ImageFile file;
  std::size_t users = 0;
};

OpenImages::OpenImages() = default;
OpenImages::~OpenImages() = default;

OpenImages::Use::Use(OpenImages& all, std::size_t number, std::filesystem::path const& file)
    : all_(all) {
  std::lock_guard const hold(all.lock_);  // two threads do not look through one file
  auto& entries = all.entries_;
  auto const known = std::find_if(entries.begin(), entries.end(),
                                  [&](Entry const& entry) { return entry.number == number; });
  if (known != entries.end()) {
    entries.splice(entries.begin(), entries, known);
  } else {
    ImageFile opened(file);
    auto const idle = std::find_if(entries.rbegin(), entries.rend(),
                                   [](Entry const& entry) { return entry.users == 0; });
    if (entries.size() >= most_open && idle != entries.rend())
      entries.erase(std::prev(idle.base()));
    entries.push_front({number, std::move(opened)});
  }
  entry_ = &entries.front();
  ++entry_->users;
}

OpenImages::Use::~Use() {
  std::lock_guard const hold(all_.lock_);
  --entry_->users;
}

ImageFile const& OpenImages::Use::file() const { return entry_->file; }

}  // namespace xrdct::io
