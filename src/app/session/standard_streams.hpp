#pragma once

/// What the program needs of its three standard streams and of signals about outputs.
namespace xrdct::app {

/*!
 * To be called first. A standard stream that is closed (`>&-`) would give its number to the next
 * file that is opened, and messages would be written into that file: it is bound to /dev/null, so
 * that writing to a closed standard output fails, which is reported. A reader that went away
 * (SIGPIPE) and a limit of the size of files (SIGXFSZ) do not kill the program in the middle of an
 * output: the call fails, which is reported, too.
 */
void prepare_standard_streams();

/// For texts of help, which nobody minds to be cut: `xrdct reduce --help | head` ends as other
/// programs do.
void end_quietly_without_reader();

}  // namespace xrdct::app
