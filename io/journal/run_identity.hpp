#pragma once
#include <string>
#include <vector>

namespace xrdct::io {

/// All that decides the bytes of an output, by name: a run may go on with what another one left
/// when every entry is the same.
struct RunIdentity {
  struct Entry {
    std::string what;   //!< for people, in one line: "the input file /data/scan.h5"
    std::string value;  //!< in one line: "1234 bytes, modified 1700000000.5"
  };
  std::vector<Entry> entries;

  /// Line ends and tabs become blanks.
  void add(std::string const& what, std::string const& value);
};

/// A line for each entry, as the journal keeps it.
std::string text_of(RunIdentity const& identity);

/// \param name of the file, for the message
/// \throws core::IoError no text of `text_of`
RunIdentity identity_of(std::string const& text, std::string const& name);

/// The first entry that differs, for people: "the input file scan.h5: 5 bytes …, now 6 bytes …";
/// empty: none does.
std::string difference(RunIdentity const& before, RunIdentity const& now);

}  // namespace xrdct::io
