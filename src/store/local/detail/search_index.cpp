#include "store/local/detail/search_index.h"

#include "store/local/detail/query.h"

namespace tg::store::local {
namespace fs = std::filesystem;
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kReaders = 8;
constexpr std::int64_t kMarks = 65'000;  // plane 16 has 65,534 characters; chats that share one are told apart by key

// Trigrams without positions (detail=none): a third of the size; matches are verified against the text anyway.
constexpr std::string_view kTables = R"sql(
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE chats (mark INTEGER PRIMARY KEY, peer INTEGER NOT NULL UNIQUE);
CREATE TABLE texts (
  id INTEGER PRIMARY KEY, peer INTEGER NOT NULL, message INTEGER NOT NULL, scope INTEGER NOT NULL,
  date INTEGER NOT NULL, seq INTEGER NOT NULL, folded TEXT NOT NULL);
CREATE UNIQUE INDEX texts_by_key ON texts (peer, message, scope);
CREATE VIRTUAL TABLE words USING fts5(
  text, chat, content='', detail=none, columnsize=0, tokenize='trigram case_sensitive 1');
)sql";

Result<void> prepare(journal::Connection& db) {
  auto version = db.scalar("PRAGMA user_version");
  if (!version) return version.error();
  if (*version == kVersion) return {};
  if (*version != 0) return Error{Code::unsupported, fmt::format("search.db has version {}", *version), ""};
  return db.execute(fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT;", kTables, kVersion));
}

Result<std::unique_ptr<journal::Connection>> open_writer(const fs::path& file) {
  auto db = journal::Connection::open(file, journal::Connection::Mode::write);
  if (!db) return db.error();
  // What a power cut takes from the end is read from the journal again. Little is synced at a time: commits of the
  // journal wait for it.
  if (auto done = (*db)->execute("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=1000"); !done) {
    return done.error();
  }
  if (auto done = prepare(**db); !done) return done.error();
  return std::move(*db);
}

void append_utf8(std::string& out, std::uint32_t c) {
  out += static_cast<char>(0xF0 | (c >> 18));
  out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
  out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  out += static_cast<char>(0x80 | (c & 0x3F));
}

}  // namespace

SearchIndex::SearchIndex(fs::path file, std::unique_ptr<journal::Connection> writer)
    : writer_(std::move(writer)), readers_(std::move(file), kReaders) {}

Result<std::unique_ptr<SearchIndex>> SearchIndex::open_to_write(const fs::path& folder, const std::string& journal_id) {
  const fs::path file = folder / "search.db";
  auto writer = open_writer(file);
  if (!writer && writer.error().code != Code::out_of_space && writer.error().code != Code::permission) {
    for (const auto* suffix : {"", "-wal", "-shm"}) {
      std::error_code ignored;
      fs::remove(file.string() + suffix, ignored);
    }
    writer = open_writer(file);
  }
  if (!writer) return writer.error();
  std::unique_ptr<SearchIndex> index(new SearchIndex(file, std::move(*writer)));
  auto progress = index->progress();
  if (!progress) return progress.error();
  if (progress->journal_id == journal_id) index->indexed_ = progress->seq.value;
  return index;
}

Result<std::unique_ptr<SearchIndex>> SearchIndex::open_to_read(const fs::path& folder, const std::string& journal_id) {
  const fs::path file = folder / "search.db";
  if (!fs::exists(file)) {
    return Error{Code::unavailable, "there is no search index yet",
                 "Start the gateway: it fills the index while it runs"};
  }
  std::unique_ptr<SearchIndex> index(new SearchIndex(file, nullptr));
  auto db = index->read();
  if (!db) return db.error();
  auto progress = progress_of(**db);
  if (!progress) return progress.error();
  if (progress->journal_id == journal_id) index->indexed_ = progress->seq.value;
  return index;
}

Result<SearchIndex::Progress> SearchIndex::progress() { return progress_of(*writer_); }

Result<SearchIndex::Progress> SearchIndex::progress_of(journal::Connection& db) {
  Progress progress;
  auto done = each(db.prepared("SELECT name, value FROM state").reset(), [&](journal::Statement& row) {
    if (row.text(0) == "journal_id") progress.journal_id = std::string(row.text(1));
    if (row.text(0) == "seq") progress.seq = model::Seq{model::parse_int(row.text(1)).value_or(0)};
  });
  if (!done) return done.error();
  return progress;
}

Result<void> SearchIndex::begin() { return writer_->execute("BEGIN IMMEDIATE"); }

void SearchIndex::roll_back() {
  (void)writer_->execute("ROLLBACK");
  marks_.clear();
}

