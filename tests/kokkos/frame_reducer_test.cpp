#include "kokkos/frame_reducer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <numeric>
#include <span>
#include <string>
#include <tuple>

#include "core/words/errors.hpp"
#include "kokkos/decoding_time.hpp"
#include "kokkos/space/host_work.hpp"
#include "test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

std::vector<std::vector<double>> make_frames(core::ReductionPlan const& plan, std::size_t frames,
                                             double largest = 1000.0, bool invalid = true) {
  std::vector<std::vector<double>> result;
  for (std::size_t f = 0; f < frames; ++f)
    result.push_back(make_frame(plan, 1000 + f, largest, invalid));
  return result;
}

class EachEngine : public testing::TestWithParam<Engine> {};
INSTANTIATE_TEST_SUITE_P(FrameReducer, EachEngine, testing::ValuesIn(all_engines),
                         [](auto const& example) { return name_of(example.param); });

TEST_P(EachEngine, ReducesAFrameOfSixPixelsByHand) {
  core::ReductionPlan plan;
  plan.shape = {2, 3};
  plan.encoding.type = core::PixelType::u16;
  plan.valid = core::ValidValues::of(core::PixelType::u16);
  plan.corrections.normalization = {1.0f, 2.0f, 0.5f, 1.0f, 1.0f, 1.0f};
  plan.corrections.mask = {0, 0, 0, 1, 0, 0};
  plan.corrections.dark = {0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f};
  core::BinMatrix matrix;
  matrix.bins = 3;
  matrix.bin = {0, 0, 1, 1, 2};
  matrix.entry_begin = {0, 1, 3, 4, 4, 4, 5};
  matrix.coefficient = {1.0f, 0.25f, 0.75f, 1.0f, 1.0f};
  matrix.radial_axis = {0.0, 1.0, 2.0};
  plan.reductions.push_back({matrix, core::ErrorModel::poisson});
  auto const out = reduce(plan, GetParam(), store(plan, {{4, 9, 0, 7, 3, 65535}}).batch);
  core::PatternSums const& sums = out.sums[0];
  EXPECT_EQ(sums.signal, (std::vector{4 + 0.25 * 8, 0.75 * 8, 0.0}));
  EXPECT_EQ(sums.variance, (std::vector{4 + 0.0625 * 9, 0.5625 * 9 + 1, 0.0}));
  EXPECT_EQ(sums.normalization, (std::vector{1.5, 1.5 + 0.5, 0.0}));
  EXPECT_EQ(sums.normalization2, (std::vector{1.25, 2.25 + 0.25, 0.0}));
  EXPECT_EQ(sums.count, (std::vector{1.25, 1.75, 0.0}));
  EXPECT_EQ(sums.pixels, (std::vector<std::int32_t>{2, 2, 0}));
  EXPECT_EQ(out.tally[0][0], (core::PixelTally{3, 1, 1, 1, 0}));
}

TEST_P(EachEngine, PassesOnFramesThatAreNotGood) {
  auto const plan = make_plan({});
  auto const frames = make_frames(plan, 3);
  auto stored = store(plan, frames);
  stored.batch.frames[1] = {{}, true, core::FrameStatus::missing};
  auto const out = reduce(plan, GetParam(), stored.batch);
  auto expected = reference(plan, frames);
  EXPECT_EQ(out.status[1], core::FrameStatus::missing);
  for (std::size_t bin = 0; bin < out.sums[0].bins; ++bin)
    EXPECT_EQ(out.sums[0].normalization[out.sums[0].bins + bin], 0.0);
  EXPECT_EQ(out.tally[0][1], core::PixelTally{});
  EXPECT_EQ(out.tally[0][2], expected.tally[0][2]);
}

TEST_P(EachEngine, AnEmptyBatchGivesNothing) {
  auto const plan = make_plan({});
  auto const out = reduce(plan, GetParam(), store(plan, {}).batch);
  EXPECT_TRUE(out.status.empty());
  EXPECT_TRUE(out.sums[0].signal.empty());
}

