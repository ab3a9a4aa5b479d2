#pragma once
// How far a migration is, in DATA_DIR/legacy: state.json, replaced in one step, and before.db, the journal as it was.

#include <filesystem>
#include <optional>
#include <string>

#include "journal/journal.h"
#include "legacy/detail/predecessor.h"
#include "model/result.h"

namespace tg::legacy::detail {

enum class Phase : std::uint8_t { taking, done, rolling_back };

struct State {
  Phase phase = Phase::taking;
  std::string source;                       // what is migrated: host:port/database schema.table
  std::optional<Predecessor::Place> after;  // everything up to here is in the journal
  bool fresh = false;                       // there was no journal before: before.db is not there
  model::Seq before;                        // its newest event
  model::Time started_at, finished_at;
};

std::filesystem::path folder_of(const std::filesystem::path& data);
std::filesystem::path backup_of(const std::filesystem::path& data);

// Nothing: no migration has begun here. Code::corrupt: the file is not readable.
Result<std::optional<State>> load(const std::filesystem::path& data);
Result<void> save(const std::filesystem::path& data, const State& state);
void forget(const std::filesystem::path& data);  // and the backup

// On disk when it returns, whole or not at all.
Result<void> write_file(const std::filesystem::path& file, const std::string& content);
Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);  // a journal, proven

void remove_log(const std::filesystem::path& file);       // SQLite's, of this database
void remove_database(const std::filesystem::path& file);  // with its log

// What others put into the journal since: events that no migration made, and marks.
Result<std::int64_t> newer_than(journal::Connection& db, const State& state);

}  // namespace tg::legacy::detail
