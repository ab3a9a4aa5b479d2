#include <set>
#include <system_error>

#include "journal/lock.h"
#include "legacy/detail/state.h"
#include "legacy/legacy.h"
#include "model/message_json.h"
#include "source/media_store.h"

namespace tg::legacy {
namespace fs = std::filesystem;
namespace {

using journal::Connection;

Error nothing_to_undo(const fs::path& data) {
  return {Code::not_found, fmt::format("{} holds no migration that could be undone", data.string()),
          "Name its data folder with --data-dir; a backup is put back with: telegram-gateway restore"};
}

// The files that events behind `after` name.
Result<std::set<std::string>> blobs(Connection& db, model::Seq after) {
  std::set<std::string> found;
  auto& rows = db.prepared("SELECT body FROM events WHERE seq > ? AND instr(body, '\"blob\"') > 0").with(after);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    const auto message = model::message_from_json(rows.text(0));
    if (message && !message->media.blob.empty()) found.insert(message->media.blob);
  }
  rows.reset();
  return found;
}

Result<std::unique_ptr<Connection>> open_journal(const fs::path& data) {
  return Connection::open(data / "journal.db", Connection::Mode::write);
}

// After a rollback that was killed there may be none, or the one from before; a gateway may have run on either since.
bool is_a_journal(const fs::path& data) {
  if (!fs::exists(data / "journal.db")) return false;
  auto db = open_journal(data);
  if (!db) return false;
  const auto schema = (*db)->scalar("PRAGMA user_version");
  return schema && *schema > 0;
}

}  // namespace

Result<RolledBack> rollback(const config::Config& config, bool discard_newer, bool dry_run) {
  const fs::path data = config.data_dir;
  auto loaded = detail::load(data);
  if (!loaded) return loaded.error();
  if (!*loaded) return nothing_to_undo(data);
  auto state = std::move(**loaded);
  const auto backup = detail::backup_of(data);
  if (!state.fresh && !fs::exists(backup)) return nothing_to_undo(data);
  if (auto own = journal::check_owner(data); !own) return own.error();
  journal::FolderLock lock;
  if (auto locked = lock.take(data, journal::Holds::command); !locked) return locked.error();

  RolledBack result;
  result.started_at = state.started_at;
  std::set<std::string> ours;
  if (state.phase != detail::Phase::rolling_back || is_a_journal(data)) {
    auto db = open_journal(data);
    if (!db) return db.error();
    auto events = (*db)->scalar(fmt::format("SELECT count(*) FROM events WHERE seq > {}", state.before.value));
    auto newer = detail::newer_than(**db, state);
    if (!events || !newer) return (!events ? events : newer).error();
    result.newer = *newer;
    result.events = *events;
    if (*newer > 0 && !discard_newer) {
      return Error{
          Code::conflict,
          fmt::format("since the migration of {} the gateway stored {} more (events, marks), which would be lost "
                      "with it",
                      model::to_rfc3339(state.started_at), *newer),
          "Back up first (telegram-gateway backup), then say --discard-newer; what Telegram still has is fetched "
          "again"};
    }
    auto named = blobs(**db, state.before);
    if (!named) return named.error();
    ours = std::move(*named);
    if (!state.fresh && !ours.empty()) {
      auto old = Connection::open(backup, Connection::Mode::read);
      if (!old) return old.error();
      auto kept = blobs(**old, model::Seq{0});
      if (!kept) return kept.error();
      for (const auto& blob : *kept) ours.erase(blob);
    }
  }
  result.photos = static_cast<std::int64_t>(ours.size());
  if (dry_run) return result;

  // Files first: after a kill they are not known any more, and a missing file is fetched again.
  std::error_code ignored;
  for (const auto& blob : ours) fs::remove(source::media_file(config.media.folder, blob), ignored);
  state.phase = detail::Phase::rolling_back;
  if (auto saved = detail::save(data, state); !saved) return saved.error();
  if (state.fresh) {
    detail::remove_database(data / "journal.db");
  } else {
    detail::remove_log(data / "journal.db");
    if (auto copied = detail::copy_database(backup, data / "journal.db"); !copied) return copied.error();
  }
  detail::remove_database(data / "search.db");  // built again from the journal
  detail::forget(data);
  return result;
}

}  // namespace tg::legacy
