// Keeps `view` from writing over the file that it shows, or over a file that is not this program's.
#include "app/view/drawing_target.hpp"

#include <utility>

#include "io/guard/output_guard.hpp"

namespace xrdct::app {

void require_drawing(std::filesystem::path const& viewed, std::filesystem::path const& output,
                     bool text) {
  io::InputFiles inputs;
  inputs.add(viewed, "the file to view");
  io::OutputGuard guard(std::move(inputs));
  guard.add({.file = io::link_target(output),
             .role = text ? io::OutputRole::text : io::OutputRole::picture,
             .give_another = "--output"});
  guard.require();
}

}  // namespace xrdct::app
