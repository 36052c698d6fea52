#pragma once
#include <filesystem>
#include <initializer_list>
#include <string>

namespace xrdct::app {

/// What a file is written as; its ending says so.
enum class OutputKind {
  png,
  svg,
  pdf,
  xy,   //!< two columns, for Rietveld programs
  xye,  //!< three columns, for Rietveld programs
  dat,  //!< columns in the unit of the bins
  csv,  //!< the same with commas
  hdf5
};

/*!
 * The kind that the ending of a name stands for, large and small letters alike.
 * \param what for the message: "a map"
 * \throws core::InputError an ending that is not one of `possible`, or none: it lists those that
 * are
 */
OutputKind kind_of(std::filesystem::path const& file, std::initializer_list<OutputKind> possible,
                   std::string const& what);

/// The same where the ending is known already: the rest of the name may be empty and still to come.
OutputKind kind_of_ending(std::string const& written, std::filesystem::path const& file,
                          std::initializer_list<OutputKind> possible, std::string const& what);

/// ".xy or .xye"
std::string endings_of(std::initializer_list<OutputKind> possible);

}  // namespace xrdct::app