TEST_P(EachEngine, ACorruptFrameLeavesItsNeighboursAlone) {
  auto const plan = make_plan({.shape = {70, 101}, .filter = core::Filter::bitshuffle_lz4});
  auto const frames = make_frames(plan, 5);
  auto stored = store(plan, frames);
  auto const clean = reduce(plan, GetParam(), stored.batch);
  stored.batch.frames[1].bytes =
      stored.batch.frames[1].bytes.first(stored.bytes[1].size() - 9);  // fails in the last block
  stored.batch.frames[3].bytes = stored.batch.frames[3].bytes.first(5);
  auto const out = reduce(plan, GetParam(), stored.batch);
  for (std::size_t f : {0, 2, 4}) expect_same_bits(clean, f, out, f);
  for (std::size_t f : {1, 3}) {
    EXPECT_EQ(out.status[f], core::FrameStatus::corrupt);
    for (std::size_t bin = 0; bin < out.sums[0].bins; ++bin) {
      std::size_t const k = f * out.sums[0].bins + bin;
      EXPECT_EQ(out.sums[0].signal[k], 0.0);
      EXPECT_EQ(out.sums[0].normalization[k], 0.0);
      EXPECT_EQ(out.sums[0].pixels[k], 0);
    }
  }
}

TEST_P(EachEngine, UsesItsResultAgainForBatchesOfOtherSizes) {
  auto const plan = make_plan({});
  auto const frames = make_frames(plan, 20);
  FrameReducer reducer(plan, GetParam());
  core::ReducedBatch out;
  for (std::size_t count : {20, 3, 17}) {
    std::vector const some(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(count));
    reducer.reduce(store(plan, some).batch, out);
    expect_equal(reference(plan, some), out, 1e-12, !plan.corrections.dark.empty());
  }
}

TEST_P(EachEngine, ForgetsWhichPixelsEarlierFramesDropped) {
  auto const plan = make_plan({.shape = {45, 101}, .type = core::PixelType::u16});
  auto const invalid = make_frames(plan, 16);
  auto frames = make_frames(plan, 16, 1000.0, false);
  for (std::size_t f = 0; f < frames.size(); ++f)  // in the last block alone
    std::copy(invalid[f].end() - 100, invalid[f].end(), frames[f].end() - 100);
  FrameReducer reducer(plan, GetParam());
  core::ReducedBatch out;
  reducer.reduce(store(plan, invalid).batch, out);
  reducer.reduce(store(plan, frames).batch, out);
  expect_equal(reference(plan, frames), out, 1e-12, !plan.corrections.dark.empty());
}

/// Hands out batches one by one and keeps their results.
class Batches final : public core::BatchQueue {
 public:
  /// \param slow the batch that a thread has to wait for
  explicit Batches(std::span<core::EncodedBatch const> batches, std::size_t slow = 0)
      : results(batches.size()), batches_(batches), slow_(slow) {}
  core::EncodedBatch const* next() noexcept override {
    std::size_t const i = next_.fetch_add(1);
    return i < batches_.size() ? &batches_[i] : nullptr;
  }
  core::EncodedBatch const* next_ready() noexcept override {
    return next_ == slow_ ? nullptr : next();
  }
  void done(core::EncodedBatch const& batch, core::ReducedBatch const& reduced) noexcept override {
    results[static_cast<std::size_t>(&batch - batches_.data())] = reduced;
  }
  void failed(core::EncodedBatch const& batch, std::exception_ptr failure) noexcept override {
    failures.at(static_cast<std::size_t>(&batch - batches_.data())) = std::move(failure);
  }
  std::vector<core::ReducedBatch> results;
  std::vector<std::exception_ptr> failures{results.size()};

 private:
  std::span<core::EncodedBatch const> batches_;
  std::size_t slow_;
  std::atomic<std::size_t> next_ = 0;
};

std::vector<core::EncodedBatch> batches_of(std::vector<Stored> const& stored) {
  std::vector<core::EncodedBatch> batches;
  for (auto const& one : stored) batches.push_back(one.batch);
  return batches;
}

TEST_P(EachEngine, ReducesAllBatchesOfAQueue) {
  auto const plan = make_plan({});
  auto const frames = make_frames(plan, 20);
  FrameReducer reducer(plan, GetParam());
  std::size_t const each = reducer.frames_per_batch() / reducer.batches_at_once();
  std::vector<std::vector<std::vector<double>>> some;
  for (std::size_t count : {20, 1, 7, 20, 13, 5, 2})
    some.emplace_back(frames.begin(),
                      frames.begin() + static_cast<std::ptrdiff_t>(std::min(count, each)));
  std::vector<Stored> stored;
  for (auto const& of_batch : some) stored.push_back(store(plan, of_batch));
  auto const batches = batches_of(stored);
  for (std::size_t const slow : {0, 1, 4, 7}) {
    Batches queue(batches, slow);
    reducer.reduce_all(queue);
    for (std::size_t b = 0; b < batches.size(); ++b)
      expect_equal(reference(plan, some[b]), queue.results[b], 1e-12);
  }
}

