#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "core/words/frames.hpp"
#include "core/words/names.hpp"

namespace xrdct::pipeline {

/// Seconds that one rank spent in the loop over its frames, and what it moved.
struct StageTimes {
  double read_s = 0.0;    //!< something was being read
  double wait_s = 0.0;    //!< a reducing thread waited for bytes, or read them itself; mean over
                          //!< these threads, as the next two
  double reduce_s = 0.0;  //!< decode + reduce; with what the main thread does while an engine has
                          //!< the last frames of a batch
  double finish_s = 0.0;  //!< sums → patterns
  double write_s = 0.0;   //!< of the main thread
  /// decoding of the first batch alone, which is done for the report only
  double measuring_s = 0.0;
  double wall_s = 0.0;            //!< without `measuring_s`
  double decode_s_per_frame = 0;  //!< decoding alone on the threads of the rank, measured on its
                                  //!< first batch; 0: it has none, or nobody asked
  std::int64_t frames = 0;        //!< places with a frame
  std::int64_t stored_bytes = 0;  //!< as read
};

/// Decodes every good frame whole on all threads of the rank and throws it away: what decoding
/// alone takes [s].
using DecodingTime = std::function<double(core::EncodedBatch const& batch)>;

/// What no run can do without.
enum class Stage { reading, decoding, writing };

/// How fast a run was, and how fast it could have been.
struct Performance {
  double frames_per_s = 0.0;        //!< of all ranks
  double stored_bytes_per_s = 0.0;  //!< as read
  Stage slowest = Stage::decoding;  //!< of the unavoidable stages
  double roofline_s = 0.0;          //!< what that stage takes alone
  /// roofline / wall; above 1 where the reduction is faster than decoding whole frames
  double roofline_share = 0.0;
  double imbalance = 0.0;  //!< 0: all ranks were busy for as long
  double decode_s = 0.0;   //!< what decoding the frames and nothing else takes
};

/*!
 * The figures of a run from those of its ranks r; 0 where there is nothing to divide by.
 *
 *     wall = max wall_r     frames/s = Σ frames_r / wall     bytes/s = Σ stored_r / wall
 *     roofline = max(max read_r, max frames_r·decode_r, min write_r)
 *     roofline_share = roofline / wall
 *     decode = max frames_r·decode_r
 *     imbalance = max busy_r / mean busy_r − 1
 *     busy = wait + reduce + finish
 *
 * Writing is collective: the rank that waits for no other in it, the one with the smallest write_r,
 * tells what it takes. Ranks without frames have no part in `min`.
 */
Performance performance_of(std::span<StageTimes const> ranks);

using core::name_of;

}  // namespace xrdct::pipeline

namespace xrdct::core {

template <>
inline constexpr auto words_of<pipeline::Stage> =
    std::to_array<Word<pipeline::Stage>>({{"reading", pipeline::Stage::reading},
                                          {"decoding", pipeline::Stage::decoding},
                                          {"writing", pipeline::Stage::writing}});

}  // namespace xrdct::core
