#pragma once
#include <hdf5.h>

#include <string>
#include <vector>

#include "io/files/input_file.hpp"
#include "io/nexus/making.hpp"

/// What every output says of its making, below /entry/process. For the sources of io/ alone.
namespace xrdct::io {

void write_program(hid_t process, Program const& program);

/// A text with its media type, as NXnote.
void write_note(hid_t parent, std::string const& name, std::string const& type,
                std::string const& data);

/// Paths and sizes [B] of the input files; without any nothing is written.
void write_inputs(hid_t process, std::vector<InputFile> const& files);

}  // namespace xrdct::io
