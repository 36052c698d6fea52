// What a run says of itself: lines of progress, the end, and the log.
#include "app/scan/report.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iostream>
#include <ostream>
#include <span>
#include <utility>
#include <vector>

#include "app/scan/empty_results.hpp"
#include "app/session/version.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::app {
namespace {

template <class... Values>
std::string format(char const* pattern, Values... values) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), pattern, values...);
  return text.data();
}

std::string now_text() {
  std::time_t const now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

std::string host_text() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

double rate(double amount, double seconds) { return seconds > 0.0 ? amount / seconds : 0.0; }

/// Per stage the larger; frames and bytes added.
void add_slowest(pipeline::StageTimes const& rank, pipeline::StageTimes& slowest) {
  for (auto const stage : {&pipeline::StageTimes::read_s, &pipeline::StageTimes::wait_s,
                           &pipeline::StageTimes::reduce_s, &pipeline::StageTimes::finish_s,
                           &pipeline::StageTimes::write_s, &pipeline::StageTimes::wall_s,
                           &pipeline::StageTimes::decode_s_per_frame})
    slowest.*stage = std::max(slowest.*stage, rank.*stage);
  slowest.frames += rank.frames;
  slowest.stored_bytes += rank.stored_bytes;
}

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < 60.0) return format("%.1f s", seconds);
  auto const whole = static_cast<long>(std::lround(seconds));
  if (whole < 3600) return format("%ld min %02ld s", whole / 60, whole % 60);
  return format("%ld h %02ld min", whole / 3600, whole / 60 % 60);
}

ProgressDisplay::ProgressDisplay(std::int64_t frames, bool quiet)
    : frames_(frames),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()),
      last_(start_) {}

void ProgressDisplay::show(std::int64_t done, std::int64_t total) {
  if (quiet_ || total == 0) return;
  auto const now = Clock::now();
  double const since_last = std::chrono::duration<double>(now - last_).count();
  bool const last_call = done == total;
  if (since_last < (terminal_ ? 0.2 : 10.0) && !(last_call && terminal_)) return;
  last_ = now;
  double const seconds = std::chrono::duration<double>(now - start_).count();
  double const share = static_cast<double>(done) / static_cast<double>(total);
  double const frames = share * static_cast<double>(frames_);
  std::string const text =
      format("%3.0f %%  %.0f of %lld frames  %.1f frames/s  %s left", 100.0 * share, frames,
             static_cast<long long>(frames_), rate(frames, seconds),
             duration_text(rate(seconds * (1.0 - share), share)).c_str());
  if (!terminal_) {
    std::cerr << text << std::endl;
    return;
  }
  auto const filled = static_cast<std::size_t>(std::lround(share * 30.0));
  std::cerr << "\r[" << std::string(filled, '#') << std::string(30 - filled, '.') << "] " << text
            << "   " << std::flush;
}

void ProgressDisplay::finish() {
  if (!quiet_ && terminal_) std::cerr << "\n";
}

RunSummary summarize(io::Communicator& communicator, pipeline::ScanReport const& report,
                     RankMemory const& memory) {
  struct Rank {
    pipeline::StageTimes times;
    RankMemory memory;
  };
  Rank const mine{report.times, memory};
  RunSummary summary;
  summary.ranks = communicator.size();
  std::vector<pipeline::StageTimes> times;
  for (auto const& bytes : communicator.gather(std::as_bytes(std::span(&mine, 1)))) {
    Rank rank;
    std::memcpy(&rank, bytes.data(), sizeof rank);
    times.push_back(rank.times);
    add_slowest(rank.times, summary.slowest);
    summary.memory.predicted = std::max(summary.memory.predicted, rank.memory.predicted);
    summary.memory.peak = std::max(summary.memory.peak, rank.memory.peak);
  }
  summary.performance = pipeline::performance_of(times);
  return summary;
}

namespace {

std::string performance_line(RunSummary const& summary, double decoded_bytes) {
  auto const& p = summary.performance;
  return format("  %.1f frames/s, %s/s stored, %s/s decoded, ranks uneven by %.1f %%\n",
                p.frames_per_s, core::bytes_text(p.stored_bytes_per_s).c_str(),
                core::bytes_text(rate(decoded_bytes, summary.slowest.wall_s)).c_str(),
                100.0 * p.imbalance);
}

/// "12", "3.4", "0.71": as precise as a comparison needs.
std::string times_text(double times) {
  return format(times < 1.0 ? "%.2f" : times < 10.0 ? "%.1f" : "%.0f", times);
}

/// What took the time, and how that compares with what nobody can do without.
std::string plain_sentence(RunSummary const& summary) {
  auto const& t = summary.slowest;
  if (!(t.wall_s > 0.0)) return "";
  std::pair<char const*, double> longest{"decoding and reducing", t.reduce_s + t.finish_s};
  for (auto const& stage :
       {std::pair("waiting for the files", t.wait_s), std::pair("writing", t.write_s)})
    if (stage.second > longest.second) longest = stage;
  double const share = std::min(1.0, longest.second / t.wall_s),
               decode_s = summary.performance.decode_s;
  std::string text = format("  %s took %s of the time (%.0f %%)", longest.first,
                            share > 0.5 ? "most" : "the largest part", 100.0 * share);
  if (!(decode_s > 0.0)) return text + "\n";
  // below, one busy moment of the machine decides what the comparison says
  constexpr double shortest_s = 1.0;
  if (t.wall_s < shortest_s)
    return text + "; the run is too short to compare with decoding the frames alone\n";
  double const times = t.wall_s / decode_s;
  if (times > 0.95 && times < 1.05)
    return text + "; all together took as long as decoding the frames alone\n";
  text +=
      "; all together took " + times_text(times) + " times as long as decoding the frames alone";
  return text + (times < 1.0 ? ": parts of frames without counts are left out\n" : "\n");
}

std::string memory_line(RankMemory const& memory) {
  return format("  memory of a rank: %s at most, %s predicted before the run\n",
                core::bytes_text(static_cast<double>(memory.peak)).c_str(),
                core::bytes_text(static_cast<double>(memory.predicted)).c_str());
}

}  // namespace