TEST_P(EachEngine, FindsTheBadFramesOfEveryBatch) {
  auto const plan = make_plan({.shape = {70, 101}, .filter = core::Filter::bitshuffle_lz4});
  auto const frames = make_frames(plan, 4);
  std::vector<Stored> stored;
  for (std::size_t b = 0; b < 5; ++b) stored.push_back(store(plan, frames));
  auto batches = batches_of(stored);
  for (std::size_t b = 0; b < 4; ++b)
    batches[b].frames[b].bytes = batches[b].frames[b].bytes.first(50 * b + 5);
  for (auto& frame : batches[4].frames) frame = {{}, true, core::FrameStatus::missing};
  FrameReducer reducer(plan, GetParam());
  auto const clean = reduce(plan, GetParam(), stored[0].batch);
  Batches queue(batches);
  reducer.reduce_all(queue);
  for (std::size_t b = 0; b < 5; ++b) {
    ASSERT_EQ(queue.results[b].status.size(), 4u);
    for (std::size_t f = 0; f < 4; ++f) {
      EXPECT_EQ(queue.results[b].status[f], b == 4   ? core::FrameStatus::missing
                                            : b == f ? core::FrameStatus::corrupt
                                                     : core::FrameStatus::good);
      if (b != 4 && b != f) expect_same_bits(clean, f, queue.results[b], f);
    }
  }
}

TEST_P(EachEngine, GivesTheSameBitsFromMemoryOfItsOwn) {
  auto const plan = make_plan({.shape = {70, 101}, .filter = core::Filter::bitshuffle_lz4});
  FrameReducer reducer(plan, GetParam());
  bool const on_device =
      GetParam() == Engine::device || (GetParam() == Engine::fused && !kernels_run_on_host());
  EXPECT_EQ(reducer.batch_memory() != nullptr, on_device);
  auto const stored = store(plan, make_frames(plan, 40));
  auto batch = stored.batch;
  core::LargeBytes bytes{core::LargeAllocator<std::byte>(reducer.batch_memory())};
  for (auto const& of_frame : stored.bytes)
    bytes.insert(bytes.end(), of_frame.begin(), of_frame.end());
  std::size_t begin = 0;
  for (auto& frame : batch.frames) {
    frame.bytes = std::span(bytes).subspan(begin, frame.bytes.size());
    begin += frame.bytes.size();
  }
  batch.frames[5].bytes = batch.frames[5].bytes.first(1000);
  auto const expected = reduce(plan, GetParam(), stored.batch);
  core::ReducedBatch out;
  reducer.reduce(batch, out);
  for (std::size_t f = 0; f < 40; ++f) {
    EXPECT_EQ(out.status[f], f == 5 ? core::FrameStatus::corrupt : core::FrameStatus::good);
    if (f != 5) expect_same_bits(expected, f, out, f);
  }
}

// As they lie where several threads have read the batch.
TEST_P(EachEngine, TakesABatchFromSeveralPiecesOfMemory) {
  auto const plan = make_plan({.shape = {70, 101}, .filter = core::Filter::bitshuffle_lz4});
  FrameReducer reducer(plan, GetParam());
  auto const stored = store(plan, make_frames(plan, 40));
  auto batch = stored.batch;
  std::vector<core::LargeBytes> pieces(
      7, core::LargeBytes(core::LargeAllocator<std::byte>(reducer.batch_memory())));
  for (auto& piece : pieces) piece.reserve(40 * 4 * plan.shape.pixels());  // they stay in place
  for (std::size_t f = 0; f < 40; ++f) {
    auto& piece = pieces[f * pieces.size() / 40];
    auto const& of_frame = stored.bytes[f];
    std::size_t const begin = piece.size();
    piece.insert(piece.end(), of_frame.begin(), of_frame.end());
    batch.frames[f].bytes = std::span(piece).subspan(begin);
  }
  auto const expected = reduce(plan, GetParam(), stored.batch);
  core::ReducedBatch out;
  reducer.reduce(batch, out);
  for (std::size_t f = 0; f < 40; ++f) expect_same_bits(expected, f, out, f);
}

