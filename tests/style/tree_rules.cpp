#include "tests/style/tree_rules.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

namespace xrdct::style {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string, std::less<>>;

struct Include {
  int line;
  std::string name;
  bool quoted;
};

struct Source {
  std::string layer;  //!< the folder's short name, see layer_of
  std::vector<Include> includes;
  std::vector<std::string> lines;
};

using Tree = std::map<std::string, Source>;  //!< by path relative to the root

/// Longest first: io/codec before io.
std::vector<std::pair<std::string, std::string>> const layer_folders{{"src/core/", "core"},
                                                                     {"src/pipeline/", "pipeline"},
                                                                     {"src/app/", "app"},
                                                                     {"io/codec/", "codec"},
                                                                     {"io/", "io"},
                                                                     {"config/", "config"},
                                                                     {"kokkos/", "kernels"},
                                                                     {"tests/", "tests"},
                                                                     {"benchmarks/", "benchmarks"}};

std::map<std::string, Names> const allowed_arrows{
    {"core", {}},
    {"codec", {"core"}},
    {"config", {"core"}},
    {"io", {"codec", "core"}},
    {"kernels", {"codec", "core"}},
    {"pipeline", {"core"}},
    {"app", {"pipeline", "config", "io", "kernels", "core"}}};

/// The rooms of a folder, from the ground up: a room may include those before it, and itself. What
/// lies in none of them, at the top of the folder, may include all, and no room includes it.
std::map<std::string, std::vector<std::string>> const rooms_of_folder{
    {"src/core/",
     {"words", "scan", "positions", "lines", "detector", "geometry", "matrix", "reference",
      "phantom", "tomography", "conditioning", "centre"}},
    {"io/codec/", {"words", "lz4", "planes", "offsets"}},
    {"io/",
     {"files", "hdf5", "ranks", "images", "chunks", "frames", "values", "survey", "nexus", "guard",
      "journal", "stored", "output", "exports", "simulated", "pictures"}},
    {"config/", {"json", "keys", "text", "calibration", "job", "slices", "pyfai"}},
    {"kokkos/",
     {"space", "tile", "simd", "teams", "bins", "methods", "fused", "device", "spmm",
      "tomography"}},
    {"src/app/",
     {"session", "files", "calibration", "axes", "inspect", "jobs", "scan", "images", "simulation",
      "slices", "view", "exports"}}};

/// More files than this in one folder are two rooms.
constexpr int most_files = 25;

/// A foreign world: how its includes and its names begin, and the folders that may know it.
struct World {
  std::string name;
  std::vector<std::string> includes;
  std::vector<std::string> words;
  std::vector<std::string> rooms;
};

std::vector<World> const worlds{
    {"Kokkos",
     {"Kokkos"},
     {"Kokkos::", "KokkosSparse::", "KOKKOS_"},
     {"kokkos/", "tests/kokkos/", "benchmarks/"}},
    {"MPI", {"mpi.h"}, {"MPI_"}, {"io/", "tests/io/", "tests/support/", "benchmarks/"}},
    {"HDF5",
     {"hdf5.h", "hdf5_hl.h", "H5"},
     {"hid_t", "herr_t", "H5Fopen", "H5Dopen"},
     {"io/", "tests/io/", "tests/support/", "benchmarks/"}},
    {"Boost.Iostreams", {"boost/iostreams/"}, {"boost::iostreams"}, {"io/images/", "tests/io/"}},
    {"Boost.JSON", {"boost/"}, {"boost::"}, {"config/", "tests/config/", "tests/support/"}},
    {"CLI11", {"CLI/"}, {}, {"src/app/"}},
    {"fmt", {"fmt/"}, {"fmt::"}, {"io/", "src/app/"}},
    {"compression",
     {"lz4", "zstd", "zlib.h"},
     {"LZ4_", "ZSTD_"},
     {"io/", "tests/io/", "tests/support/", "benchmarks/"}},
    {"TIFF", {"tiff"}, {"TIFFOpen"}, {"io/", "tests/io/", "tests/support/"}},
    {"xxHash", {"xxhash"}, {"XXH3_"}, {"io/files/", "tests/io/"}},
    {"Cairo", {"cairo"}, {"cairo_"}, {"io/pictures/", "tests/io/pictures/"}},
    {"GoogleTest", {"gtest/", "gmock/"}, {}, {"tests/"}},
    {"Google Benchmark", {"benchmark/"}, {}, {"benchmarks/"}},
    {"OpenMP", {"omp.h"}, {}, {"kokkos/", "tests/kokkos/"}},
    {"the operating system",
     {"fcntl.h", "unistd.h", "sys/", "sched.h", "malloc.h", "dirent.h", "termios.h", "pthread.h",
      "signal.h", "dlfcn.h"},
     {},
     {"io/", "src/app/", "src/pipeline/", "kokkos/", "tests/", "benchmarks/"}}};

/// Headers with a dot or a slash that every folder may include: intrinsics behind a `target`
/// attribute, and their emulation for tests.
Names const free_includes{"immintrin.h", "cpuid.h", "simde/x86/avx512.h", "simde/x86/gfni.h"};

Names const top_level{".ci",
                      ".clang-format",
                      ".clang-tidy",
                      ".gitignore",
                      "CHANGELOG.md",
                      "CITATION.cff",
                      "CMakeLists.txt",
                      "CMakePresets.json",
                      "CONTRIBUTING.md",
                      "LICENSE",
                      "README.md",
                      "benchmarks",
                      "cmake",
                      "config",
                      "docs",
                      "io",
                      "kokkos",
                      "scripts",
                      "src",
                      "tests"};
Names const unversioned{".git",   "build",   "shared", "CMakeUserPresets.json",
                        ".cache", ".vscode", ".idea"};

Names const source_endings{".hpp", ".cpp", ".h", ".cc"};
Names const text_endings{".hpp", ".cpp", ".in",     ".txt", ".cmake", ".json",
                         ".md",  ".sh",  ".sbatch", ".py",  ""};

bool starts_with_any(std::string_view text, std::vector<std::string> const& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string const& b) { return text.substr(0, b.size()) == b; });
}

