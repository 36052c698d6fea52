#pragma once
#include <cstdint>
#include <cstring>

namespace xrdct::kernels::test {

/// FNV-1a of values in their order. Source: Fowler, Noll, Vo,
/// http://www.isthe.com/chongo/tech/comp/fnv.
class Checksum {
 public:
  template <class Values>
  void add(Values const& values) {
    for (auto const& value : values) {
      unsigned char bytes[sizeof value];
      std::memcpy(bytes, &value, sizeof value);
      for (unsigned char byte : bytes) hash_ = (hash_ ^ byte) * 0x100000001b3u;
    }
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace xrdct::kernels::test
