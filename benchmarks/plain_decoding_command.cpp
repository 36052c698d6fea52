// Plain decoding of stored scans, frame by frame on one core: what PlainDecoder needs, reading not
// counted, as one line of JSON.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "core/words/errors.hpp"
#include "io/frames/hdf5_frames.hpp"
#include "plain_decoding.hpp"

namespace xrdct::benchmarks {
namespace {

constexpr char const* usage =
    "usage: plain_decoding FILE... [--dataset PATH] [--frames N] [--repeats N]\n\n"
    "Decodes the bitshuffle-LZ4 frames of a scan into an image in memory: liblz4, then all bit "
    "planes transposed, by AVX2 where there is one.\n"
    "Each frame is read before it is decoded. Prints the milliseconds per frame of both, medians "
    "of the repeats.\n\n"
    "  --dataset PATH  default /entry/data\n"
    "  --frames N      the first N frames (default: all)\n"
    "  --repeats N     passes over the frames (default 1)\n";

struct Options {
  std::vector<std::filesystem::path> files;
  std::string dataset = "/entry/data";
  std::int64_t frames = 0;  // 0: all
  std::int64_t repeats = 1;
};

std::int64_t positive_number(std::string const& word, std::string const& value) {
  std::int64_t number = 0;
  auto const read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size() || number <= 0)
    throw core::InputError("cannot use " + word + ": expected a number above 0, found " + value);
  return number;
}

Options parse(std::vector<std::string> const& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string const& word = words[i];
    if (word.rfind("--", 0) != 0) {
      options.files.emplace_back(word);
      continue;
    }
    if (i + 1 == words.size())
      throw core::InputError("cannot use " + word + ": expected a value behind it\n" + usage);
    std::string const& value = words[++i];
    if (word == "--dataset") {
      options.dataset = value;
    } else if (word == "--frames") {
      options.frames = positive_number(word, value);
    } else if (word == "--repeats") {
      options.repeats = positive_number(word, value);
    } else {
      throw core::InputError("cannot use " + word + ": no such option\n" + usage);
    }
  }
  if (options.files.empty())
    throw core::InputError(std::string("cannot decode: expected a file, found none\n") + usage);
  return options;
}

// Milliseconds per frame of one pass.
struct Pass {
  double read = 0.0, decode = 0.0, decode_cpu = 0.0;
};

double wall_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
double cpu_ms() { return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

class Scan {
 public:
  explicit Scan(Options const& options)
      : source_(options.files, options.dataset),
        frames_(options.frames == 0 ? source_.frames()
                                    : std::min(options.frames, source_.frames())),
        decoder_(source_.shape().pixels(), pixel_bytes()),
        image_(decoder_.frame_bytes()) {
    if (source_.encoding().filter != core::Filter::bitshuffle_lz4)
      throw core::InputError("cannot decode the frames: expected bitshuffle-LZ4, found " +
                             source_.layout());
  }

  Pass decode_all() {
    Pass pass;
    for (std::int64_t frame = 0; frame < frames_; ++frame) {
      std::vector<std::int64_t> const one{frame};
      source_.locate(one);
      double const begin = wall_ms();
      source_.read(one, buffer_);
      double const read = wall_ms(), cpu = cpu_ms();
      core::EncodedFrame const& stored = buffer_.batch.frames.front();
      if (stored.status != core::FrameStatus::good || !stored.filtered ||
          !decoder_.decode(stored.bytes, image_))
        throw core::IoError("cannot decode " + source_.describe(frame) +
                            ": expected a whole frame, found a broken one");
      pass.decode += wall_ms() - read;
      pass.decode_cpu += cpu_ms() - cpu;
      pass.read += read - begin;
      stored_bytes_ = std::max(stored_bytes_, stored.bytes.size());
    }
    for (double* const time : {&pass.read, &pass.decode, &pass.decode_cpu})
      *time /= static_cast<double>(frames_);
    return pass;
  }

  void print(std::vector<Pass> const& passes) const {
    auto const [rows, columns] = source_.shape();
    std::cout << "{\"instruction_set\": \"" << codec::name_of(PlainDecoder::instruction_set())
              << "\", \"rows\": " << rows << ", \"columns\": " << columns
              << ", \"pixel_bytes\": " << pixel_bytes() << ", \"frames\": " << frames_
              << ", \"repeats\": " << passes.size()
              << ", \"largest_stored_bytes\": " << stored_bytes_
              << ", \"read_ms\": " << median(passes, &Pass::read)
              << ", \"decode_ms\": " << median(passes, &Pass::decode)
              << ", \"decode_cpu_ms\": " << median(passes, &Pass::decode_cpu) << "}" << std::endl;
  }

 private:
  std::size_t pixel_bytes() const { return core::size_of(source_.encoding().type); }

  static double median(std::vector<Pass> const& passes, double Pass::*time) {
    std::vector<double> times;
    for (Pass const& pass : passes) times.push_back(pass.*time);
    std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
    return times[times.size() / 2];
  }

  io::Hdf5Frames source_;
  std::int64_t frames_;
  PlainDecoder decoder_;
  std::vector<std::byte> image_;
  core::FrameBuffer buffer_;
  std::size_t stored_bytes_ = 0;
};

void run(Options const& options) {
  Scan scan(options);
  std::vector<Pass> passes;
  for (std::int64_t repeat = 0; repeat < options.repeats; ++repeat)
    passes.push_back(scan.decode_all());
  scan.print(passes);
}

}  // namespace
}  // namespace xrdct::benchmarks

int main(int argc, char** argv) {
  using namespace xrdct;
  try {
    benchmarks::run(benchmarks::parse({argv + 1, argv + argc}));
    return static_cast<int>(core::ExitStatus::done);
  } catch (core::InputError const& error) {
    std::cerr << "plain_decoding: " << error.what() << "\n";
    return static_cast<int>(core::ExitStatus::wrong_input);
  } catch (std::exception const& error) {
    std::cerr << "plain_decoding: " << error.what() << "\n";
    return static_cast<int>(core::ExitStatus::io_failed);
  }
}