void print_table(std::ostream& out, RunFacts const& facts, RunSummary const& summary,
                 pipeline::FrameCounts const& counts) {
  auto const& t = summary.slowest;
  auto const frames = static_cast<double>(facts.frames - counts.missing - counts.unreadable);
  double const raw = frames * static_cast<double>(facts.frame_bytes);
  auto const row = [&](char const* name, double seconds, std::string const& note) {
    out << format("  %-16s %9.3f s %9.2f ms/frame  ", name, seconds,
                  frames > 0 ? 1e3 * seconds / frames : 0.0)
        << note << "\n";
  };
  out << "\n" << facts.output.string() << "\n";
  out << format("  %d rank%s x %d thread%s, engine %s (%s, %s), writer %s\n", summary.ranks,
                summary.ranks == 1 ? "" : "s", facts.threads, facts.threads == 1 ? "" : "s",
                facts.engine.c_str(), facts.backend.c_str(), facts.instruction_set.c_str(),
                facts.writer.c_str());
  if (!facts.cards.empty()) out << "  cards: " << facts.cards << "\n";
  if (!facts.card_plan.empty()) out << "  memory of the card: " << facts.card_plan << "\n";
  row("set-up", facts.setup_s, "files, matrices, skeleton");
  row("read", t.read_s, format("beside the rest; waited %.3f s for it", t.wait_s));
  row("decode + reduce", t.reduce_s, "");
  row("finish", t.finish_s, "sums to patterns");
  row("write", t.write_s, "");
  row("sync + close", facts.close_s, "");
  row("wall", t.wall_s, "the loop over frames: read, decode, reduce, write");
  out << format("  decoding alone   %9.2f ms/frame and rank, measured on the first batch\n",
                1e3 * t.decode_s_per_frame);
  for (auto const& [name, text] : facts.course)
    out << format("  %-16s ", name.c_str()) << text << "\n";
  out << "  frames: " << counts_text(counts);
  out << "\n"
      << performance_line(summary, raw) << plain_sentence(summary) << memory_line(summary.memory)
      << std::flush;
}

config::RunLog run_log(RunFacts const& facts, RunSummary const& summary,
                       pipeline::FrameCounts const& counts) {
  auto const& t = summary.slowest;
  config::RunLog log;
  log.texts = {{"program", "xrdct"},
               {"version", version},
               {"revision", revision},
               {"host", host_text()},
               {"date", now_text()},
               {"engine", facts.engine},
               {"writer", facts.writer},
               {"backend", facts.backend},
               {"instruction_set", facts.instruction_set}};
  if (!facts.cards.empty()) log.texts.emplace_back("cards", facts.cards);
  if (!facts.card_plan.empty()) log.texts.emplace_back("card_memory", facts.card_plan);
  log.counts = {{"ranks", summary.ranks},
                {"threads_per_rank", facts.threads},
                {"frames", facts.frames},
                {"earlier_attempts", facts.attempts},
                {"blocks", static_cast<std::int64_t>(facts.blocks)},
                {"blocks_kept", static_cast<std::int64_t>(facts.blocks_kept)},
                {"blocks_damaged", static_cast<std::int64_t>(facts.blocks_damaged)},
                {"frames_good", counts.good},
                {"frames_missing", counts.missing},
                {"frames_unreadable", counts.unreadable},
                {"frames_corrupt", counts.corrupt},
                {"frames_monitor_low", counts.monitor_low},
                {"frames_partial", counts.partial},
                {"frames_without_pixels", counts.without_pixels},
                {"frames_without_place", facts.frames_without_place},
                {"frames_repeated", facts.frames_repeated},
                {"stored_bytes", t.stored_bytes},
                {"frame_bytes", facts.frame_bytes},
                {"memory_told_bytes", static_cast<std::int64_t>(summary.memory.predicted)},
                {"memory_peak_bytes", static_cast<std::int64_t>(summary.memory.peak)}};
  if (!facts.course.empty()) log.texts.emplace_back("course", facts.course.front().second);
  auto const& p = summary.performance;
  double const beginning_to_end_s = facts.setup_s + t.wall_s + facts.close_s;
  log.numbers = {{"frames_per_second", p.frames_per_s},
                 {"frames_per_second_beginning_to_end",
                  rate(static_cast<double>(t.frames), beginning_to_end_s)},
                 {"stored_bytes_per_second", p.stored_bytes_per_s},
                 {"roofline_share", p.roofline_share},
                 {"imbalance", p.imbalance}};
  log.texts.emplace_back("roofline", pipeline::name_of(p.slowest));
  log.seconds = {{"setup", facts.setup_s},
                 {"read", t.read_s},
                 {"wait", t.wait_s},
                 {"reduce", t.reduce_s},
                 {"finish", t.finish_s},
                 {"write", t.write_s},
                 {"close", facts.close_s},
                 {"wall", t.wall_s},
                 {"decode_alone_per_frame", t.decode_s_per_frame},
                 {"roofline", p.roofline_s}};
  return log;
}

}  // namespace xrdct::app
