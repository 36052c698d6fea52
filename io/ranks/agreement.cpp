// Lets all ranks leave together when one of them fails.
#include "io/ranks/agreement.hpp"

#include <fmt/core.h>
#include <exception>
#include <filesystem>
#include <new>
#include <optional>
#include <span>

namespace xrdct::io {
namespace {

/// A failure as one text that can be broadcast: status, a blank, the message; empty: none.
std::string packed(std::optional<AgreedError> const& error) {
  return error ? fmt::format("{} {}", static_cast<int>(error->status()), error->what()) : "";
}

void throw_if_failed(std::string const& text) {
  if (text.empty()) return;
  auto const blank = text.find(' ');
  throw AgreedError(static_cast<core::ExitStatus>(std::stoi(text.substr(0, blank))),
                    text.substr(blank + 1));
}

std::optional<AgreedError> failure_of(std::function<void()> const& work) {
  try {
    work();
  } catch (...) {
    return current_error();
  }
  return std::nullopt;
}

}  // namespace

AgreedError current_error() {
  try {
    throw;
  } catch (AgreedError const& error) {
    return error;
  } catch (core::InputError const& error) {
    return {core::ExitStatus::wrong_input, error.what()};
  } catch (core::IoError const& error) {
    return {core::ExitStatus::io_failed, error.what()};
  } catch (std::bad_alloc const&) {
    return {core::ExitStatus::internal_error,
            core::Problem{.what = "allocate memory",
                          .expected = "enough of it for the plan that `xrdct check` prints",
                          .attempt = "use more nodes, fewer ranks per node or fewer threads"}};
  } catch (std::filesystem::filesystem_error const& error) {
    return {core::ExitStatus::io_failed,
            core::Problem{.what = "look at the path " + error.path1().string(),
                          .expected = "one that can be used",
                          .found = fmt::format("\"{}\"", error.code().message()),
                          .attempt = "check it, and whether the working folder is still there"}};
  } catch (std::exception const& error) {
    return {core::ExitStatus::internal_error, std::string("internal error: ") + error.what()};
  } catch (...) {
    return {core::ExitStatus::internal_error, "internal error of unknown type"};
  }
}

void on_first_rank(Communicator& communicator, std::function<void()> const& work) {
  std::optional<AgreedError> error;
  if (communicator.rank() == 0) error = failure_of(work);
  throw_if_failed(communicator.broadcast(packed(error)));
}

void on_all_ranks(Communicator& communicator, std::function<void()> const& work) {
  std::string const mine = packed(failure_of(work));
  if (!communicator.any(!mine.empty())) return;
  auto const all = communicator.gather(std::as_bytes(std::span(mine.data(), mine.size())));
  std::string first;
  for (auto const& text : all) {
    if (first.empty() && !text.empty())
      first.assign(reinterpret_cast<char const*>(text.data()), text.size());
  }
  throw_if_failed(communicator.broadcast(first));
}

}  // namespace xrdct::io
