#pragma once
#include <cstdint>
#include <functional>

/// How far this process has come, as a number that grows: whoever watches over the run looks at it.
namespace xrdct::core {

/// Something that may take long is done: a file opened, frames read or reduced, bytes written. Any
/// thread; cheap enough for each batch of frames, not for each pixel.
void note_progress() noexcept;

/// How often `note_progress` was called. Any thread.
std::uint64_t progress_noted() noexcept;

/// What `note_progress` calls besides on this thread, and on no other; empty: nothing. It may not
/// throw.
void on_progress(std::function<void()> work);

}  // namespace xrdct::core
