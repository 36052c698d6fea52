#pragma once
#include <filesystem>

#include "io/ranks/communicator.hpp"

/// Whether all ranks can write one file.
namespace xrdct::io {

/*!
 * Tries whether all ranks see the folder of a file that rank 0 sees: rank 0 makes a small file
 * there, all read it, and it is removed. Collective.
 * \throws AgreedError a rank does not: another disk has the same name there; rank 0 cannot write
 */
void require_shared(Communicator& communicator, std::filesystem::path const& file);

/// Whether this process may open so many files more. \throws core::IoError
void require_descriptors(int number);

}  // namespace xrdct::io
