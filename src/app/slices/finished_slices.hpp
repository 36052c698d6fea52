#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "app/slices/slice_inputs.hpp"
#include "io/guard/input_files.hpp"
#include "io/journal/run_identity.hpp"

/// What an earlier run of the same reconstruction has left, or finished.
namespace xrdct::app {

/// All that decides the bytes of the output: program and back end, canonical job, and the sinogram
/// file with its size and the time of its last change.
io::RunIdentity identity_of_run(SliceInputs const& inputs, io::InputFiles const& files,
                                std::string_view backend);

/// Whether the output is there and is what this job would make again: made by this very program of
/// this job and the same sinograms, which were not changed after it.
bool is_finished(SliceInputs const& inputs, std::string_view backend);

/// "12 samples of all heights have no good frame …"
std::string missing_text(std::int64_t samples);

/// Says so, and takes away what a run that was ended has left beside it. \returns how many samples
/// of all heights have no good frame, which it tells as the run that made the output
std::int64_t tell_finished(std::filesystem::path const& output);

}  // namespace xrdct::app
