// The fused engine against its rivals in turn, case by case: spmm, decoding to an image and a plain
// sparse product, and decoding without the trick of empty planes where no plane is empty. One
// thread. See README.md.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/matrix/plan_building.hpp"
#include "core/words/aligned_vector.hpp"
#include "core/words/errors.hpp"
#include "csr_product.hpp"
#include "eiger_frame.hpp"
#include "eiger_plan.hpp"
#include "io/codec/block_walk.hpp"
#include "io/codec/decode.hpp"
#include "io/codec/encode.hpp"
#include "io/codec/planes/bit_planes.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "plain_decoding.hpp"

namespace xrdct::benchmarks {
namespace {

constexpr char const* usage =
    "usage: sweep [--filter TEXT] [--pairs N] [--all-pairs] [--json FILE]\n\n"
    "  --filter TEXT  only cases whose name contains it: SIZE/TYPE/CONTENT/SPLITTING/BINS, as "
    "4M/u32/counts/bounding_box/1000\n"
    "  --pairs N      interleaved pairs of each case (default 11)\n"
    "  --all-pairs    also against rivals that took five times as long once, or twice as long "
    "three times\n"
    "  --json FILE    all figures\n";

constexpr std::size_t frames = 16;  // of one time
constexpr std::size_t most_stored =
    std::size_t{600} << 20;  // decoded bytes of the different frames of a scan; 8 at least
constexpr double slower = 1.05;
constexpr double far_off = 0.2;  // a rival that takes five times as long is not measured again

struct Options {
  std::string filter, json;
  int pairs = 11;
  bool all_pairs = false;
};

struct Case {
  std::string size;
  core::FrameShape shape;
  std::size_t pixel_bytes;
  bool full_range;
  core::Binning binning;

  std::string frames_name() const {
    return size + (pixel_bytes == 2 ? "/u16" : "/u32") + (full_range ? "/full_range" : "/counts");
  }
  std::string name() const {
    bool const cake = binning.kind == core::PatternKind::cake;
    std::string const bins =
        (cake ? std::to_string(binning.azimuthal_bins) + "x" : "") + std::to_string(binning.bins);
    return frames_name() + "/" + std::string(core::name_of(binning.splitting)) + "/" + bins;
  }
};

std::vector<Case> all_cases() {
  using core::Splitting;
  bool const small = std::getenv("XRDCT_BENCHMARK_SMALL") != nullptr;
  std::vector<std::pair<std::string, core::FrameShape>> const sizes =
      small ? std::vector<std::pair<std::string, core::FrameShape>>{{"small", eiger_shape()}}
            : std::vector<std::pair<std::string, core::FrameShape>>{
                  {"1M", {1065, 1030}}, {"4M", {2167, 2070}}, {"16M", {4371, 4150}}};
  std::vector<Case> cases;
  for (auto const& [size, shape] : sizes) {
    for (Splitting const splitting : {Splitting::none, Splitting::bounding_box, Splitting::full})
      for (std::size_t const bins : {500, 1000, 4000})
        cases.push_back({size, shape, 4, false, {.bins = bins, .splitting = splitting}});
    for (Splitting const splitting : {Splitting::none, Splitting::bounding_box})
      cases.push_back({size,
                       shape,
                       4,
                       false,
                       {.splitting = splitting,
                        .kind = core::PatternKind::cake,
                        .azimuthal_bins = small ? 12u : 360u}});
    cases.push_back({size, shape, 2, false, {}});
    cases.push_back({size, shape, 4, true, {}});
    cases.push_back({size, shape, 2, true, {}});
  }
  return cases;
}

// Stored frames of the size and content of a case: as many different ones as fit, in turn.
struct Scan {
  std::vector<std::vector<std::byte>> streams;
  core::EncodedBatch batch;

