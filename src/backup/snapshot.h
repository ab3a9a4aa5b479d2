#pragma once
// A copy of a journal at one moment, while a gateway goes on writing it: a read transaction holds the moment, so the
// copy is whole and the writer never waits. Blocks; any thread.

#include <filesystem>
#include <functional>

#include "backup/manifest.h"
#include "model/result.h"

namespace tg::backup {

// Copies `from` to `to`, which must not be there. `on_pages`: pages done and of how many; its error stops the copy.
Result<void> copy_journal(const std::filesystem::path& from, const std::filesystem::path& to,
                          const std::function<Result<void>(std::int64_t, std::int64_t)>& on_pages);

// SQLite's own check of the whole file, then its counts. corrupt where the check finds something.
Result<Counts> prove_journal(const std::filesystem::path& file);

// Says in the journal that it was put back, so that the gateway that opens it next says so.
Result<void> mark_restored(const std::filesystem::path& file, model::Time made_at);

}  // namespace tg::backup
