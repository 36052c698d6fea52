#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

/// Checksums of bytes in files.
namespace xrdct::io {

/*!
 * XXH3, 64 bit (https://xxhash.com), of bytes that come in pieces: the same as of all at once.
 *
 * It finds damage, not forgery: of 2^64 damaged blocks one goes unseen. The seed says what the
 * bytes stand for, so that right bytes in a wrong place are found, too.
 */
class Checksum {
 public:
  explicit Checksum(std::uint64_t seed);
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;

  void add(std::span<std::byte const> bytes);
  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::uint64_t checksum(std::span<std::byte const> bytes, std::uint64_t seed);

}  // namespace xrdct::io
