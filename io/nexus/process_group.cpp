// Writes what every output says of its making: program, texts that it was made by, input files.
#include "io/nexus/process_group.hpp"

#include <cstdint>
#include <span>

#include "io/nexus/nexus.hpp"

namespace xrdct::io {

void write_program(hid_t process, Program const& program) {
  write_dataset(process, "program", std::string("xrdct"));
  write_dataset(process, "version", program.version);
  write_dataset(process, "revision", program.revision);
  write_dataset(process, "engine", program.engine);
  write_dataset(process, "backend", program.backend);
}

void write_note(hid_t parent, std::string const& name, std::string const& type,
                std::string const& data) {
  auto const note = make_group(parent, name, "NXnote");
  write_dataset(note.get(), "type", type);
  write_dataset(note.get(), "data", data);
}

void write_inputs(hid_t process, std::vector<InputFile> const& files) {
  if (files.empty()) return;
  std::vector<std::string> paths;
  std::vector<std::int64_t> bytes;
  for (auto const& file : files) {
    paths.push_back(file.path);
    bytes.push_back(file.bytes);
  }
  auto const inputs = make_group(process, "inputs", "NXcollection");
  write_dataset(inputs.get(), "path", paths);
  auto const sizes = write_dataset(inputs.get(), "bytes", std::span<std::int64_t const>(bytes));
  write_attribute(sizes.get(), "units", std::string("B"));
}

}  // namespace xrdct::io
