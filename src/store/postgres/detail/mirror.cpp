#include "store/postgres/detail/mirror.h"

#include "observe/log.h"
#include "store/postgres/detail/batch.h"

namespace tg::store::postgres {
namespace {

using Numbers = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;
using Times = std::vector<model::Time>;

template <class Take>
Result<void> each(journal::Connection& db, std::string_view sql, Take take) {
  auto& rows = db.prepared(sql).reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    take(rows);
  }
  rows.reset();
  return {};
}

Result<Query> chats(journal::Connection& journal) {
  Numbers peer, scope, total, deleted, media, to, from;
  Texts label, description, title, username, kind;
  std::vector<char> active, registered;
  Times last, created, updated;
  auto done =
      each(journal,
           "SELECT peer, scope, label, description, active, registered, title, username, kind, total, deleted, media, "
           "last_date, migrated_to, migrated_from, created_at, updated_at FROM chats ORDER BY peer, scope",
           [&](journal::Statement& row) {
             peer.push_back(row.integer(0));
             scope.push_back(row.integer(1));
             label.emplace_back(row.text(2));
             description.emplace_back(row.text(3));
             active.push_back(row.integer(4) != 0);
             registered.push_back(row.integer(5) != 0);
             title.emplace_back(row.text(6));
             username.emplace_back(row.text(7));
             kind.emplace_back(row.text(8));
             total.push_back(row.integer(9));
             deleted.push_back(row.integer(10));
             media.push_back(row.integer(11));
             last.push_back(model::Time{row.integer(12)});
             to.push_back(row.integer(13));
             from.push_back(row.integer(14));
             created.push_back(model::Time{row.integer(15)});
             updated.push_back(model::Time{row.integer(16)});
           });
  if (!done) return done.error();
  Params params;
  params.add(peer).add(scope).add(label).add(description).add_bools(active).add_bools(registered).add(title);
  params.add(username).add(kind).add(total).add(deleted).add(media).add(last).add(to).add(from).add(created);
  params.add(updated);
  return Query{
      "INSERT INTO telegram_gateway.channels AS c (channel_id, scope, label, description, is_active, registered, "
      "title, "
      "username, kind, total_messages, deleted_messages, media_messages, last_message_at, migrated_to, migrated_from, "
      "created_at, updated_at, first_seen) SELECT b.peer, b.scope, b.label, b.description, b.active, b.registered, "
      "b.title, b.username, b.kind, b.total, b.deleted, b.media, b.last, nullif(b.to_peer, 0), nullif(b.from_peer, 0), "
      "b.created, b.updated, b.created FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::boolean[], "
      "$6::boolean[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], "
      "$13::timestamptz[], $14::bigint[], $15::bigint[], $16::timestamptz[], $17::timestamptz[]) AS b (peer, scope, "
      "label, description, active, registered, title, username, kind, total, deleted, media, last, to_peer, from_peer, "
      "created, updated) ON CONFLICT (channel_id, scope) DO UPDATE SET label = excluded.label, description = "
      "excluded.description, is_active = excluded.is_active, registered = excluded.registered, title = excluded.title, "
      "username = excluded.username, kind = excluded.kind, total_messages = excluded.total_messages, deleted_messages "
      "= "
      "excluded.deleted_messages, media_messages = excluded.media_messages, last_message_at = "
      "excluded.last_message_at, migrated_to = excluded.migrated_to, migrated_from = excluded.migrated_from, "
      "updated_at = excluded.updated_at WHERE (c.label, c.description, c.is_active, c.registered, c.title, c.username, "
      "c.kind, c.total_messages, c.deleted_messages, c.media_messages, c.last_message_at, c.migrated_to, "
      "c.migrated_from) IS DISTINCT FROM (excluded.label, excluded.description, excluded.is_active, "
      "excluded.registered, excluded.title, excluded.username, excluded.kind, excluded.total_messages, "
      "excluded.deleted_messages, excluded.media_messages, excluded.last_message_at, excluded.migrated_to, "
      "excluded.migrated_from)",
      std::move(params)};
}

Result<Query> topics(journal::Connection& journal) {
  Numbers peer, topic;
  Texts title;
  auto done = each(journal, "SELECT peer, topic, title FROM topics ORDER BY peer, topic", [&](journal::Statement& row) {
    peer.push_back(row.integer(0));
    topic.push_back(row.integer(1));
    title.emplace_back(row.text(2));
  });
  if (!done) return done.error();
  return Query{
      "INSERT INTO telegram_gateway.topics AS t (channel_id, topic_id, title) SELECT * FROM unnest($1::bigint[], "
      "$2::bigint[], $3::text[]) ON CONFLICT (channel_id, topic_id) DO UPDATE SET title = excluded.title WHERE t.title "
      "<> excluded.title",
      std::move(Params().add(peer).add(topic).add(title))};
}

Result<Query> cursors(journal::Connection& journal) {
  Numbers seq;
  Texts name, id;
  auto done = each(journal, "SELECT name, journal_id, seq FROM cursors WHERE name <> 'postgres' ORDER BY name",
                   [&](journal::Statement& row) {
                     name.emplace_back(row.text(0));
                     id.emplace_back(row.text(1));
                     seq.push_back(row.integer(2));
                   });
  if (!done) return done.error();
  return Query{
      "WITH b AS (SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) AS u (name, journal_id, seq)), gone AS ("
      "DELETE FROM telegram_gateway.cursors c WHERE c.name <> 'postgres' AND c.name <> ALL ($1::text[])) INSERT INTO "
      "telegram_gateway.cursors AS c (name, journal_id, seq) SELECT * FROM b ON CONFLICT (name) DO UPDATE SET "
      "journal_id = excluded.journal_id, seq = excluded.seq, updated_at = now() WHERE (c.journal_id, c.seq) IS "
      "DISTINCT "
      "FROM (excluded.journal_id, excluded.seq)",
      std::move(Params().add(name).add(id).add(seq))};
}

struct Refusals {
  Numbers peer, message, scope, tries;
  Texts reader, reason;
  Times date, last;
};

// The oldest 10,000: more than that is a destination that takes nothing.
Result<Refusals> quarantined(journal::Connection& journal) {
  Refusals all;
  auto done = each(
      journal,
      "SELECT q.reader, q.peer, q.message, h.scope, h.date, max(q.tries), max(q.reason), max(q.last_at) FROM (SELECT * "
      "FROM quarantine WHERE message <> 0 ORDER BY id LIMIT 10000) q JOIN heads h ON h.peer = q.peer AND h.message = "
      "q.message GROUP BY 1, 2, 3 ORDER BY 2, 3, 1",
      [&](journal::Statement& row) {
        all.reader.emplace_back(row.text(0));
        all.peer.push_back(row.integer(1));
        all.message.push_back(row.integer(2));
        all.scope.push_back(row.integer(3));
        all.date.push_back(model::Time{row.integer(4)});
        all.tries.push_back(row.integer(5));
        all.reason.emplace_back(row.text(6));
        all.last.push_back(model::Time{row.integer(7)});
      });
  if (!done) return done.error();
  return all;
}

Query quarantined(const Refusals& all) {
  if (all.peer.empty()) return Query{"DELETE FROM telegram_gateway.quarantined", {}};
  Params params;
  params.add(all.reader).add(all.peer).add(all.message).add(all.scope).add(all.date).add(all.tries).add(all.reason);
  params.add(all.last);
  return {
      "WITH b AS (SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], "
      "$6::bigint[], $7::text[], $8::timestamptz[]) AS u (reader, peer, message, scope, date, tries, reason, last)), "
      "gone AS (DELETE FROM telegram_gateway.quarantined q WHERE NOT EXISTS (SELECT FROM b WHERE b.reader = q.reader "
      "AND b.peer = q.channel_id AND b.message = q.message_id)) INSERT INTO telegram_gateway.quarantined AS q "
      "(reader, channel_id, message_id, scope, telegram_date, tries, reason, last_at) SELECT reader, peer, message, "
      "scope, date, tries, reason, last FROM b ON CONFLICT (channel_id, message_id, reader) DO UPDATE SET tries = "
      "excluded.tries, reason = excluded.reason, last_at = excluded.last_at",
      std::move(params)};
}

// Messages say when they were refused last. Halved like the writer's batches; a message that is too much alone goes
// without.
Result<void> set_failed(Connection& db, const Refusals& all, std::size_t from, std::size_t count) {
  if (count == 0) return {};
  const auto part = [&](const auto& column) { return std::span(column).subspan(from, count); };
  const auto [oldest, newest] = span_of(part(all.date));
  Params params;
  params.add(part(all.peer)).add(part(all.message)).add(part(all.scope)).add(part(all.date)).add(part(all.last));
  params.add(oldest).add(newest);
  auto done = db.run(
      "UPDATE telegram_gateway.messages m SET failed_at = b.last FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], "
      "$4::timestamptz[], $5::timestamptz[]) AS b (peer, message, scope, date, last) WHERE m.scope = b.scope AND "
      "m.channel_id = b.peer AND m.message_id = b.message AND m.telegram_date = b.date AND m.failed_at IS DISTINCT "
      "FROM "
      "b.last AND m.channel_id = ANY ($1) AND m.telegram_date BETWEEN $6 AND $7",
      params);
  if (done) return {};
  if (!is_too_much_at_once(db.sqlstate())) return done.error();
  if (count == 1) {
    observe::warn("failure_not_noted", {{"channel", all.peer[from]}, {"reason", done.error().to_string()}});
    return {};
  }
  if (auto first = set_failed(db, all, from, count / 2); !first) return first;
  return set_failed(db, all, from + count / 2, count - count / 2);
}

}  // namespace

Result<void> Mirror::refresh(journal::Connection& journal, Connection& db) {
  constexpr std::array kParts = {chats, topics, cursors};
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    auto query = kParts[i](journal);
    if (!query) return query.error();
    const auto hash = query->params.hash();
    if (hash == sent_[i]) continue;
    if (auto done = db.run(query->sql, query->params); !done) return done.error();
    sent_[i] = hash;
  }
  const auto refusals = quarantined(journal);
  if (!refusals) return refusals.error();
  const auto query = quarantined(*refusals);
  const auto hash = query.params.hash();
  if (hash == sent_.back()) return {};
  if (auto done = db.run(query.sql, query.params); !done) return done.error();
  if (auto done = set_failed(db, *refusals, 0, refusals->peer.size()); !done) return done;
  sent_.back() = hash;
  return {};
}

}  // namespace tg::store::postgres
