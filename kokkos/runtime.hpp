#pragma once
#include <string_view>

/// The start and the end of what kernels run on, and what that is.
namespace xrdct::kernels {

/// Starts the execution space with so many threads (0: its own choice). Once per process, before
/// any other call.
/// \throws core::InputError
void start(int threads);
/// Ends it; after every FrameReducer is gone.
void stop();
int threads();
/// Where kernels run: "OpenMP", "Serial", "Cuda", "HIP".
std::string_view backend();
/// The instruction set in use: "portable", "avx2", "avx512".
std::string_view instruction_set();

}  // namespace xrdct::kernels
