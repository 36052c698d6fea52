#pragma once
#include <cstddef>
#include <filesystem>
#include <list>
#include <mutex>

#include "io/images/image_file.hpp"

namespace xrdct::io {

/// Keeps some files of several images open, so that where these lie is found once. Any number of
/// threads. Internal to io/.
class OpenImages {
 public:
  /// A file for as long as this is.
  class Use {
   public:
    Use(OpenImages& all, std::size_t number, std::filesystem::path const& file);
    ~Use();
    Use(Use const&) = delete;
    Use& operator=(Use const&) = delete;
    ImageFile const& file() const;

   private:
    struct Entry;
    friend class OpenImages;
    OpenImages& all_;
    Entry* entry_;
  };

  OpenImages();
  ~OpenImages();

 private:
  static constexpr std::size_t most_open = 16;
  std::mutex lock_;
  std::list<Use::Entry> entries_;  //!< last used first
};

}  // namespace xrdct::io
