// The endings of file names that decide what is written.
#include "app/files/output_ending.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

constexpr std::array<std::pair<char const*, OutputKind>, 11> endings{{{".png", OutputKind::png},
                                                                      {".svg", OutputKind::svg},
                                                                      {".pdf", OutputKind::pdf},
                                                                      {".xy", OutputKind::xy},
                                                                      {".xye", OutputKind::xye},
                                                                      {".dat", OutputKind::dat},
                                                                      {".csv", OutputKind::csv},
                                                                      {".h5", OutputKind::hdf5},
                                                                      {".hdf5", OutputKind::hdf5},
                                                                      {".hdf", OutputKind::hdf5},
                                                                      {".nxs", OutputKind::hdf5}}};

bool is_among(OutputKind kind, std::initializer_list<OutputKind> possible) {
  return std::find(possible.begin(), possible.end(), kind) != possible.end();
}

}  // namespace

std::string endings_of(std::initializer_list<OutputKind> possible) {
  std::vector<std::string> names;
  for (auto const& [ending, kind] : endings)
    if (is_among(kind, possible)) names.emplace_back(ending);
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return text;
}

OutputKind kind_of(std::filesystem::path const& file, std::initializer_list<OutputKind> possible,
                   std::string const& what) {
  return kind_of_ending(file.extension().string(), file, possible, what);
}

OutputKind kind_of_ending(std::string const& written, std::filesystem::path const& file,
                          std::initializer_list<OutputKind> possible, std::string const& what) {
  std::string ending = written;
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (auto const& [known, kind] : endings)
    if (ending == known && is_among(kind, possible)) return kind;
  throw core::InputError({.what = fmt::format("write {} as {}", what, file.string()),
                          .expected = "a name that ends with " + endings_of(possible),
                          .found = written.empty() ? "no ending" : "\"" + written + "\"",
                          .attempt = "the ending says what is written"});
}

}  // namespace xrdct::app
