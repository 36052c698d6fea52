#pragma once
#include <filesystem>
#include <optional>
#include <string>

/// The folder `<output>.journal` that lies beside an unfinished output, and the names in it.
namespace xrdct::io {

std::filesystem::path journal_folder(std::filesystem::path const& output);

/// The file that says which run the journal belongs to.
std::filesystem::path journal_owner_file(std::filesystem::path const& folder);

/// The file of one rank in one attempt: "000002.000013".
std::filesystem::path journal_file(std::filesystem::path const& folder, int attempt, int rank);
/// The attempt of such a file; nothing: another name.
std::optional<int> attempt_of(std::filesystem::path const& file);

/// Whether nothing is there, or a folder in which every name is one of this program's.
bool may_hold_journal(std::filesystem::path const& folder);

/// Removes what this program made there, and the folder when nothing else is in it. First the
/// owner, without which the rest means nothing.
void remove_journal(std::filesystem::path const& folder) noexcept;

}  // namespace xrdct::io
