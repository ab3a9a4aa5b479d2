// Making the store, single messages and their versions, and what goes to the registry.

#include "store/postgres/postgres_store.h"

#include <algorithm>

#include "journal/cursors.h"
#include "store/postgres/detail/impl.h"

namespace tg::store {

PostgresStore::Impl::Impl(postgres::Target target, Parts p, Options o)
    : parts(std::move(p)),
      options(o),
      pool(std::move(target), o.connections),
      reads(parts.metrics.database_seconds("read")),
      changes(parts.metrics.database_seconds("change")),
      unmarked(o.most_unmarked),
      quiet(parts.journal.head()) {
  subscription = parts.journal.on_commit([this](const std::vector<model::Event>& events) { quiet.note(events); });
}

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); }

constexpr std::string_view kFix = "Look whether PostgreSQL and PgBouncer run; what is captured meanwhile is kept";

Error unavailable(Error error) {
  if (error.code == Code::unavailable || error.code == Code::timeout) {
    error.code = Code::unavailable;
    if (error.fix.empty()) error.fix = kFix;
  }
  // The tables, not what was asked for.
  if (error.code == Code::not_found) {
    error.code = Code::unavailable;
    error.fix = "Run telegram-gateway db migrate";
  }
  return error;
}

}  // namespace

Result<std::vector<postgres::Rows>> PostgresStore::Impl::ask(std::span<const postgres::Query> queries) {
  auto connection = pool.get(options.patience);
  if (!connection) return unavailable(connection.error());
  const auto began = Clock::now();
  auto rows = (*connection)->run_together(queries, options.patience);
  reads.Observe(seconds_since(began));
  if (!rows) return unavailable(rows.error());
  return rows;
}

Result<postgres::Rows> PostgresStore::Impl::ask(const postgres::Query& query) {
  auto all = ask(std::span(&query, 1));
  if (!all) return all.error();
  return std::move(all->front());
}

// A deadlock or a serialisation that failed has changed nothing.
Result<std::vector<postgres::Rows>> PostgresStore::Impl::change(std::span<const postgres::Query> queries) {
  constexpr int kTries = 5;
  for (int tried = 1;; ++tried) {
    auto connection = pool.get(options.patience);
    if (!connection) return unavailable(connection.error());
    const auto began = Clock::now();
    auto rows = (*connection)->run_together(queries, options.patience);
    changes.Observe(seconds_since(began));
    if (rows) return rows;
    if (tried == kTries || !(*connection)->sqlstate().starts_with("40")) return unavailable(rows.error());
  }
}

Result<postgres::Rows> PostgresStore::Impl::change(const postgres::Query& query) {
  auto all = change(std::span(&query, 1));
  if (!all) return all.error();
  return std::move(all->front());
}

Result<std::vector<postgres::Key>> PostgresStore::Impl::dated(const std::vector<model::MessageKey>& keys) {
  auto db = parts.journal.read();
  if (!db) return db.error();
  std::vector<postgres::Key> all;
  for (const auto& key : keys) {
    auto& row = (*db)
                    ->prepared("SELECT coalesce(date, 0) FROM heads WHERE peer = ? AND message = ? AND scope = ?")
                    .with(key.peer, key.message, key.scope);
    auto found = row.step();
    if (!found) return found.error();
    all.push_back({key, *found ? model::Time{row.integer(0)} : model::Time{}});
    row.reset();
  }
  return all;
}

Result<std::vector<postgres::Key>> PostgresStore::Impl::with_id(const std::vector<model::ChatId>& peers,
                                                                model::MessageId message) {
  std::vector<model::ChatId> asked = peers;
  if (asked.empty()) {
    auto chats = parts.registry.chats();
    if (!chats) return chats.error();
    std::set<model::ChatId> all;
    for (const auto& chat : *chats) all.insert(chat.peer);
    asked.assign(all.begin(), all.end());
  }
  auto db = parts.journal.read();
  if (!db) return db.error();
  std::vector<postgres::Key> keys;
  for (const auto peer : asked) {
    auto& row = (*db)
                    ->prepared("SELECT scope, date FROM heads WHERE peer = ? AND message = ? AND date IS NOT NULL")
                    .with(peer, message);
    while (true) {
      auto found = row.step();
      if (!found) return found.error();
      if (!*found) break;
      keys.push_back({{model::Scope{row.integer(0)}, peer, message}, model::Time{row.integer(1)}});
    }
    row.reset();
  }
  return keys;
}

Result<std::vector<model::ChatId>> PostgresStore::Impl::with_successors(std::vector<model::ChatId> peers) {
  for (std::size_t i = 0; i < peers.size() && i < 1'000; ++i) {
    const auto chat = parts.registry.chat(peers[i]);
    if (!chat) return chat.error();
    if (!*chat) continue;
    for (const auto peer : {(*chat)->migrated_to, (*chat)->migrated_from}) {
      if (peer && std::find(peers.begin(), peers.end(), peer) == peers.end()) peers.push_back(peer);
    }
  }
  return peers;
}

void PostgresStore::Impl::changed(const std::vector<model::MessageKey>& keys) {
  std::set<model::ChatId> chats;
  for (const auto& key : keys) chats.insert(key.peer);
  for (const auto chat : chats) parts.generations.bump(chat);
}

PostgresStore::PostgresStore(postgres::Target target, Parts parts, Options options)
    : impl_(std::make_unique<Impl>(std::move(target), std::move(parts), options)) {}
PostgresStore::~PostgresStore() = default;

PostgresStore::Polls PostgresStore::polls() const { return {impl_->polls, impl_->polls_asked}; }

