// The states of a batch, and the order in which batches go from one to the next.
#include "pipeline/batch_pool.hpp"

#include <gtest/gtest.h>

#include "core/words/errors.hpp"

namespace xrdct::pipeline {
namespace {

Batch& located(BatchPool& pool, std::size_t number, std::size_t frames = 1) {
  Batch& batch = pool.begin_locating();
  batch.number = number;
  batch.frames.assign(frames, 0);
  batch.divide();
  pool.end_locating(batch);
  return batch;
}

Batch& read(BatchPool& pool, std::size_t number) {
  located(pool, number);
  BatchPart* part = pool.begin_reading();
  pool.end_reading(*part);
  return *part->batch;
}

TEST(BatchPool, ABatchGoesThroughAllStatesAndIsFreeAgain) {
  BatchPool pool(2);
  EXPECT_EQ(pool.count(BatchState::free), 2u);
  Batch& batch = pool.begin_locating();
  EXPECT_EQ(batch.state(), BatchState::locating);
  batch.frames.assign(1, 0);
  batch.divide();
  pool.end_locating(batch);
  EXPECT_EQ(batch.state(), BatchState::located);
  BatchPart* const part = pool.begin_reading();
  EXPECT_EQ(part->batch, &batch);
  EXPECT_EQ(batch.state(), BatchState::reading);
  pool.end_reading(*part);
  EXPECT_EQ(batch.state(), BatchState::read);
  EXPECT_EQ(pool.begin_reducing(), &batch);
  EXPECT_EQ(batch.state(), BatchState::reducing);
  EXPECT_EQ(&pool.of(batch.encoded), &batch);
  pool.end_reducing(batch);
  EXPECT_EQ(pool.count(BatchState::free), 2u);
}

TEST(BatchPool, NothingWaitsInANewPool) {
  BatchPool pool(2);
  EXPECT_EQ(pool.begin_reading(), nullptr);
  EXPECT_EQ(pool.begin_reducing(), nullptr);
}

TEST(BatchPool, WhatWaitedLongestComesFirst) {
  BatchPool pool(3);
  for (std::size_t place : {0u, 10u, 20u}) located(pool, place);
  BatchPart *part = pool.begin_reading(), *later = pool.begin_reading();
  Batch *first = part->batch, *second = later->batch;
  EXPECT_EQ(first->number, 0u);
  EXPECT_EQ(second->number, 10u);
  pool.end_reading(*later);
  pool.end_reading(*part);
  EXPECT_EQ(pool.waiting_to_be_reduced(), (std::vector<Batch const*>{second, first}));
  EXPECT_EQ(pool.begin_reducing(), second) << "it was read first";
  EXPECT_EQ(pool.begin_reducing(), first);
}

TEST(BatchPool, TheBatchThatWasFreedLastIsUsedAgain) {
  BatchPool pool(3);
  Batch& batch = read(pool, 0);
  read(pool, 10);
  pool.end_reducing(*pool.begin_reducing());
  EXPECT_EQ(&pool.begin_locating(), &batch);
}

TEST(BatchPool, LocatesNothingThatWouldMakeTheReaderForgetAnUnreadBatch) {
  BatchPool pool(2);
  located(pool, 0);
  BatchPart* slow = pool.begin_reading();
  read(pool, 10);
  EXPECT_FALSE(pool.can_locate()) << "none is free";
  pool.end_reducing(*pool.begin_reducing());
  EXPECT_TRUE(pool.any(BatchState::free));
  EXPECT_FALSE(pool.can_locate()) << "the reader keeps what two calls found";
  EXPECT_THROW(pool.begin_locating(), core::AssertionError);
  pool.end_reading(*slow);
  EXPECT_TRUE(pool.can_locate());
}

TEST(BatchPool, GivesUpWhatComesAfterAFailure) {
  BatchPool pool(4);
  Batch& before = read(pool, 0);
  Batch& waits = read(pool, 20);
  located(pool, 10);
  BatchPart* part = pool.begin_reading();
  Batch* reading = part->batch;
  Batch& locating = pool.begin_locating();
  locating.number = 30;
  pool.give_up_from(10);
  EXPECT_EQ(waits.state(), BatchState::given_up);
  EXPECT_EQ(before.state(), BatchState::read);
  EXPECT_EQ(reading->state(), BatchState::reading) << "until it comes back";
  pool.end_reading(*part);
  pool.end_locating(locating);
  EXPECT_EQ(pool.count(BatchState::given_up), 3u);
  EXPECT_EQ(pool.begin_reducing(), &before);
  EXPECT_EQ(pool.begin_reading(), nullptr);
}

TEST(BatchPool, PartsOfABatchAreReadByAnybodyThoseOfTheFirstBatchFirst) {
  BatchPool pool(2, 3);
  Batch& batch = located(pool, 0, 7);
  Batch& next = located(pool, 1, 2);
  std::vector<BatchPart*> parts;
  while (BatchPart* part = pool.begin_reading()) parts.push_back(part);
  ASSERT_EQ(parts.size(), 5u) << "two frames have two parts";
  EXPECT_EQ(pool.readers(), 5u);
  for (std::size_t p = 0; p < parts.size(); ++p) {
    EXPECT_EQ(parts[p]->batch, p < 3 ? &batch : &next);
    EXPECT_EQ(parts[p]->number, p % 3);
    EXPECT_EQ(parts[p]->range.first, frames_of_part(p < 3 ? 7 : 2, p % 3, p < 3 ? 3 : 2).first);
  }
  for (std::size_t const p : {2u, 0u, 4u, 3u}) {
    EXPECT_EQ(pool.count(BatchState::read), 0u);
    pool.end_reading(*parts[p]);
  }
  EXPECT_EQ(next.state(), BatchState::read);
  EXPECT_EQ(batch.state(), BatchState::reading);
  pool.end_reading(*parts[1]);
  EXPECT_EQ(batch.state(), BatchState::read);
  EXPECT_EQ(pool.readers(), 0u);
  EXPECT_THROW(pool.end_reading(*parts[1]), core::AssertionError);
}

TEST(BatchPool, OfABatchThatIsGivenUpNobodyBeginsAnotherPart) {
  BatchPool pool(3, 3);
  Batch& held = located(pool, 0, 3);
  Batch& idle = located(pool, 1, 3);
  BatchPart* const part = pool.begin_reading();
  BatchPart* const failed = pool.begin_reading();
  pool.give_up_from(0);
  pool.end_reading(*failed);
  EXPECT_EQ(held.state(), BatchState::reading) << "somebody writes into it";
  EXPECT_EQ(idle.state(), BatchState::given_up);
  EXPECT_EQ(pool.begin_reading(), nullptr);
  pool.end_reading(*part);
  EXPECT_EQ(held.state(), BatchState::given_up);
}

TEST(BatchPool, ABatchOfWhichNobodyReadsTheNextPartIsGivenUpAtOnce) {
  BatchPool pool(2, 2);
  Batch& batch = located(pool, 4, 2);
  pool.end_reading(*pool.begin_reading());
  EXPECT_EQ(batch.state(), BatchState::reading);
  pool.give_up_from(4);
  EXPECT_EQ(batch.state(), BatchState::given_up);
}

TEST(BatchPool, ALaterFailureTakesNothingBack) {
  BatchPool pool(2);
  pool.give_up_from(5);
  pool.give_up_from(50);
  EXPECT_EQ(located(pool, 7).state(), BatchState::given_up);
  EXPECT_EQ(located(pool, 3).state(), BatchState::located);
}

TEST(BatchPool, EndsNothingThatWasNotBegun) {
  BatchPool pool(1);
  Batch& batch = pool.begin_locating();
  EXPECT_THROW(pool.end_reading(batch.parts.front()), core::AssertionError);
  EXPECT_THROW(pool.end_reducing(batch), core::AssertionError);
  core::EncodedBatch const strange;
  EXPECT_THROW(pool.of(strange), core::AssertionError);
}

}  // namespace
}  // namespace xrdct::pipeline