TEST_P(EachEngine, TellsTheQueueWhatABatchThrew) {
  auto const plan = make_plan({});
  FrameReducer reducer(plan, GetParam());
  auto const stored = store(plan, make_frames(plan, 2));
  std::vector<core::EncodedBatch> batches(1, stored.batch);
  ++batches[0].shape.rows;
  Batches queue(batches);
  reducer.reduce_all(queue);
  ASSERT_TRUE(queue.failures[0]);
  EXPECT_THROW(std::rethrow_exception(queue.failures[0]), core::AssertionError);
}

/// Notes what is asked of it; the second batch has been read in time, the others have to be waited
/// for.
class NotedBatches final : public core::BatchQueue {
 public:
  explicit NotedBatches(std::span<core::EncodedBatch const> batches) : batches_(batches) {}
  core::EncodedBatch const* next() noexcept override { return note("next"), hand_out(); }
  core::EncodedBatch const* next_ready() noexcept override {
    return note("ready"), next_ == 1 ? hand_out() : nullptr;
  }
  void done(core::EncodedBatch const& batch, core::ReducedBatch const&) noexcept override {
    note("done " + std::to_string(&batch - batches_.data()));
  }
  void failed(core::EncodedBatch const& batch, std::exception_ptr) noexcept override {
    note("failed " + std::to_string(&batch - batches_.data()));
  }
  std::string notes;

 private:
  void note(std::string const& what) { notes += (notes.empty() ? "" : ", ") + what; }
  core::EncodedBatch const* hand_out() {
    return next_ < batches_.size() ? &batches_[next_++] : nullptr;
  }
  std::span<core::EncodedBatch const> batches_;
  std::size_t next_ = 0;
};

TEST(FrameReducer, BeginsABatchOnTheDeviceBeforeItIsDoneWithTheOneBefore) {
  auto const plan = make_plan({});
  FrameReducer reducer(plan, Engine::device);
  EXPECT_EQ(reducer.threads(), 1u);
  EXPECT_EQ(reducer.batches_at_once(), 2u);
  auto const stored = store(plan, make_frames(plan, 2));
  std::vector<core::EncodedBatch> batches(3, stored.batch);
  NotedBatches queue(batches);
  reducer.reduce_all(queue);
  EXPECT_EQ(queue.notes, "next, ready, done 0, ready, done 1, next, ready, done 2, next");
  ++batches[1].shape.rows;
  NotedBatches failing(batches);
  reducer.reduce_all(failing);
  EXPECT_EQ(failing.notes, "next, ready, failed 0, failed 1") << "nothing is asked of it any more";
}

TEST_P(EachEngine, LeavesThreadsFreeOnACardAlone) {
  auto const plan = make_plan({});
  bool const on_card = !kernels_run_on_host() && GetParam() != Engine::spmm;
  EXPECT_EQ(FrameReducer(plan, GetParam()).free_threads(), on_card ? host_workers() - 1 : 0);
}

TEST_P(EachEngine, GivesTheSameBitsWhateverTheCompression) {
  auto plan = make_plan({.shape = {41, 103}, .type = core::PixelType::i32, .mask = true});
  auto const frames = make_frames(plan, 9);
  auto const plain = reduce(plan, GetParam(), store(plan, frames).batch);
  plan.encoding.filter = core::Filter::byte_offset;
  auto const compressed = reduce(plan, GetParam(), store(plan, frames).batch);
  for (std::size_t f = 0; f < frames.size(); ++f) expect_same_bits(plain, f, compressed, f);
}

TEST(SecondsToDecode, MeasuresDecodingAlone) {
  auto const plan = make_plan({});
  EXPECT_GT(seconds_to_decode(plan, store(plan, make_frames(plan, 2)).batch), 0.0);
}

TEST_P(EachEngine, PlansForACardWhereThereIsOne) {
  auto const plan = make_plan({});
  auto const card = FrameReducer(plan, GetParam()).card_plan();
  EXPECT_EQ(card.has_value(), !kernels_run_on_host() && GetParam() != Engine::spmm);
  if (card) {
    EXPECT_GT(card->frames, 0u);
    EXPECT_LT(card->total(), card->free.value_or(0));
  }
}