Result<void> SearchIndex::commit(const Progress& progress) {
  for (const auto& [name, value] : {std::pair<std::string_view, std::string>{"journal_id", progress.journal_id},
                                    {"seq", std::to_string(progress.seq.value)}}) {
    auto done =
        writer_->prepared("INSERT OR REPLACE INTO state VALUES (?, ?)").with(name, std::string_view(value)).run();
    if (!done) return done;
  }
  if (auto done = writer_->execute("COMMIT"); !done) return done;
  {
    const std::lock_guard lock(mutex_);
    indexed_ = progress.seq.value;
  }
  moved_.notify_all();
  return {};
}

bool SearchIndex::wait_indexed(model::Seq seq, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return moved_.wait_for(lock, patience, [&] { return indexed() >= seq; });
}

Result<void> SearchIndex::clear() {
  marks_.clear();
  indexed_ = 0;
  return writer_->execute(
      "BEGIN IMMEDIATE; INSERT INTO words(words) VALUES ('delete-all'); DELETE FROM texts; DELETE FROM chats; "
      "DELETE FROM state; COMMIT;");
}

std::string SearchIndex::mark_text(std::int64_t mark) {
  std::string text;
  for (int i = 0; i < 3; ++i) append_utf8(text, 0x100000 + static_cast<std::uint32_t>(mark % kMarks));
  return text;
}

Result<std::string> SearchIndex::mark_of(model::ChatId peer) {
  if (const auto known = marks_.find(peer.value); known != marks_.end()) return known->second;
  std::int64_t mark = 0;
  if (auto done = writer_->prepared("INSERT OR IGNORE INTO chats (peer) VALUES (?)").with(peer).run(); !done) {
    return done.error();
  }
  auto done = each(writer_->prepared("SELECT mark FROM chats WHERE peer = ?").with(peer),
                   [&](journal::Statement& row) { mark = row.integer(0); });
  if (!done) return done.error();
  return marks_[peer.value] = mark_text(mark);
}

Result<model::Seq> SearchIndex::indexed_event(const model::MessageKey& key) {
  model::Seq seq;
  auto done = each(writer_->prepared("SELECT seq FROM texts WHERE peer = ? AND message = ? AND scope = ?")
                       .with(key.peer, key.message, key.scope),
                   [&](journal::Statement& row) { seq = model::Seq{row.integer(0)}; });
  if (!done) return done.error();
  return seq;
}

Result<std::int64_t> SearchIndex::free_id(model::Time date) {
  const std::int64_t first = std::max<std::int64_t>(date.to_seconds(), 0) << kCountBits;
  std::int64_t id = first;
  auto done = each(writer_->prepared("SELECT max(id) + 1 FROM texts WHERE id BETWEEN ? AND ?")
                       .with(first, first + (std::int64_t{1} << kCountBits) - 1),
                   [&](journal::Statement& row) {
                     if (!row.is_null(0)) id = row.integer(0);
                   });
  if (!done) return done.error();
  return id;
}

// FTS5 keeps no text of its own: it must be told what to take out.
Result<void> SearchIndex::forget_words(std::int64_t id, const std::string& folded, const std::string& mark) {
  return writer_->prepared("INSERT INTO words (words, rowid, text, chat) VALUES ('delete', ?, ?, ?)")
      .with(id, std::string_view(folded), std::string_view(mark))
      .run();
}

Result<void> SearchIndex::erase(const model::MessageKey& key) {
  std::int64_t id = -1;
  std::string folded;
  auto done = each(writer_->prepared("SELECT id, folded FROM texts WHERE peer = ? AND message = ? AND scope = ?")
                       .with(key.peer, key.message, key.scope),
                   [&](journal::Statement& row) {
                     id = row.integer(0);
                     folded = std::string(row.text(1));
                   });
  if (!done || id < 0) return done;
  auto mark = mark_of(key.peer);
  if (!mark) return mark.error();
  if (auto forgotten = forget_words(id, folded, *mark); !forgotten) return forgotten;
  return writer_->prepared("DELETE FROM texts WHERE id = ?").with(id).run();
}

Result<void> SearchIndex::put(const Entry& entry) {
  if (auto erased = erase(entry.key); !erased) return erased;
  if (entry.folded.empty()) return {};
  auto mark = mark_of(entry.key.peer);
  if (!mark) return mark.error();
  auto id = free_id(entry.date);
  if (!id) return id.error();
  auto done =
      writer_->prepared("INSERT INTO texts (id, peer, message, scope, date, seq, folded) VALUES (?, ?, ?, ?, ?, ?, ?)")
          .with(*id, entry.key.peer, entry.key.message, entry.key.scope, entry.date, entry.seq,
                std::string_view(entry.folded))
          .run();
  if (!done) return done;
  return writer_->prepared("INSERT INTO words (rowid, text, chat) VALUES (?, ?, ?)")
      .with(*id, std::string_view(entry.folded), std::string_view(*mark))
      .run();
}

}  // namespace tg::store::local