  explicit Scan(Case const& which) {
    std::size_t const different = std::clamp<std::size_t>(
        most_stored / (which.shape.pixels() * which.pixel_bytes), 8, frames);
    for (std::size_t f = 0; f < different; ++f) {
      auto const frame = which.full_range ? full_range_frame(which.pixel_bytes, f + 1, which.shape)
                                          : eiger_frame(which.pixel_bytes, 1.0, f + 1, which.shape);
      streams.push_back(codec::encode_bitshuffle_lz4(frame, which.pixel_bytes));
    }
    batch.shape = which.shape;
    batch.encoding = {which.pixel_bytes == 2 ? core::PixelType::u16 : core::PixelType::u32,
                      core::Filter::bitshuffle_lz4};
    for (std::size_t f = 0; f < frames; ++f)
      batch.frames.push_back({stream(f), true, core::FrameStatus::good});
  }
  std::vector<std::byte> const& stream(std::size_t frame) const {
    return streams[frame % streams.size()];
  }
};

// Processor time: on a quiet machine that is the wall time, on a busy one it still says something.
double ms_of(std::function<void()> const& work) {
  std::clock_t const begin = std::clock();
  work();
  return 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// What two ways to do the same took, per frame.
struct Both {
  double own_ms = 0.0, rival_ms = 0.0;
};

// One way to do the same work, and what it took. `run` does `per_run` frames, beginning with one
// that moves from run to run.
struct Rival {
  std::string name;
  std::size_t per_run;
  std::function<void(std::size_t first)> run;
  std::function<Both(std::size_t first)> with_decoding =
      {};  // instead of `run`: beside our own decoding alone, not the engine
  std::vector<double> ms = {}, ratios = {};
};

// The engine rounds values to float32 first, as pyFAI does.
void check(core::PatternSums const& sums, std::size_t frame, std::vector<double> const& signal,
           std::vector<double> const& variance) {
  for (std::size_t b = 0; b < sums.bins; ++b) {
    double const s = sums.signal[frame * sums.bins + b], v = sums.variance[frame * sums.bins + b];
    if (std::abs(s - signal[b]) > 1e-7 * std::abs(s) ||
        std::abs(v - variance[b]) > 1e-7 * std::abs(v))
      throw core::AssertionError("the rivals do not agree in bin " + std::to_string(b));
  }
}

template <class Pixel>
class ImageProduct {
 public:
  ImageProduct(Scan const& scan, core::BinMatrix const& matrix)
      : scan_(scan),
        decoder_(scan.batch.shape.pixels(), sizeof(Pixel)),
        own_decoder_(scan.batch.shape, scan.batch.encoding),
        image_(scan.batch.shape.pixels()),
        signal_(matrix.bins),
        variance_(matrix.bins),
        product_(matrix) {}

  // The faster of the two decoders and of the two orders, by trial.
  void choose() {
    double best = 0.0;
    for (bool const own : {false, true}) {
      for (bool const gather : {false, true}) {
        own_ = own;
        gather_ = gather;
        reduce(0);
        double const ms = ms_of([&] { reduce(1), reduce(2); });
        if (best != 0.0 && ms >= best) continue;
        best = ms;
        chosen_ = {own, gather};
      }
    }
    std::tie(own_, gather_) = chosen_;
  }

  void reduce(std::size_t frame) {
    auto const& stream = scan_.stream(frame);
    auto const bytes = std::as_writable_bytes(std::span(image_));
    bool const good = own_
                          ? own_decoder_.decode({.bytes = stream}, bytes) == codec::DecodeStatus::ok
                          : decoder_.decode(stream, bytes);
    if (!good) throw core::AssertionError("a frame cannot be decoded");
    std::span<Pixel const> const image(image_);
    if (gather_) product_.gather(image, signal_, variance_);
    if (!gather_) product_.scatter(image, signal_, variance_);
  }

  void check_against(core::PatternSums const& sums) {
    reduce(frames - 1);
    check(sums, frames - 1, signal_, variance_);
  }

  std::string name() const {
    return std::string("image + CSR (") + (own_ ? "own decoder, " : "plain decoder, ") +
           (gather_ ? "gather)" : "scatter)");
  }

 private:
  Scan const& scan_;
  PlainDecoder decoder_;
  codec::FrameDecoder own_decoder_;
  std::vector<Pixel> image_;
  std::vector<double> signal_, variance_;
  CsrProduct product_;
  bool own_ = false, gather_ = false;
  std::pair<bool, bool> chosen_;
};

// Decodes every block of a frame into one block of memory: with the trick of empty planes, or
// without.
class BlockDecoding {
 public:
  BlockDecoding(Scan const& scan, std::size_t pixel_bytes, bool narrow)
      : scan_(scan),
        pixel_bytes_(pixel_bytes),
        is_narrow_(narrow),
        narrow_(pixel_bytes, 8192 / pixel_bytes),
        planes_(8192),
        pixels_(8192) {}

  void decode(std::size_t frame) {
    codec::BlockWalk walk;
    bool good = walk.open(scan_.stream(frame), scan_.batch.shape.pixels(), pixel_bytes_) ==
                codec::DecodeStatus::ok;
    std::span<std::byte const> compressed;
    std::size_t in_block = 0;
    codec::NarrowPixels result;
    while (good && walk.next(compressed, in_block) == codec::DecodeStatus::ok && in_block > 0) {
      auto const out = std::span(pixels_).first(in_block * pixel_bytes_);
      good = (is_narrow_
                  ? narrow_.decode(compressed, in_block, out, result)
                  : codec::decode_bitshuffle_lz4_block(compressed, in_block, pixel_bytes_, planes_,
                                                       out)) == codec::DecodeStatus::ok;
    }
    if (!good) throw core::AssertionError("a frame cannot be decoded");
  }

 private:
  Scan const& scan_;
  std::size_t pixel_bytes_;
  bool is_narrow_;
  codec::NarrowDecoder narrow_;
  core::AlignedVector<std::byte> planes_, pixels_;
};

// Some frames by one and the other, again and again: each time is taken behind the other's run of
// the same frame, so that neither meets colder bytes, and who begins changes from frame to frame.
Both in_turn(BlockDecoding& own, BlockDecoding& rival, std::size_t first) {
  constexpr std::size_t different = 4, rounds = 4;  // the first round is not counted
  Both both;
  for (std::size_t k = 0; k < different; ++k) {
    for (std::size_t step = 0; step < 2 * rounds; ++step) {
      bool const is_own = (k + step) % 2 == 0;
      double const ms = ms_of([&] { (is_own ? own : rival).decode(first + k); });
      if (step >= 2) (is_own ? both.own_ms : both.rival_ms) += ms / (different * (rounds - 1));
    }
  }
  return both;
}

struct Outcome {
  std::string name;
  double entries_per_pixel, memory_MB, fused_ms;
  std::vector<Rival> rivals;
};

void run_pairs(Options const& options, std::function<void()> const& fused, Outcome& outcome) {
  std::vector<double> all;
  for (int pair = 0; pair < options.pairs; ++pair) {
    auto const first = static_cast<std::size_t>(pair) * 5;
    all.push_back(ms_of(fused) / frames);
    for (Rival& rival : outcome.rivals) {
      double const nearest =
          rival.ratios.empty() ? 1.0 : *std::max_element(rival.ratios.begin(), rival.ratios.end());
      bool const far = nearest < far_off || (rival.ratios.size() >= 3 && nearest < 0.5);
      if (far && !options.all_pairs) continue;
      Both const both = rival.with_decoding
                            ? rival.with_decoding(first)
                            : Both{all.back(), ms_of([&] { rival.run(first); }) /
                                                   static_cast<double>(rival.per_run)};
      rival.ms.push_back(both.rival_ms);
      rival.ratios.push_back(both.own_ms / both.rival_ms);
    }
  }
  outcome.fused_ms = median(all);
}

template <class Pixel>
Outcome measure(Options const& options, Case const& which, Scan const& scan,
                core::ReductionPlan const& plan) {
  core::BinMatrix const& matrix = plan.reductions[0].matrix;
  kernels::FrameReducer fused(plan, kernels::Engine::fused), spmm(plan, kernels::Engine::spmm);
  core::ReducedBatch sums, of_rival;
  fused.reduce(scan.batch, sums);
  ImageProduct<Pixel> product(scan, matrix);
  product.choose();
  product.check_against(sums.sums[0]);

  core::EncodedBatch half = scan.batch;  // spmm does eight frames at once
  half.frames.resize(spmm.frames_per_batch());
  BlockDecoding blocks(scan, sizeof(Pixel), true), same_blocks(scan, sizeof(Pixel), true),
      plain_blocks(scan, sizeof(Pixel), false);
  Outcome outcome{which.name(),
                  static_cast<double>(matrix.entries()) / static_cast<double>(plan.shape.pixels()),
                  static_cast<double>(fused.memory().total()) * 1e-6,
                  0.0,
                  {}};
  outcome.rivals.push_back(
      {"spmm", half.frames.size(), [&](std::size_t) { spmm.reduce(half, of_rival); }});
  outcome.rivals.push_back({product.name(), 4, [&](std::size_t first) {
                              for (std::size_t f = first; f < first + 4; ++f) product.reduce(f);
                            }});
  if (which.full_range) {
    outcome.rivals.push_back({"blocks without the trick", 1, {}, [&](std::size_t first) {
                                return in_turn(blocks, plain_blocks, first);
                              }});
    outcome.rivals.push_back({"blocks with it, for comparison", 1, {}, [&](std::size_t first) {
                                return in_turn(blocks, same_blocks, first);
                              }});
  }
  run_pairs(
      options, [&] { fused.reduce(scan.batch, sums); }, outcome);
  return outcome;
}

void print(Outcome const& outcome) {
  for (Rival const& rival : outcome.rivals) {
    auto const [low, high] = std::minmax_element(rival.ratios.begin(), rival.ratios.end());
    std::cout << std::left << std::setw(42) << outcome.name << std::right << std::fixed
              << std::setprecision(2) << std::setw(9) << outcome.fused_ms << std::setw(10)
              << median(rival.ms) << std::setw(8) << median(rival.ratios) << "  " << *low << " ... "
              << *high << std::setw(5) << rival.ratios.size() << "  " << rival.name
              << (median(rival.ratios) > slower ? "  SLOWER" : "") << std::endl;
  }
}

void write_json(std::string const& file, std::vector<Outcome> const& outcomes) {
  std::ofstream out(file);
  out << "{\"instruction_set\": \"" << kernels::instruction_set() << "\", \"cases\": [";
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Outcome const& o = outcomes[i];
    out << (i == 0 ? "\n" : ",\n") << " {\"name\": \"" << o.name
        << "\", \"entries_per_pixel\": " << o.entries_per_pixel
        << ", \"memory_MB\": " << o.memory_MB << ", \"fused_ms\": " << o.fused_ms
        << ", \"rivals\": [";
    for (std::size_t r = 0; r < o.rivals.size(); ++r) {
      Rival const& rival = o.rivals[r];
      auto const [low, high] = std::minmax_element(rival.ratios.begin(), rival.ratios.end());
      out << (r == 0 ? "" : ", ") << "{\"name\": \"" << rival.name
          << "\", \"ms\": " << median(rival.ms) << ", \"ratio\": " << median(rival.ratios)
          << ", \"lowest\": " << *low << ", \"highest\": " << *high
          << ", \"pairs\": " << rival.ratios.size() << "}";
    }
    out << "]}";
  }
  out << "\n]}\n";
  if (!out) throw core::IoError("cannot write " + file);
}

Options parse(std::vector<std::string> const& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--all-pairs") {
      options.all_pairs = true;
      continue;
    }
    if (i + 1 == words.size())
      throw core::InputError("cannot use " + words[i] + ": expected an option and its value\n" +
                             usage);
    std::string const &word = words[i], &value = words[++i];
    if (word == "--filter") {
      options.filter = value;
    } else if (word == "--json") {
      options.json = value;
    } else if (word != "--pairs" ||
               std::from_chars(value.data(), value.data() + value.size(), options.pairs).ec !=
                   std::errc() ||
               options.pairs < 1) {
      throw core::InputError("cannot use " + word + " " + value + "\n" + usage);
    }
  }
  return options;
}

