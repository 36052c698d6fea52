#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace xrdct::core {

/*!
 * One name for many: "img_%05d.cbf" where they differ in one number of so many digits, "img_%d.cbf"
 * where it has no zeros in front, else what they begin and end with and `*` between.
 * \param names one or more
 */
std::string common_pattern(std::span<std::string const> names);

/// Numbers above which lists of files are told by their pattern, number and hash.
inline constexpr std::size_t most_files_listed = 100'000;

/// A hash of texts in their order (FNV-1a, 64 bits), each with its end: to tell lists apart, not to
/// protect them.
class TextHash {
 public:
  void add(std::string_view text);
  std::string hexadecimal() const;  //!< 16 digits

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace xrdct::core
