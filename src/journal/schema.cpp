#include "journal/schema.h"

namespace tg::journal {
namespace {

constexpr std::string_view kTables = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- What happened; append-only. message: JSON of model::Message.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  peer INTEGER NOT NULL, message INTEGER NOT NULL, scope INTEGER NOT NULL,
  kind INTEGER NOT NULL, edit_date INTEGER NOT NULL, n INTEGER NOT NULL,
  origin INTEGER NOT NULL, source INTEGER NOT NULL, account INTEGER NOT NULL,
  observed_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
  hash INTEGER NOT NULL,      -- of the content before fields were filled in
  flags INTEGER NOT NULL,     -- pipeline/state.h
  body TEXT NOT NULL, raw BLOB);

-- How each message stands. seq: the event with its newest content (NULL: only its deletion is known).
CREATE TABLE heads (
  peer INTEGER NOT NULL, message INTEGER NOT NULL, scope INTEGER NOT NULL,
  date INTEGER,               -- µs; NULL while only the deletion is known
  seq INTEGER, arrival INTEGER NOT NULL,
  edit_date INTEGER NOT NULL, observed_at INTEGER NOT NULL, hash INTEGER NOT NULL,
  n INTEGER NOT NULL, versions INTEGER NOT NULL, flags INTEGER NOT NULL,
  source INTEGER NOT NULL, origin INTEGER NOT NULL,
  deleted_at INTEGER NOT NULL,   -- µs, newest deletion seen; 0 = none
  fetched_at INTEGER NOT NULL,   -- µs, newest copy fetched from the server; not part of the fold
  counters TEXT, counters_at INTEGER NOT NULL,
  last INTEGER NOT NULL,         -- newest event of any kind
  PRIMARY KEY (peer, message, scope)) WITHOUT ROWID;
CREATE INDEX heads_by_date ON heads (date, scope, peer, message) WHERE date IS NOT NULL;
CREATE INDEX heads_by_chat ON heads (peer, date, scope, message) WHERE date IS NOT NULL;
-- What consumers are offered (flag 1), in order of arrival.
CREATE INDEX heads_offered ON heads (peer, arrival) WHERE flags & 1;

CREATE TABLE versions (
  peer INTEGER NOT NULL, message INTEGER NOT NULL, scope INTEGER NOT NULL,
  edit_date INTEGER NOT NULL, hash INTEGER NOT NULL, source_rank INTEGER NOT NULL,
  n INTEGER NOT NULL, observed_at INTEGER NOT NULL, flags INTEGER NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (peer, message, scope, edit_date, hash)) WITHOUT ROWID;

-- One row a chat; the counts are kept in the transaction that changes them.
CREATE TABLE chats (
  peer INTEGER NOT NULL, scope INTEGER NOT NULL,
  title TEXT NOT NULL DEFAULT '', username TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '',
  named_at INTEGER NOT NULL DEFAULT 0,    -- when a source saw title, username and kind so
  label TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '', active INTEGER NOT NULL DEFAULT 1,
  registered INTEGER NOT NULL DEFAULT 0,  -- 1: added by a person, not only seen
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  start INTEGER NOT NULL DEFAULT 0,       -- completeness is promised from this id on; 0 = nothing promised
  newest INTEGER NOT NULL DEFAULT 0,      -- newest id that the server is known to have
  newest_at INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,       -- messages with content, deleted ones included
  deleted INTEGER NOT NULL DEFAULT 0,     -- of these
  media INTEGER NOT NULL DEFAULT 0,       -- of these
  bare INTEGER NOT NULL DEFAULT 0,        -- deletions of messages that were never seen
  before_total INTEGER NOT NULL DEFAULT 0,    -- of total: ids before start
  before_deleted INTEGER NOT NULL DEFAULT 0,  -- of these
  last_date INTEGER NOT NULL DEFAULT 0,
  migrated_to INTEGER NOT NULL DEFAULT 0, migrated_from INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (peer, scope)) WITHOUT ROWID;

-- Messages a chat and hour of their date (hours since 1970).
CREATE TABLE hourly (
  peer INTEGER NOT NULL, hour INTEGER NOT NULL, messages INTEGER NOT NULL, media INTEGER NOT NULL,
  PRIMARY KEY (peer, hour)) WITHOUT ROWID;

-- Closed, disjoint ranges of ids that are proven, per account.
CREATE TABLE coverage (
  peer INTEGER NOT NULL, scope INTEGER NOT NULL, account INTEGER NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL,
  proof INTEGER NOT NULL, proven_at INTEGER NOT NULL,
  PRIMARY KEY (peer, scope, account, first)) WITHOUT ROWID;
-- Holes as they were noticed, open (closed_at 0) and closed since.
CREATE TABLE holes (
  peer INTEGER NOT NULL, scope INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  opened_at INTEGER NOT NULL, closed_at INTEGER NOT NULL DEFAULT 0, cause TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (peer, scope, first, opened_at)) WITHOUT ROWID;
-- Ids whose loss a person accepted.
CREATE TABLE losses (
  peer INTEGER NOT NULL, scope INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (peer, scope, first)) WITHOUT ROWID;

CREATE TABLE cursors (
  name TEXT PRIMARY KEY, journal_id TEXT NOT NULL, seq INTEGER NOT NULL, required INTEGER NOT NULL,
  updated_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY AUTOINCREMENT, reader TEXT NOT NULL, seq INTEGER NOT NULL, place TEXT NOT NULL,
  reason TEXT NOT NULL, payload BLOB NOT NULL, tries INTEGER NOT NULL,
  first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
  peer INTEGER NOT NULL DEFAULT 0, message INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX quarantine_once ON quarantine (reader, seq, place, reason);

-- Consumers and what they acknowledged. No sink and no edit touches these.
CREATE TABLE consumers (
  name TEXT PRIMARY KEY, created_at INTEGER NOT NULL, last_seen INTEGER NOT NULL, stream_seq INTEGER NOT NULL,
  began TEXT NOT NULL DEFAULT '',       -- where it was made to start: now, oldest; empty = not known
  acked_at INTEGER NOT NULL DEFAULT 0,  -- when it acknowledged a place of its stream; 0 = never, it may only poll
  journal_id TEXT NOT NULL, redeliver_edits INTEGER NOT NULL DEFAULT 0, origins TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE floors (
  consumer TEXT NOT NULL, peer INTEGER NOT NULL, floor INTEGER NOT NULL, PRIMARY KEY (consumer, peer)) WITHOUT ROWID;
CREATE TABLE acks (
  peer INTEGER NOT NULL, message INTEGER NOT NULL, scope INTEGER NOT NULL, consumer TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (peer, message, scope, consumer)) WITHOUT ROWID;
-- What a consumer was served and has not marked yet; seq: the event of the newest content that it was served.
CREATE TABLE serves (
  consumer TEXT NOT NULL, peer INTEGER NOT NULL, message INTEGER NOT NULL, scope INTEGER NOT NULL,
  times INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (consumer, peer, message, scope)) WITHOUT ROWID;
CREATE INDEX serves_by_message ON serves (consumer, message, at);
-- What is not parked: 10 is kServesBeforeParked of store/local.
CREATE INDEX serves_waiting ON serves (consumer, peer, times) WHERE times < 10;
CREATE INDEX serves_parked ON serves (consumer, peer, times, at) WHERE times >= 10;
)sql";

// Since version 5: whether an account sees a chat, since when, and Telegram's word where it does not.
constexpr std::string_view kAccess = R"sql(
CREATE TABLE access (
  peer INTEGER NOT NULL, scope INTEGER NOT NULL, account INTEGER NOT NULL,
  sees INTEGER NOT NULL, since INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (peer, scope, account)) WITHOUT ROWID;
)sql";

// Since version 6: what the topics of forums are called, and since when that is known.
constexpr std::string_view kTopics = R"sql(
CREATE TABLE topics (
  peer INTEGER NOT NULL, topic INTEGER NOT NULL, title TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (peer, topic)) WITHOUT ROWID;
)sql";