void run(Options const& options) {
  std::cout << "case                                      fused ms  rival ms   ratio  lowest ... "
               "highest  pairs\n";
  std::vector<Outcome> outcomes;
  // of one size, content and type; the case that needs another frees it
  std::map<std::string, Scan> scans;
  std::optional<core::Geometry> geometry;
  for (Case const& which : all_cases()) {
    if (which.name().find(options.filter) == std::string::npos) continue;
    if (!scans.contains(which.frames_name())) {
      scans.clear();
      scans.emplace(which.frames_name(), which);
    }
    if (!geometry || !(geometry->shape() == which.shape))
      geometry.emplace(eiger_geometry(which.shape));
    core::ReductionPlan plan = eiger_plan(*geometry, {.pixel_bytes = which.pixel_bytes});
    plan.reductions.push_back(
        {core::build_bin_matrix(*geometry, plan.corrections.mask, which.binning),
         core::ErrorModel::poisson});
    Scan const& scan = scans.at(which.frames_name());
    outcomes.push_back(which.pixel_bytes == 2 ? measure<std::uint16_t>(options, which, scan, plan)
                                              : measure<std::uint32_t>(options, which, scan, plan));
    print(outcomes.back());
  }
  if (!options.json.empty()) write_json(options.json, outcomes);
  std::cout << "fused is slower by more than 5 %:\n";
  bool none = true;
  for (Outcome const& outcome : outcomes) {
    for (Rival const& rival : outcome.rivals) {
      if (median(rival.ratios) <= slower) continue;
      std::cout << "  " << outcome.name << " beside " << rival.name << ": " << median(rival.ratios)
                << "\n";
      none = false;
    }
  }
  if (none) std::cout << "  nowhere\n";
}

}  // namespace
}  // namespace xrdct::benchmarks

int main(int argc, char** argv) {
  using namespace xrdct;
  try {
    auto const options = benchmarks::parse({argv + 1, argv + argc});
    kernels::start(1);
    benchmarks::run(options);
    kernels::stop();
    return 0;
  } catch (core::InputError const& error) {
    std::cerr << "sweep: " << error.what() << "\n";
    return static_cast<int>(core::ExitStatus::wrong_input);
  } catch (std::exception const& error) {
    std::cerr << "sweep: " << error.what() << "\n";
    return static_cast<int>(core::ExitStatus::internal_error);
  }
}
