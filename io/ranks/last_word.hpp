#pragma once
#include <cstdint>

/// Who of several ranks that end the run at once says why.
namespace xrdct::io {

/*!
 * Prepares `have_last_word`.
 * \param key the same on all ranks of a run, and no other run's; 0: this process is alone
 * \param node number of the node of this rank, from 0
 */
void prepare_last_word(std::uint64_t key, int node) noexcept;

/// The launcher may be ending this process already, as it does when another rank has spoken: then
/// `have_last_word` gives it a second and a half for that. May be called in a signal handler.
void expect_end() noexcept;

/*!
 * Whether this process is to print why the run ends. Call it right before that, and end the process
 * whatever it says.
 *
 * Of the ranks of a node the first has the word: it binds a name of the kernel, which nobody else
 * can as long as this process lives. Nodes wait for those before them, half a second each and 4 s
 * at most, in which a rank that has spoken ends the others; SIGTERM ends a waiting process. Always
 * true before `prepare_last_word`. May be called in a signal handler.
 */
bool have_last_word() noexcept;

}  // namespace xrdct::io