// Since version 7: what a person wants done with messages (body: JSON of rules::Rule), and what was forwarded.
constexpr std::string_view kRules = R"sql(
CREATE TABLE rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER NOT NULL, body TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
-- Written before Telegram is asked (sent 0) and again when it has it: what was begun may be there already.
CREATE TABLE forwarded (
  rule INTEGER NOT NULL, peer INTEGER NOT NULL, message INTEGER NOT NULL, scope INTEGER NOT NULL,
  destination INTEGER NOT NULL, begun_at INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (rule, peer, message, scope, destination)) WITHOUT ROWID;
CREATE INDEX forwarded_sent ON forwarded (destination, sent);
)sql";

// What version 3 served has no seq: an edit counts as not served then, and comes once more.
constexpr std::string_view kSince3 =
    "ALTER TABLE serves ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE consumers ADD COLUMN began TEXT NOT NULL DEFAULT '';";

}  // namespace

Result<void> prepare(Connection& db) {
  auto version = db.scalar("PRAGMA user_version");
  if (!version) return version.error();
  if (*version == kSchemaVersion) return {};
  if (*version > kSchemaVersion) {
    return Error{Code::unsupported,
                 fmt::format("the journal has schema {}, this program knows {}", *version, kSchemaVersion),
                 "Start the newer program that wrote it, or restore a backup made before the upgrade"};
  }
  if (*version >= 3 && *version < kSchemaVersion) {
    auto done =
        db.execute(fmt::format("BEGIN IMMEDIATE;{}{}{}{}PRAGMA user_version = {};COMMIT;", *version == 3 ? kSince3 : "",
                               *version < 5 ? kAccess : "", *version < 6 ? kTopics : "", kRules, kSchemaVersion));
    if (!done) (void)db.execute("ROLLBACK");
    return done;
  }
  if (*version > 0) {
    return Error{Code::unsupported,
                 fmt::format("the journal has schema {}, which no released version wrote; this program has {}",
                             *version, kSchemaVersion),
                 "Name another data folder and import your exports anew"};
  }
  const auto now = model::Time::now();
  auto done = db.execute(
      fmt::format("BEGIN IMMEDIATE;{}{}{}{}"
                  "INSERT INTO meta VALUES ('journal_id', lower(hex(randomblob(16)))), ('created_at', '{}');"
                  // Sequence numbers start at the time of creation in µs, so that they grow also over a lost journal.
                  "INSERT INTO sqlite_sequence (name, seq) VALUES ('events', {});"
                  "PRAGMA user_version = {};COMMIT;",
                  kTables, kAccess, kTopics, kRules, now.us, now.us, kSchemaVersion));
  if (!done) (void)db.execute("ROLLBACK");
  return done;
}

}  // namespace tg::journal
