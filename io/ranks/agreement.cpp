// Lets all ranks leave together when one of them fails.
#include "io/ranks/agreement.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace xrdct::io {
namespace {

/// A failure as one text that can be sent: status and message, a line each; empty: none.
std::string packed(std::optional<AgreedError> const& error) {
  return error ? fmt::format("{}\n{}", static_cast<int>(error->status()), error->what()) : "";
}

void throw_if_failed(std::string const& text, std::string const& place) {
  if (text.empty()) return;
  throw AgreedError(static_cast<core::ExitStatus>(std::stoi(text)),
                    text.substr(text.find('\n') + 1), place);
}

std::string text_of(std::vector<std::byte> const& bytes) {
  return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

/// Facts as one text: names and values in turn, each with its end.
std::string packed(std::vector<Fact> const& facts) {
  std::string text;
  for (auto const& [name, value] : facts) {
    text.append(name.c_str(), name.size() + 1);
    text.append(value.c_str(), value.size() + 1);
  }
  return text;
}

std::vector<Fact> unpacked(std::string const& text) {
  std::vector<Fact> facts;
  for (std::size_t begin = 0; begin < text.size();) {
    std::string name = text.data() + begin;
    begin += name.size() + 1;
    std::string value = text.data() + begin;
    begin += value.size() + 1;
    facts.push_back({std::move(name), std::move(value)});
  }
  return facts;
}

/// The names of those facts that are not among the others.
std::string names_without(std::vector<Fact> const& facts, std::vector<Fact> const& others) {
  std::string names;
  for (auto const& fact : facts) {
    bool const same = std::any_of(others.begin(), others.end(), [&](Fact const& other) {
      return other.name == fact.name && other.value == fact.value;
    });
    if (!same) names += (names.empty() ? "" : ", ") + fact.name;
  }
  return names;
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
  } catch (std::system_error const& error) {
    return {core::ExitStatus::internal_error,
            core::Problem{.what = "start a thread",
                          .expected = "the system to allow one more",
                          .found = fmt::format("\"{}\"", error.code().message()),
                          .attempt = "give --threads, or raise ulimit -u"}};
  } catch (std::exception const& error) {
    return {core::ExitStatus::internal_error, std::string("internal error: ") + error.what()};
  } catch (...) {
    return {core::ExitStatus::internal_error, "internal error of unknown type"};
  }
}

void on_first_rank(Communicator& communicator, std::function<void()> const& work) {
  std::optional<AgreedError> error;
  if (communicator.rank() == 0) error = failure_of(work);
  throw_if_failed(communicator.broadcast(packed(error)), "");
}

void on_all_ranks(Communicator& communicator, std::function<void()> const& work) {
  auto const error = failure_of(work);
  if (!communicator.any(error.has_value())) return;
  std::string const mine = packed(error);
  auto const texts = communicator.gather(std::as_bytes(std::span(mine.data(), mine.size())));
  std::string const my_place = communicator.place();
  auto const places =
      communicator.gather(std::as_bytes(std::span(my_place.data(), my_place.size())));
  std::string text, place;
  if (!texts.empty()) {
    auto const first =
        std::find_if(texts.begin(), texts.end(), [](auto const& bytes) { return !bytes.empty(); });
    text = text_of(*first);
    bool const alike =
        std::all_of(texts.begin(), texts.end(), [&](auto const& other) { return other == *first; });
    if (!alike) place = text_of(places[static_cast<std::size_t>(first - texts.begin())]);
  }
  text = communicator.broadcast(text);
  throw_if_failed(text, communicator.broadcast(place));
}

void require_same(Communicator& communicator, std::vector<Fact> const& facts,
                  std::string const& what) {
  auto const of_first = unpacked(communicator.broadcast(packed(facts)));
  on_all_ranks(communicator, [&] {
    std::string differing = names_without(facts, of_first);
    if (differing.empty()) differing = names_without(of_first, facts);
    if (differing.empty()) return;
    throw core::InputError({.what = what,
                            .expected = "all ranks to have the same as rank 0",
                            .found = "something else here: " + differing,
                            .attempt = "let all nodes see the same files, and give all ranks one "
                                       "command line"});
  });
}

}  // namespace xrdct::io