std::string layer_of(std::string const& path) {
  for (auto const& [folder, layer] : layer_folders)
    if (path.rfind(folder, 0) == 0) return layer;
  return "";
}

std::optional<Include> parse_include(std::string const& line, int number) {
  auto const hash = line.find_first_not_of(" \t");
  if (hash == std::string::npos || line[hash] != '#') return {};
  auto const word = line.find_first_not_of(" \t", hash + 1);
  if (word == std::string::npos || line.compare(word, 7, "include") != 0) return {};
  auto const open = line.find_first_of("<\"", word);
  if (open == std::string::npos) return {};
  bool const quoted = line[open] == '"';
  auto const close = line.find(quoted ? '"' : '>', open + 1);
  if (close == std::string::npos) return {};
  return Include{number, line.substr(open + 1, close - open - 1), quoted};
}

std::vector<std::string> read_lines(fs::path const& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Tree read_tree(fs::path const& root) {
  Tree tree;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
       ++it) {
    std::string const path = it->path().lexically_relative(root).generic_string();
    if (it.depth() == 0 && unversioned.count(path)) {
      if (it->is_directory()) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file() || !text_endings.count(it->path().extension().string())) continue;
    Source source{layer_of(path), {}, read_lines(it->path())};
    if (source_endings.count(it->path().extension().string()))
      for (std::size_t i = 0; i < source.lines.size(); ++i)
        if (auto include = parse_include(source.lines[i], static_cast<int>(i) + 1))
          source.includes.push_back(*include);
    tree.emplace(path, std::move(source));
  }
  return tree;
}

/// The file that a quoted include of `path` names: relative to the root or to src/, in tests and
/// benchmarks also to its own folder; or nothing.
std::optional<std::string> resolve(Tree const& tree, std::string const& path,
                                   std::string const& name) {
  if (tree.count(name)) return name;
  if (tree.count("src/" + name)) return "src/" + name;
  std::string const neighbour = path.substr(0, path.rfind('/') + 1) + name;
  if (!allowed_arrows.count(tree.at(path).layer) && tree.count(neighbour)) return neighbour;
  return {};
}

