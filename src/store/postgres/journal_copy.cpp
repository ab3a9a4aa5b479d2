// A journal made from the database.

#include "journal/flags.h"
#include "model/message_json.h"
#include "pipeline/chat_counts.h"
#include "pipeline/fold.h"
#include "pipeline/heads.h"
#include "pipeline/normalise.h"
#include "store/postgres/copy.h"
#include "store/postgres/detail/connection.h"
#include "store/postgres/detail/rebuild.h"

namespace tg::store::postgres {
namespace {

constexpr std::int64_t kPageMessages = 5'000;
constexpr std::chrono::minutes kReadPatience{10};

// In the journal's meta, written with what it stands for.
constexpr std::string_view kCopyOf = "copy_of";        // journal id that the database has its messages from
constexpr std::string_view kCopyPlace = "copy_place";  // the message that was copied last
constexpr std::string_view kCopyLast = "copy_last";    // newest event then

std::string meta(journal::Connection& db, std::string_view name) {
  auto& row = db.prepared("SELECT value FROM meta WHERE name = ?").with(name);
  const auto found = row.step();
  std::string value = found && *found ? std::string(row.text(0)) : std::string();
  row.reset();
  return value;
}

Result<void> set_meta(journal::Connection& db, std::string_view name, std::string_view value) {
  return db.prepared("INSERT OR REPLACE INTO meta VALUES (?, ?)").with(name, value).run();
}

template <class Work>
Result<void> in_transaction(journal::Connection& db, Work work) {
  if (auto begun = db.execute("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> done = work();
  if (done) done = db.execute("COMMIT");
  if (!done) (void)db.execute("ROLLBACK");
  return done;
}

// Messages are copied in this order.
struct Place {
  std::int64_t id = 0, channel = 0, message = 0, scope = 0;

  std::string text() const { return fmt::format("{} {} {} {}", id, channel, message, scope); }
  static Place from(const std::string& text) {
    Place place;
    std::istringstream in(text);
    in >> place.id >> place.channel >> place.message >> place.scope;
    return place;
  }
};

struct Page {
  std::vector<StoredMessage> messages;
  std::int64_t foreign = 0;
  std::optional<Place> last;  // nothing: there are no more
};

std::string counters_of(std::string_view json) {
  if (json.empty()) return {};
  auto counters = model::counters_from_json(json);
  return counters && !counters->empty() ? model::to_json(*counters) : std::string();
}

model::SourceKind source_of(std::string_view name) {
  return model::parse_source(name).value_or(model::SourceKind::export_file);
}

class Reader {
 public:
  explicit Reader(Connection& db) : db_(db) {}

  Result<Page> page(const Place& after) {
    auto rows = db_.run(
        "SELECT m.scope, m.channel_id, m.message_id, m.telegram_date, m.id, m.arrival, m.content_seq, m.last_seq, "
        "m.origin, m.source, m.account, m.offered, m.reprocess, coalesce(m.flags, 0), m.received_at, m.created_at, "
        "m.updated_at, m.reprocess_requested_at, m.deleted_at, coalesce((m.metadata -> 'counters')::text, '') FROM "
        "telegram_gateway.messages m WHERE m.id >= $1 AND (m.id, m.channel_id, m.message_id, m.scope) > ($1, $2, $3, "
        "$4) ORDER BY m.id, m.channel_id, m.message_id, m.scope LIMIT $5",
        Params().add(after.id).add(after.channel).add(after.message).add(after.scope).add(kPageMessages),
        kReadPatience);
    if (!rows) return rows.error();
    Page page;
    std::unordered_map<model::MessageKey, std::size_t> places;
    Numbers scopes, channels, ids;
    std::vector<model::Time> dates;
    for (int at = 0; at < rows->size(); ++at) {
      StoredMessage one = message(*rows, at);
      page.last = Place{one.first.value, one.key.peer.value, one.key.message.value, one.key.scope.value};
      if (!one.content) {
        ++page.foreign;
        continue;
      }
      places.emplace(one.key, page.messages.size());
      scopes.push_back(one.key.scope.value);
      channels.push_back(one.key.peer.value);
      ids.push_back(one.key.message.value);
      dates.push_back(rows->time(at, 3));
      page.messages.push_back(std::move(one));
    }
    if (page.messages.empty()) return page;
    if (auto done = read_versions(scopes, channels, ids, dates, places, page.messages); !done) return done.error();
    page.foreign += std::erase_if(page.messages, [](const StoredMessage& one) { return one.versions.empty(); });
    return page;
  }

 private:
  using Numbers = std::vector<std::int64_t>;

  static StoredMessage message(const Rows& rows, int at) {
    StoredMessage one;
    one.key = {model::Scope{rows.integer(at, 0)}, model::ChatId{rows.integer(at, 1)},
               model::MessageId{rows.integer(at, 2)}};
    one.first = model::Seq{rows.integer(at, 4)};
    one.arrival = model::Seq{rows.integer(at, 5)};
    one.content = model::Seq{rows.integer(at, 6)};
    one.last = model::Seq{rows.integer(at, 7)};
    one.origin = static_cast<model::Origin>(rows.integer(at, 8));
    one.source = source_of(rows.text(at, 9));
    one.account = rows.integer(at, 10);
    one.offered = rows.boolean(at, 11);
    one.reprocess = rows.boolean(at, 12);
    one.erased = (rows.integer(at, 13) & journal::flag::kErased) != 0;
    one.received = rows.time(at, 14);
    one.created = rows.time(at, 15);
    one.updated = rows.time(at, 16);
    one.asked_again = rows.time(at, 17);
    one.deleted = rows.time(at, 18);
    one.counters = counters_of(rows.text(at, 19));
    return one;
  }

  // By the key of each, never by reading whole partitions.
  Result<void> read_versions(const Numbers& scopes, const Numbers& channels, const Numbers& ids,
                             const std::vector<model::Time>& dates,
                             const std::unordered_map<model::MessageKey, std::size_t>& places,
                             std::vector<StoredMessage>& messages) {
    const auto [first, last] = std::minmax_element(dates.begin(), dates.end());
    const std::array queries = {
        Query{"SET LOCAL enable_seqscan = off", {}}, Query{"SET LOCAL enable_hashjoin = off", {}},
        Query{"SET LOCAL enable_mergejoin = off", {}},
        Query{"SELECT v.scope, v.channel_id, v.message_id, v.kind, v.edit_date, v.n, v.seq, v.origin, v.source, "
              "v.account, v.observed_at, v.recorded_at, v.superseded, v.hidden_edit, v.body, v.flags, v.hash FROM "
              "unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[]) AS k (scope, channel, message, "
              "date) JOIN telegram_gateway.message_versions v ON v.scope = k.scope AND v.channel_id = k.channel AND "
              "v.message_id = k.message AND v.telegram_date = k.date WHERE v.telegram_date BETWEEN $5 AND $6 ORDER BY "
              "v.seq",
              std::move(Params().add(scopes).add(channels).add(ids).add(std::span(dates)).add(*first).add(*last))}};
    auto results = db_.run_together(queries, kReadPatience);
    if (!results) return results.error();
    const auto& rows = results->back();
    for (int at = 0; at < rows.size(); ++at) {
      const model::MessageKey key{model::Scope{rows.integer(at, 0)}, model::ChatId{rows.integer(at, 1)},
                                  model::MessageId{rows.integer(at, 2)}};
      const auto place = places.find(key);
      if (place == places.end()) continue;
      auto& stored = messages[place->second];
      auto event = version(rows, at, key, stored);
      if (!event) return event.error();
      stored.versions.push_back(std::move(*event));
    }
    return {};
  }

  static Result<model::Event> version(const Rows& rows, int at, const model::MessageKey& key,
                                      const StoredMessage& stored) {
    model::Event event;
    event.key = key;
    event.kind = static_cast<model::Kind>(rows.integer(at, 3));
    event.edit_date = model::Time::seconds(rows.integer(at, 4));
    event.n = rows.integer(at, 5);
    event.seq = model::Seq{rows.integer(at, 6)};
    event.origin = static_cast<model::Origin>(rows.integer(at, 7));
    event.source = source_of(rows.text(at, 8));
    event.account = rows.integer(at, 9);
    event.observed_at = rows.time(at, 10);
    event.recorded_at = rows.time(at, 11);
    event.superseded = rows.boolean(at, 12);
    event.hidden_edit = rows.boolean(at, 13);
    event.message = std::string(rows.text(at, 14));
    auto message = model::message_from_json(event.message);
    if (!message) {
      return Error{
          Code::corrupt,
          fmt::format("message_versions, {}, seq {}: {}", model::to_api_id(key), event.seq.value, message.error().what),
          "Restore the database's row from a backup, or delete it to copy without this content"};
    }
    if (rows.is_null(at, 15)) {
      event.offered = stored.offered && event.seq == stored.arrival;
    } else {
      journal::take_flags(event, rows.integer(at, 15));
    }
    event.hash = rows.is_null(at, 16) ? pipeline::content_hash(*message) : rows.integer(at, 16);
    return event;
  }

  Connection& db_;
};

class JournalWriter {
 public:
  explicit JournalWriter(journal::Journal& journal) : db_(journal.writer()) {}

  // One transaction, with the place.
  Result<void> write(const Page& page, JournalCopied& copied) {
    JournalCopied now;
    if (auto done = in_transaction(db_, [&] { return write_all(page, now); }); !done) return done;
    copied.messages += now.messages;
    copied.events += now.events;
    copied.foreign += page.foreign;
    return {};
  }

 private:
  Result<void> write_all(const Page& page, JournalCopied& now) {
    pipeline::ChatCounts counts;
    for (const auto& stored : page.messages) {
      pipeline::State state;
      for (auto& event : events_of(stored)) {
        const auto facts = pipeline::facts_of(event);
        if (auto done = pipeline::append(db_, event, facts); !done) return done;
        pipeline::apply(state, event, facts);
        ++now.events;
      }
      state.reprocess = stored.reprocess;
      if (!state.counters.empty()) state.counters_at = stored.updated;
      if (auto done = pipeline::save_state(db_, stored.key, {}, state); !done) return done;
      counts.change(stored.key, {}, state);
      ++now.messages;
    }
    if (auto done = counts.write(db_, model::Time::now()); !done) return done;
    if (auto done = set_meta(db_, kCopyPlace, page.last->text()); !done) return done;
    const auto last = db_.scalar("SELECT max(seq) FROM events");
    if (!last) return last.error();
    return set_meta(db_, kCopyLast, std::to_string(*last));
  }

  journal::Connection& db_;
};

// Where to go on; an error where the journal is no copy of this database.
Result<Place> begin(journal::Journal& journal, const std::string& copy_of, model::Seq oldest) {
  auto& db = journal.writer();
  const auto known = meta(db, kCopyOf);
  const auto head = db.scalar("SELECT max(seq) FROM events");
  if (!head) return head.error();
  constexpr std::string_view kFix =
      "Name a new folder with --data-dir; to bring this journal into the database, "
      "copy it --from local --to postgres";
  if (known.empty()) {
    if (*head != 0) {
      return Error{Code::conflict,
                   fmt::format("the journal in {} holds messages that do not come from this database",
                               journal.folder().string()),
                   std::string(kFix)};
    }
    // Its own numbers come behind all of these, and what it holds begins with them.
    auto done = in_transaction(db, [&]() -> Result<void> {
      if (auto set = set_meta(db, kCopyOf, copy_of); !set || !oldest) return set;
      return set_meta(db, "created_at", std::to_string(oldest.value - 1));
    });
    if (!done) return done.error();
    return Place{};
  }
  if (known != copy_of) {
    return Error{Code::conflict,
                 fmt::format("the journal in {} is a copy of another database, or of this one under another gateway",
                             journal.folder().string()),
                 std::string(kFix)};
  }
  const auto last = meta(db, kCopyLast);
  if (*head != 0 && *head > (last.empty() ? 0 : std::stoll(last))) {
    return Error{
        Code::conflict,
        fmt::format("a gateway has gone on with the journal in {} since it was copied", journal.folder().string()),
        std::string(kFix)};
  }
  return Place::from(meta(db, kCopyPlace));
}

Result<std::int64_t> copy_chats(Connection& from, journal::Connection& to) {
  auto rows = from.run(
      "SELECT channel_id, scope, label, description, is_active, registered, title, username, kind, "
      "coalesce(migrated_to, 0), coalesce(migrated_from, 0), created_at, updated_at, total_messages FROM "
      "telegram_gateway.channels");
  if (!rows) return rows.error();
  std::int64_t counted = 0;
  for (int at = 0; at < rows->size(); ++at) {
    auto& row = to.prepared(
        "INSERT INTO chats (peer, scope, label, description, active, registered, title, username, kind, migrated_to, "
        "migrated_from, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET label = excluded.label, description = excluded.description, active = excluded.active, registered = "
        "excluded.registered, title = excluded.title, username = excluded.username, kind = excluded.kind, migrated_to "
        "= excluded.migrated_to, migrated_from = excluded.migrated_from, created_at = excluded.created_at, updated_at "
        "= excluded.updated_at");
    row.with(rows->integer(at, 0), rows->integer(at, 1), rows->text(at, 2), rows->text(at, 3),
             static_cast<int>(rows->boolean(at, 4)), static_cast<int>(rows->boolean(at, 5)), rows->text(at, 6),
             rows->text(at, 7), rows->text(at, 8), rows->integer(at, 9), rows->integer(at, 10), rows->time(at, 11),
             rows->time(at, 12));
    if (auto done = row.run(); !done) return done.error();
    counted += rows->integer(at, 13);
  }
  return counted;
}

Result<void> copy_topics(Connection& from, journal::Connection& to) {
  auto rows = from.run("SELECT channel_id, topic_id, title FROM telegram_gateway.topics");
  if (!rows) return rows.error();
  for (int at = 0; at < rows->size(); ++at) {
    auto done = to.prepared("INSERT INTO topics (peer, topic, title, at) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING")
                    .with(rows->integer(at, 0), rows->integer(at, 1), rows->text(at, 2))
                    .run();
    if (!done) return done;
  }
  return {};
}

// The seqs are the same, so each destination goes on where it was. Not the database itself: it is told everything once
// more, which changes nothing.
Result<void> copy_cursors(Connection& from, journal::Connection& to, const std::string& copy_of,
                          const std::string& journal_id) {
  auto rows = from.run("SELECT name, seq FROM telegram_gateway.cursors WHERE name <> 'postgres' AND journal_id = $1",
                       Params().add(copy_of));
  if (!rows) return rows.error();
  for (int at = 0; at < rows->size(); ++at) {
    auto done =
        to.prepared(
              "INSERT INTO cursors (name, journal_id, seq, required, updated_at) VALUES (?1, ?2, min(?3, (SELECT "
              "max(seq) FROM events)), 0, ?4) ON CONFLICT DO NOTHING")
            .with(rows->text(at, 0), std::string_view(journal_id), rows->integer(at, 1), model::Time::now())
            .run();
    if (!done) return done;
  }
  return {};
}

Result<void> copy_messages(Connection& from, journal::Journal& to, Place place, const OnCopied& on_copied,
                           JournalCopied& copied) {
  auto all = from.run("SELECT count(*) FROM telegram_gateway.messages m WHERE m.id >= $1", Params().add(place.id),
                      kReadPatience);
  if (!all) return all.error();
  Reader reader(from);
  JournalWriter writer(to);
  while (true) {
    if (auto room = to.room(); !room) return room;
    auto page = reader.page(place);
    if (!page) return page.error();
    if (!page->last) return {};
    if (auto done = writer.write(*page, copied); !done) return done;
    place = *page->last;
    if (on_copied) on_copied(copied.messages + copied.foreign, all->integer(0, 0));
  }
}

}  // namespace

Result<JournalCopied> copy_to_journal(const Target& database, journal::Journal& journal, const OnCopied& on_copied) {
  auto db = Connection::open(database);
  if (!db) return db.error();
  auto about = (*db)->run(
      "SELECT coalesce((SELECT journal_id FROM telegram_gateway.cursors WHERE name = 'postgres'), ''), (SELECT "
      "coalesce(min(id), 0) FROM telegram_gateway.messages WHERE content_seq > 0)",
      {}, kReadPatience);
  if (!about) return about.error();
  const std::string copy_of(about->text(0, 0));
  if (copy_of.empty()) {
    return Error{Code::not_found, "no gateway has written to this database yet",
                 "Check host, port and database in [postgres]"};
  }
  auto place = begin(journal, copy_of, model::Seq{about->integer(0, 1)});
  if (!place) return place.error();
  auto& to = journal.writer();
  JournalCopied copied;
  if (auto done = copy_messages(**db, journal, *place, on_copied, copied); !done) return done.error();
  std::int64_t counted = 0;
  auto done = in_transaction(to, [&]() -> Result<void> {
    auto chats = copy_chats(**db, to);
    if (!chats) return chats.error();
    counted = *chats;
    if (auto topics = copy_topics(**db, to); !topics) return topics;
    return copy_cursors(**db, to, copy_of, journal.id());
  });
  if (!done) return done.error();
  auto stored = to.scalar("SELECT count(*) FROM heads WHERE date IS NOT NULL");
  if (!stored) return stored.error();
  copied.dropped = std::max(std::int64_t{0}, counted - *stored);
  return copied;
}

}  // namespace tg::store::postgres