// So that the memory of a rank that is told before a run is that of the host alone.
TEST_P(EachEngine, TellsMemoryOfTheCardApart) {
  auto const plan = make_plan({});
  FrameReducer const reducer(plan, GetParam());
  auto const memory = reducer.memory();
  EXPECT_EQ(memory.card > 0, !kernels_run_on_host());
  EXPECT_GT(memory.host, 0u);
  if (auto const card = reducer.card_plan()) {
    EXPECT_LE(memory.card, card->total());
  }
}

TEST_P(EachEngine, SaysWhatItNeeds) {
  auto const plan = make_plan({});
  FrameReducer reducer(plan, GetParam());
  EXPECT_GT(reducer.frames_per_batch(), 0u);
  EXPECT_GT(reducer.memory().total(), plan.shape.pixels());
}

using Case = std::tuple<Engine, core::PixelType, core::Filter>;

std::string name_of_case(testing::TestParamInfo<Case> const& info) {
  auto const& [engine, type, filter] = info.param;
  return name_of(engine) + "_" + std::string(core::name_of(type)) +
         (filter == core::Filter::none          ? "_plain"
          : filter == core::Filter::byte_offset ? "_byte_offset"
                                                : "_bslz4");
}

class EachType : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(
    FrameReducer, EachType,
    testing::Combine(testing::ValuesIn(all_engines),
                     testing::Values(core::PixelType::u8, core::PixelType::i8, core::PixelType::u16,
                                     core::PixelType::i16, core::PixelType::u32,
                                     core::PixelType::i32, core::PixelType::f32,
                                     core::PixelType::f64),
                     testing::Values(core::Filter::none, core::Filter::bitshuffle_lz4)),
    name_of_case);
INSTANTIATE_TEST_SUITE_P(
    FrameReducerOfCbf, EachType,
    testing::Combine(testing::ValuesIn(all_engines),
                     testing::Values(core::PixelType::u8, core::PixelType::i8, core::PixelType::u16,
                                     core::PixelType::i16, core::PixelType::u32,
                                     core::PixelType::i32),
                     testing::Values(core::Filter::byte_offset)),
    name_of_case);

TEST_P(EachType, EqualsTheReference) {
  auto const& [engine, type, filter] = GetParam();
  for (bool dark : {false, true})
    for (bool mask : {false, true})
      for (double largest : {3.0, 1000.0, 4e9}) {
        auto const plan = make_plan({.shape = {45, 101},
                                     .type = type,
                                     .filter = filter,
                                     .widest = dark ? 3u : 1u,
                                     .reductions = 2,
                                     .dark = dark,
                                     .mask = mask});
        auto const frames = make_frames(plan, 17, largest, largest != 3.0);
        expect_equal(reference(plan, frames), reduce(plan, engine, store(plan, frames).batch),
                     1e-12, !plan.corrections.dark.empty());
      }
}

TEST_P(EachType, IsAFunctionOfTheFrameAlone) {
  auto const& [engine, type, filter] = GetParam();
  auto const plan = make_plan({.shape = {41, 103}, .type = type, .filter = filter, .mask = true});
  auto const frames = make_frames(plan, 35);
  auto const whole = reduce(plan, engine, store(plan, frames).batch);
  for (std::size_t size : {1, 15, 16, 17, 33}) {
    for (std::size_t first = 0; first < frames.size(); first += size) {
      std::size_t const last = std::min(first + size, frames.size());
      std::vector const some(frames.begin() + static_cast<std::ptrdiff_t>(first),
                             frames.begin() + static_cast<std::ptrdiff_t>(last));
      auto const part = reduce(plan, engine, store(plan, some).batch);
      for (std::size_t f = first; f < last; ++f) expect_same_bits(whole, f, part, f - first);
    }
  }
  std::vector<std::size_t> order(frames.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k * 12 % order.size();
  std::vector<std::vector<double>> permuted;
  for (std::size_t k : order) permuted.push_back(frames[k]);
  auto const out = reduce(plan, engine, store(plan, permuted).batch);
  for (std::size_t k = 0; k < order.size(); ++k) expect_same_bits(whole, order[k], out, k);
}

}  // namespace
}  // namespace xrdct::kernels::test
