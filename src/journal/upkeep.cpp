#include "journal/upkeep.h"

namespace tg::journal {

Result<Stats> stats(Journal& journal) {
  auto lease = journal.read();
  if (!lease) return lease.error();
  auto& db = **lease;
  Stats s;
  s.id = journal.id();
  s.bytes = journal.bytes();
  struct Number {
    std::string_view sql;
    std::int64_t* into;
  };
  std::int64_t created = 0;
  const std::array numbers = {
      Number{"SELECT value FROM meta WHERE name = 'created_at'", &created},
      Number{"SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size", &s.free_bytes},
      Number{"SELECT seq FROM events ORDER BY seq LIMIT 1", &s.oldest.value},
      Number{"SELECT seq FROM events ORDER BY seq DESC LIMIT 1", &s.head.value},
      Number{"SELECT count(*) FROM events", &s.events},
      Number{"SELECT count(*) FROM heads", &s.heads},
      Number{"SELECT count(*) FROM versions", &s.versions},
      Number{"SELECT count(*) FROM chats", &s.chats},
      Number{"SELECT count(*) FROM quarantine", &s.quarantined},
      Number{"SELECT count(*) FROM acks", &s.acks},
  };
  for (const auto& number : numbers) {
    auto value = db.scalar(number.sql);
    if (!value) return value.error();
    *number.into = *value;
  }
  s.created_at = model::Time{created};
  auto all = cursors(db);
  if (!all) return all.error();
  s.cursors = std::move(*all);
  for (auto& cursor : s.cursors) {
    auto behind = events_behind(db, cursor.seq);
    if (!behind) return behind.error();
    cursor.behind_events = *behind;
  }
  return s;
}

Result<void> compact(Journal& journal) {
  if (const auto needed = journal.bytes(); journal.disk_free() < needed) {
    return Error{
        Code::out_of_space,
        fmt::format("compacting needs {} MB of free disk, {} MB are free", needed >> 20, journal.disk_free() >> 20),
        "Free disk space in the data folder"};
  }
  auto& db = journal.writer();
  if (auto done = db.execute("VACUUM"); !done) return done;
  return db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

Result<std::int64_t> trim(Connection& db, model::Time now, std::chrono::hours keep, std::int64_t limit) {
  auto passed = db.scalar("SELECT coalesce(min(seq), 0) FROM cursors WHERE required");
  if (!passed) return passed.error();
  const auto before = now.us - std::chrono::duration_cast<std::chrono::microseconds>(keep).count();
  auto& row =
      db.prepared(
            "SELECT max(seq) FROM (SELECT seq FROM events WHERE seq <= ?1 AND recorded_at < ?2 ORDER BY seq LIMIT ?3)")
          .with(*passed, before, limit);
  auto found = row.step();
  if (!found) return found.error();
  const bool any = *found && !row.is_null(0);
  const auto last = row.integer(0);
  row.reset();
  if (!any) return std::int64_t{0};
  auto done = db.prepared("DELETE FROM events WHERE seq <= ? AND recorded_at < ?").with(last, before).run();
  if (!done) return done.error();
  const auto gone = db.changes();
  done = db.prepared("INSERT OR REPLACE INTO meta VALUES ('trimmed_to', ?)").with(last).run();
  if (!done) return done.error();
  return gone;
}

}  // namespace tg::journal
