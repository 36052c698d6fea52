#pragma once
#include <string>

/// Which part of the MPI library writes files, and whether it tells of writes that failed. docs/decisions/0006-collective-component.md says what was
/// measured.
namespace xrdct::io {

/// Asks Open MPI for collective writes that tell of failures and lose nothing; before MPI starts. What the user has set stays; other MPIs see
/// nothing.
void choose_mpi_io();

/*!
 * Looks at what is in force, however it was set (environment, mpirun --mca, parameter files), after MPI has started; this rank alone. It takes 0.2 s.
 * \returns an objection that names the component, where Open MPI may write collectively by one that says nothing of failed writes, or is not known;
 * else an empty text
 */
std::string objection_to_mpi_io();

/// The same by the environment alone, at once: enough for a run of one rank, which writes independently and so by none of these components.
std::string objection_to_environment();

/// What is in force, for people: "ompio, fcoll individual"; the name of the library where there are no such settings.
std::string mpi_io_in_force();

/// What would be thrown for these values, or an empty text. \param io,fcoll as Open MPI's parameters of these names; nothing: not readable
std::string objection_to_mpi_io(std::string const* io, std::string const* fcoll);

}  // namespace xrdct::io