Result<std::optional<Row>> PostgresStore::get(const model::MessageKey& key) {
  auto dated = impl_->dated({key});
  if (!dated) return dated.error();
  auto found = impl_->ask(postgres::rows_of(*dated));
  if (!found) return found.error();
  if (found->empty()) return std::optional<Row>();
  auto row = postgres::row_from(*found, 0);
  if (!row) return row.error();
  return std::optional<Row>(std::move(*row));
}

Result<std::vector<Version>> PostgresStore::versions(const model::MessageKey& key) {
  auto dated = impl_->dated({key});
  if (!dated) return dated.error();
  const auto date = dated->front().date;
  postgres::Query query;
  query.sql = fmt::format(
      "SELECT v.kind, v.edit_date, v.n, v.seq, v.origin, v.source, v.account, v.observed_at, v.recorded_at, "
      "v.superseded, v.hidden_edit, v.body, v.seq = m.content_seq FROM telegram_gateway.messages m JOIN "
      "telegram_gateway.message_versions v ON v.scope = m.scope AND v.channel_id = m.channel_id AND v.message_id = "
      "m.message_id AND v.telegram_date = m.telegram_date WHERE m.scope = $1 AND m.channel_id = $2 AND m.message_id = "
      "$3 {} ORDER BY v.seq = m.content_seq, v.edit_date, v.observed_at",
      date ? "AND m.telegram_date = $4 AND v.telegram_date = $4" : "");
  query.params.add(key.scope).add(key.peer).add(key.message);
  if (date) query.params.add(date);
  auto rows = impl_->ask(query);
  if (!rows) return rows.error();
  std::vector<Version> versions;
  for (int at = 0; at < rows->size(); ++at) {
    Version version;
    auto& event = version.event;
    event.key = key;
    event.kind = static_cast<model::Kind>(rows->integer(at, 0));
    event.edit_date = model::Time::seconds(rows->integer(at, 1));
    event.n = rows->integer(at, 2);
    event.seq = model::Seq{rows->integer(at, 3)};
    event.origin = static_cast<model::Origin>(rows->integer(at, 4));
    event.source = model::parse_source(rows->text(at, 5)).value_or(model::SourceKind::tdlib);
    event.account = rows->integer(at, 6);
    event.observed_at = rows->time(at, 7);
    event.recorded_at = rows->time(at, 8);
    event.superseded = rows->boolean(at, 9);
    event.hidden_edit = rows->boolean(at, 10);
    event.message = rows->text(at, 11);
    version.current = rows->boolean(at, 12);
    versions.push_back(std::move(version));
  }
  return versions;
}

// The journal has the change; the answer is given when the database has it too.
Result<Row> PostgresStore::as_stored(const model::MessageKey& key, Result<Row> changed) {
  if (!changed) return changed;
  if (impl_->parts.wait_stored && !impl_->parts.wait_stored(changed->seq, impl_->options.stored_within)) return changed;
  impl_->changed({key});
  auto row = get(key);
  if (!row || !*row) return changed;
  return std::move(**row);
}

Result<Row> PostgresStore::remove(const model::MessageKey& key, const std::string& reason) {
  return as_stored(key, impl_->parts.registry.remove(key, reason));
}

Result<Row> PostgresStore::reprocess(const model::MessageKey& key, const std::string& requested_by) {
  return as_stored(key, impl_->parts.registry.reprocess(key, requested_by));
}

Result<std::vector<Chat>> PostgresStore::chats() { return impl_->parts.registry.chats(); }
Result<std::optional<Chat>> PostgresStore::chat(model::ChatId peer) { return impl_->parts.registry.chat(peer); }
Result<Chat> PostgresStore::add_chat(const Chat& chat) { return impl_->parts.registry.add_chat(chat); }
Result<Chat> PostgresStore::change_chat(model::ChatId peer, std::optional<std::string> label,
                                        std::optional<std::string> description, std::optional<bool> active) {
  return impl_->parts.registry.change_chat(peer, std::move(label), std::move(description), active);
}
Result<void> PostgresStore::remove_chat(model::ChatId peer) { return impl_->parts.registry.remove_chat(peer); }
Result<std::map<model::ChatId, std::array<std::int64_t, 24>>> PostgresStore::last_day() {
  return impl_->parts.registry.last_day();
}

// The counts are the journal's; who wrote is told here, where also trimmed messages are.
Result<ChatStatistics> PostgresStore::statistics(model::ChatId peer) {
  auto statistics = impl_->parts.registry.statistics(peer);
  if (!statistics) return statistics;
  postgres::Query query;
  query.sql =
      "SELECT s.sender, count(*) FROM (SELECT m.sender FROM telegram_gateway.messages m WHERE m.channel_id = $1 "
      "ORDER BY m.telegram_date DESC LIMIT 10000) s WHERE s.sender <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10";
  query.params.add(peer);
  auto rows = impl_->ask(query);
  if (!rows) return rows.error();
  statistics->top_senders.clear();
  for (int at = 0; at < rows->size(); ++at) {
    statistics->top_senders.emplace_back(std::string(rows->text(at, 0)), rows->integer(at, 1));
  }
  return statistics;
}

// What is searched is the text that is stored: it is as far as the writer is.
Result<SearchState> PostgresStore::search_state() {
  auto rows = impl_->ask({"SELECT telegram_gateway.stored_to()", {}});
  if (!rows) return rows.error();
  const model::Seq stored{rows->integer(0, 0)};
  auto db = impl_->parts.journal.read();
  if (!db) return db.error();
  const auto behind = journal::events_behind(**db, stored);
  if (!behind) return behind.error();
  return SearchState{stored, *behind};
}

}  // namespace tg::store