std::string joined(Names const& names) {
  std::string text;
  for (auto const& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

/// The folder with rooms that holds a file, and the index of its room there; the number of rooms:
/// none of them.
struct Room {
  std::string folder;
  std::size_t floor = 0;
};

std::optional<Room> room_of(std::string const& path) {
  for (auto const& [folder, layer] : layer_folders) {
    auto const found = rooms_of_folder.find(folder);
    if (path.rfind(folder, 0) != 0) continue;
    if (found == rooms_of_folder.end()) return {};
    auto const& rooms = found->second;
    std::string const rest = path.substr(folder.size());
    auto const room = std::find(rooms.begin(), rooms.end(), rest.substr(0, rest.find('/')));
    return Room{folder, static_cast<std::size_t>(room - rooms.begin())};
  }
  return {};
}

void check_room(std::string const& path, std::string const& target, Include const& include,
                std::vector<Breach>& breaches) {
  auto const from = room_of(path), to = room_of(target);
  if (!from || !to || from->folder != to->folder || to->floor <= from->floor) return;
  auto const& rooms = rooms_of_folder.at(from->folder);
  Names const allowed(rooms.begin(), rooms.begin() + static_cast<std::ptrdiff_t>(from->floor));
  breaches.push_back({path, include.line,
                      "the room " + rooms.at(from->floor) + " may not include \"" + include.name +
                          "\": allowed are " + joined(allowed)});
}

/// A folder that is not a room, and one with too many files.
void check_folders(Tree const& tree, std::vector<Breach>& breaches) {
  std::map<std::string, int> files;
  for (auto const& [path, source] : tree) {
    std::string const folder = path.substr(0, path.rfind('/') + 1);
    if (!source.layer.empty() && source_endings.count(fs::path(path).extension().string()) &&
        ++files[folder] == most_files + 1)
      breaches.push_back(
          {folder, 0,
           "more than " + std::to_string(most_files) + " sources in one folder: expected rooms"});
    auto const room = room_of(path);
    if (room && room->floor == rooms_of_folder.at(room->folder).size() && folder != room->folder &&
        path.ends_with("pp"))
      breaches.push_back({path, 0, "not in one of the rooms of " + room->folder});
  }
}

World const* world_of(std::string const& include) {
  if (free_includes.count(include)) return nullptr;
  for (World const& world : worlds)
    if (starts_with_any(include, world.includes)) return &world;
  return nullptr;
}

bool is_standard(std::string const& include) {
  return free_includes.count(include) || include.find_first_of("./") == std::string::npos;
}

void check_quoted(Tree const& tree, std::string const& path, Source const& source,
                  Include const& include, std::vector<Breach>& breaches) {
  auto const target = resolve(tree, path, include.name);
  if (!target && resolve(tree, path, include.name + ".in")) return;  // made by CMake from that file
  if (!target) {
    breaches.push_back(
        {path, include.line,
         "cannot find \"" + include.name + "\": expected a path relative to the root or to src/"});
    return;
  }
  auto const arrows = allowed_arrows.find(source.layer);
  std::string const& layer = tree.at(*target).layer;
  check_room(path, *target, include, breaches);
  if (arrows != allowed_arrows.end() && layer != source.layer && !arrows->second.count(layer))
    breaches.push_back({path, include.line,
                        source.layer + " may not include " + layer + " (\"" + include.name +
                            "\"): allowed are " + joined(arrows->second)});
}

void check_foreign(std::string const& path, Include const& include, std::vector<Breach>& breaches) {
  World const* world = world_of(include.name);
  if (world == nullptr) {
    if (!is_standard(include.name))
      breaches.push_back({path, include.line,
                          "unknown foreign include <" + include.name + ">: no folder knows it"});
  } else if (!starts_with_any(path, world->rooms)) {
    breaches.push_back(
        {path, include.line,
         "<" + include.name + "> belongs to " + world->name + ", which this folder does not know"});
  } else if (path.rfind("io/codec/", 0) == 0 && (world->name == "MPI" || world->name == "HDF5")) {
    breaches.push_back(
        {path, include.line, "io/codec knows neither MPI nor HDF5 (<" + include.name + ">)"});
  }
}

/// Headers that reach a foreign include, with the first one they reach.
std::map<std::string, std::string> foreign_headers(Tree const& tree) {
  std::map<std::string, std::string> reached;
  for (auto const& [path, source] : tree)
    for (Include const& include : source.includes)
      if (!include.quoted && world_of(include.name)) reached.emplace(path, include.name);
  for (bool changed = true; changed;) {
    changed = false;
    for (auto const& [path, source] : tree)
      for (Include const& include : source.includes)
        if (auto const target = include.quoted ? resolve(tree, path, include.name) : std::nullopt;
            target && reached.count(*target))
          changed = reached.emplace(path, reached.at(*target)).second || changed;
  }
  return reached;
}

/// A header that another folder includes is public: it may neither reach a foreign include nor name
/// something foreign.
void check_public_headers(Tree const& tree, std::vector<Breach>& breaches) {
  auto const foreign = foreign_headers(tree);
  Names seen;
  for (auto const& [path, source] : tree)
    for (Include const& include : source.includes) {
      auto const target = include.quoted ? resolve(tree, path, include.name) : std::nullopt;
      if (!target || !allowed_arrows.count(source.layer) || tree.at(*target).layer == source.layer)
        continue;
      if (auto const found = foreign.find(*target); found != foreign.end())
        breaches.push_back({path, include.line,
                            "\"" + include.name + "\" reaches <" + found->second +
                                ">: a header used by another folder names nothing foreign"});
      if (!seen.insert(*target).second) continue;
      auto const& lines = tree.at(*target).lines;
      for (std::size_t i = 0; i < lines.size(); ++i)
        for (World const& world : worlds)
          for (std::string const& word : world.words)
            if (std::string const code = lines[i].substr(0, lines[i].find("//"));
                code.find(word) != std::string::npos &&
                code.find_first_not_of(" \t") != std::string::npos &&
                code[code.find_first_not_of(" \t")] != '*')
              breaches.push_back({*target, static_cast<int>(i) + 1,
                                  "public header names " + word + " of " + world.name});
    }
}

/// Tests that no CMakeLists.txt above them names are compiled by nobody, and seem to pass.
void check_built(Tree const& tree, std::vector<Breach>& breaches) {
  auto const is_named = [&](std::string const& path) {
    std::string const name = path.substr(path.rfind('/') + 1);
    for (auto slash = path.rfind('/'); slash != std::string::npos;) {
      slash = path.rfind('/', slash);
      auto const list = tree.find(path.substr(0, slash + 1) + "CMakeLists.txt");
      if (list != tree.end() &&
          std::any_of(list->second.lines.begin(), list->second.lines.end(),
                      [&](auto const& line) { return line.find(name) != std::string::npos; }))
        return true;
      slash = slash == 0 ? std::string::npos : path.rfind('/', slash - 1);
    }
    return false;
  };
  for (auto const& [path, source] : tree)
    if (path.ends_with("_test.cpp") && !is_named(path))
      breaches.push_back(
          {path, 0, "no CMakeLists.txt names it: expected a target that runs these tests"});
}

void check_text(std::string const& path, Source const& source, std::vector<Breach>& breaches) {
  // Written in two halves, so that this file does not find itself.
  static std::vector<std::string> const marks{std::string("TO") + "DO", std::string("FIX") + "ME",
                                              std::string("X") + "XX:"};
  static std::vector<std::string> const places{
      std::string("/wo") + "rk/", std::string("/ro") + "ot/", std::string("/ho") + "me/",
      std::string("../sh") + "ared"};
  bool const may_name_places = path.rfind(".ci/", 0) == 0;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    int const number = static_cast<int>(i) + 1;
    for (auto const& mark : marks)
      if (source.lines[i].find(mark) != std::string::npos)
        breaches.push_back({path, number, "unfinished: " + mark});
    for (auto const& place : places)
      if (!may_name_places && source.lines[i].find(place) != std::string::npos)
        breaches.push_back({path, number, "path of one machine: " + place});
  }
}

}  // namespace

std::vector<Breach> check_tree(fs::path const& root) {
  std::vector<Breach> breaches;
  for (auto const& entry : fs::directory_iterator(root)) {
    std::string const name = entry.path().filename().string();
    if (!top_level.count(name) && !unversioned.count(name))
      breaches.push_back({name, 0, "not one of the allowed top-level entries"});
  }
  Tree const tree = read_tree(root);
  for (auto const& [path, source] : tree) {
    for (Include const& include : source.includes)
      if (include.quoted)
        check_quoted(tree, path, source, include, breaches);
      else
        check_foreign(path, include, breaches);
    check_text(path, source, breaches);
  }
  check_folders(tree, breaches);
  check_built(tree, breaches);
  check_public_headers(tree, breaches);
  std::sort(breaches.begin(), breaches.end(), [](Breach const& a, Breach const& b) {
    return std::tie(a.file, a.line, a.text) < std::tie(b.file, b.line, b.text);
  });
  return breaches;
}

}  // namespace xrdct::style
