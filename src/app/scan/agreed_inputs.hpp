#pragma once
#include <string>
#include <vector>

#include "app/scan/inputs.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::app {

struct ReduceOptions;
struct ScanRequest;

/*!
 * Opens the inputs of a job on all ranks, and makes sure that these are the same everywhere: other
 * nodes may have other files under the same names. Collective.
 *
 * Rank 0 does it first, so that a mistake is reported once, and tells of what it finds unusual.
 * Compared are the job with its options, the calibration, the values of images and of the monitor,
 * sizes and encoding of the frames, and the stored bytes of the first, the middle and the last
 * one; not the dates of files: each node may have its own copy.
 * \throws AgreedError
 */
Inputs agreed_inputs(io::Communicator& communicator, ScanRequest const& scan,
                     ReduceOptions const& options);

}  // namespace xrdct::app
