// The states of a batch, and the order in which batches go from one to the next.
#include "pipeline/batch_pool.hpp"

#include <gtest/gtest.h>

#include "core/words/errors.hpp"

namespace xrdct::pipeline {
namespace {

Batch& located(BatchPool& pool, std::size_t number) {
  Batch& batch = pool.begin_locating();
  batch.number = number;
  pool.end_locating(batch);
  return batch;
}

Batch& read(BatchPool& pool, std::size_t number) {
  located(pool, number);
  Batch* batch = pool.begin_reading();
  pool.end_reading(*batch);
  return *batch;
}

TEST(BatchPool, ABatchGoesThroughAllStatesAndIsFreeAgain) {
  BatchPool pool(2);
  EXPECT_EQ(pool.count(BatchState::free), 2u);
  Batch& batch = pool.begin_locating();
  EXPECT_EQ(batch.state(), BatchState::locating);
  pool.end_locating(batch);
  EXPECT_EQ(batch.state(), BatchState::located);
  EXPECT_EQ(pool.begin_reading(), &batch);
  EXPECT_EQ(batch.state(), BatchState::reading);
  pool.end_reading(batch);
  EXPECT_EQ(batch.state(), BatchState::read);
  EXPECT_EQ(pool.begin_reducing(), &batch);
  EXPECT_EQ(batch.state(), BatchState::reducing);
  EXPECT_EQ(&pool.of(batch.buffer.batch), &batch);
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
  Batch *first = pool.begin_reading(), *second = pool.begin_reading();
  EXPECT_EQ(first->number, 0u);
  EXPECT_EQ(second->number, 10u);
  pool.end_reading(*second);
  pool.end_reading(*first);
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
  Batch* slow = pool.begin_reading();
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
  Batch* reading = pool.begin_reading();
  Batch& locating = pool.begin_locating();
  locating.number = 30;
  pool.give_up_from(10);
  EXPECT_EQ(waits.state(), BatchState::given_up);
  EXPECT_EQ(before.state(), BatchState::read);
  EXPECT_EQ(reading->state(), BatchState::reading) << "until it comes back";
  pool.end_reading(*reading);
  pool.end_locating(locating);
  EXPECT_EQ(pool.count(BatchState::given_up), 3u);
  EXPECT_EQ(pool.begin_reducing(), &before);
  EXPECT_EQ(pool.begin_reading(), nullptr);
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
  EXPECT_THROW(pool.end_reading(batch), core::AssertionError);
  EXPECT_THROW(pool.end_reducing(batch), core::AssertionError);
  core::EncodedBatch const strange;
  EXPECT_THROW(pool.of(strange), core::AssertionError);
}

}  // namespace
}  // namespace xrdct::pipeline
