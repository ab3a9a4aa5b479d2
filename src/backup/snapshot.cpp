#include "backup/snapshot.h"

#include <sqlite3.h>

#include "backup/durable.h"
#include "journal/schema.h"
#include "journal/sqlite.h"

namespace tg::backup {
namespace fs = std::filesystem;
namespace {

constexpr int kPagesAtOnce = 1'000;  // 4 MB, then a look at the disk and the clock

struct Closer {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};

Error failed(sqlite3* db, const fs::path& to) {
  const int code = sqlite3_errcode(db);
  return {(code & 0xff) == SQLITE_FULL ? Code::out_of_space : Code::unavailable,
          fmt::format("copying the journal to {}: {}", to.string(), sqlite3_errmsg(db)),
          "Free disk space there, or name another place"};
}

// One column of one row as text.
Result<std::string> word(journal::Connection& db, std::string_view sql) {
  auto& row = db.prepared(sql).reset();
  auto found = row.step();
  if (!found) return found.error();
  std::string text(*found ? row.text(0) : "");
  row.reset();
  return text;
}

}  // namespace

Result<void> copy_journal(const fs::path& from, const fs::path& to,
                          const std::function<Result<void>(std::int64_t, std::int64_t)>& on_pages) {
  auto source = journal::Connection::open(from, journal::Connection::Mode::read);
  if (!source) return source.error();
  // From the first read on, this transaction sees one moment.
  if (auto begun = (*source)->execute("BEGIN; SELECT count(*) FROM meta"); !begun) return begun;

  if (auto made = create(to); !made) return made.error();
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(to.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, Closer> target(opened);
  if (code != SQLITE_OK) return failed(opened, to);
  // What is half written is thrown away; the whole is synced below.
  sqlite3_exec(opened, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", nullptr, nullptr, nullptr);
  sqlite3_backup* copying = sqlite3_backup_init(opened, "main", (*source)->handle(), "main");
  if (!copying) return failed(opened, to);
  int step = SQLITE_OK;
  Result<void> told;
  while (told && (step = sqlite3_backup_step(copying, kPagesAtOnce)) == SQLITE_OK) {
    const std::int64_t all = sqlite3_backup_pagecount(copying);
    told = on_pages(all - sqlite3_backup_remaining(copying), all);
  }
  const int finished = sqlite3_backup_finish(copying);
  if (!told) return told;
  if (step != SQLITE_DONE || finished != SQLITE_OK) return failed(opened, to);
  auto file = open_to_read(to);
  return file ? sync(*file, to) : file.error();
}

Result<Counts> prove_journal(const fs::path& file) {
  auto opened = journal::Connection::open(file, journal::Connection::Mode::read);
  if (!opened) return opened.error();
  auto& db = **opened;
  auto sound = word(db, "PRAGMA integrity_check(1)");
  if (!sound) return sound.error();
  if (*sound != "ok") {
    return Error{Code::corrupt, fmt::format("{} is damaged: {}", file.string(), *sound),
                 "Look at the original with telegram-gateway journal verify, and at the disk"};
  }
  Counts counts;
  auto id = word(db, "SELECT value FROM meta WHERE name = 'journal_id'");
  if (!id) return id.error();
  counts.journal_id = *id;
  struct Number {
    std::string_view sql;
    std::int64_t* into;
  };
  const std::array numbers = {Number{"PRAGMA user_version", &counts.schema},
                              Number{"SELECT seq FROM events ORDER BY seq DESC LIMIT 1", &counts.seq.value},
                              Number{"SELECT count(*) FROM events", &counts.events},
                              Number{"SELECT count(*) FROM heads", &counts.messages},
                              Number{"SELECT count(*) FROM versions", &counts.versions},
                              Number{"SELECT count(*) FROM chats", &counts.chats},
                              Number{"SELECT count(*) FROM acks", &counts.acknowledged}};
  for (const auto& number : numbers) {
    auto value = db.scalar(number.sql);
    if (!value) return value.error();
    *number.into = *value;
  }
  return counts;
}

Result<void> mark_restored(const fs::path& file, model::Time made_at) {
  auto db = journal::Connection::open(file, journal::Connection::Mode::write);
  if (!db) return db.error();
  // A newer program's file is refused here, before anything is replaced.
  if (auto known = journal::prepare(**db); !known) return known;
  return (*db)->prepared("INSERT OR REPLACE INTO meta VALUES ('restored_from', ?)").with(made_at).run();
}

}  // namespace tg::backup
