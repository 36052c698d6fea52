// Reads the titles of many entries of one file.
#include "io/survey/entry_titles.hpp"

#include "io/hdf5/entry_facts.hpp"

namespace xrdct::io {

std::vector<EntryTitle> entry_titles(std::filesystem::path const& file,
                                     std::vector<std::string> const& entries) {
  Hdf5Files files;
  std::vector<EntryTitle> titles;
  for (auto const& entry : entries) {
    auto const facts = entry_facts(files, file, entry);
    titles.push_back({facts.title, facts.aborted()});
  }
  return titles;
}

}  // namespace xrdct::io
