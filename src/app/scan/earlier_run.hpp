#pragma once
#include <string_view>

#include "app/scan/inputs.hpp"
#include "io/guard/input_files.hpp"
#include "io/journal/run_identity.hpp"
#include "pipeline/reduce_scan.hpp"

/// What an earlier run of the same job has left, or finished.
namespace xrdct::app {

/// Adds size and time of the last change of each file; of a job its canonical text counts instead.
void add_files(io::InputFiles const& files, io::RunIdentity& identity);

/// Whether none of the files, but a job, was changed after the output. \throws core::IoError
bool is_newer(std::filesystem::path const& output, io::InputFiles const& files);

/// All that decides the bytes of the output: program, engine and back end, canonical job, PONI
/// text, and every input file with its size and the time of its last change.
io::RunIdentity identity_of_run(Inputs const& inputs, io::InputFiles const& files,
                                std::string_view backend);

/*!
 * Whether the output is there and is what this job would make again: made by this very program of
 * this job, this PONI text and the same input files, none of which was changed after it.
 */
bool is_finished(Inputs const& inputs, std::string_view backend);

/// What a finished output says of its frames. Reads one height after the other.
pipeline::FrameCounts frames_of_output(std::filesystem::path const& output);

/// \throws core::IoError an input file is no longer what it was when the run began
void require_same_inputs(io::RunIdentity const& before, io::RunIdentity const& now,
                         std::filesystem::path const& output);

}  // namespace xrdct::app
