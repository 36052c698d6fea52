#pragma once
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::io {

/// An error that all ranks know of: rank 0 prints it, all ranks end with its status.
class AgreedError : public std::runtime_error {
 public:
  /// \param place of the rank where it happened; empty: on all, or no matter
  AgreedError(core::ExitStatus status, std::string const& text, std::string place = {})
      : std::runtime_error(text), status_(status), place_(std::move(place)) {}
  AgreedError(core::ExitStatus status, core::Problem const& problem)
      : AgreedError(status, core::text(problem)) {}
  core::ExitStatus status() const noexcept { return status_; }
  std::string const& place() const noexcept { return place_; }

 private:
  core::ExitStatus status_;
  std::string place_;
};

/// Runs `work` on rank 0 alone. Collective. \throws AgreedError on all ranks when `work` fails
void on_first_rank(Communicator& communicator, std::function<void()> const& work);

/// Runs `work` on every rank. Collective.
/// \throws AgreedError on all ranks when it fails on one, with the text of the lowest such rank,
/// and with its place unless all ranks say the same
void on_all_ranks(Communicator& communicator, std::function<void()> const& work);

/// Something that has to be the same on all ranks.
struct Fact {
  std::string name;   //!< for people: "the PONI file calib.poni"
  std::string value;  //!< short; of what is long a checksum
};

/// Compares the facts of every rank with those of rank 0, by their names. Collective.
/// \param what cannot be done otherwise: "share the scan among the ranks"
/// \throws AgreedError (InputError) that names the lowest rank where one is missing or another, and
/// all of them there
void require_same(Communicator& communicator, std::vector<Fact> const& facts,
                  std::string const& what);

/// Exit status and text of the exception that is being handled.
AgreedError current_error();

}  // namespace xrdct::io
