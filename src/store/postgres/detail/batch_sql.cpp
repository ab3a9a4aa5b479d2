#include "store/postgres/detail/batch_sql.h"

namespace tg::store::postgres {
namespace {

// SELECT telegram_gateway.name($1, $2, …)
Query call(std::string_view name, Params params) {
  std::string places;
  for (int at = 1; at <= params.size(); ++at)
    fmt::format_to(std::back_inserter(places), "{}${}", at == 1 ? "" : ", ", at);
  return {fmt::format("SELECT telegram_gateway.{}({})", name, places), std::move(params)};
}

Params keys(const Batch::Keys& keys) {
  Params params;
  params.add(keys.scope).add(keys.peer).add(keys.message).add(std::span(keys.date));
  return params;
}

Query messages(const Batch::Messages& m) {
  auto params = keys(m.keys);
  params.add(m.first).add(m.arrival).add(m.content).add(m.last).add(m.kind).add(m.origin).add(m.account).add(m.n);
  params.add(m.versions).add(m.topic).add(m.sender_id);
  params.add(m.source).add(m.type).add(m.text).add(m.media_type).add(m.media_refs).add(m.sender).add(m.search);
  params.add(m.metadata);
  params.add_bools(m.offered).add_bools(m.service).add_bools(m.media).add_bools(m.reprocess);
  params.add(m.edited).add(m.received).add(m.reprocess_requested).add(m.restored).add(m.created).add(m.updated);
  params.add(m.deleted).add(m.flags);
  return call("store_messages", std::move(params));
}

// Of messages whose content is in the database only.
Query states(const Batch::Messages& m) {
  static const std::string kSql =
      "UPDATE telegram_gateway.messages m SET arrival = greatest(m.arrival, b.arrival), last_seq = b.last_seq, "
      "versions = b.versions, offered = b.offered, reprocess = b.reprocess, flags = b.flags, "
      "reprocess_requested_at = coalesce(b.reprocess_requested_at, m.reprocess_requested_at), "
      "updated_at = b.updated_at, deleted_at = b.deleted_at, "
      "restored_at = CASE WHEN b.deleted_at IS NULL THEN m.restored_at END, "
      "metadata = CASE WHEN b.counters = '' THEN m.metadata "
      "ELSE jsonb_set(m.metadata, '{counters}', b.counters::jsonb) END "
      "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[], "
      "$7::bigint[], $8::boolean[], $9::boolean[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], "
      "$13::text[], $14::bigint[]) AS b (scope, channel_id, message_id, telegram_date, arrival, last_seq, versions, "
      "offered, reprocess, reprocess_requested_at, updated_at, deleted_at, counters, flags) "
      "WHERE m.scope = b.scope AND m.channel_id = b.channel_id AND m.message_id = b.message_id AND "
      "m.telegram_date = b.telegram_date AND m.last_seq < b.last_seq AND m.channel_id = ANY ($2) AND m.telegram_date "
      "BETWEEN $15 AND $16";
  const auto [oldest, newest] = span_of(m.keys.date);
  auto params = keys(m.keys);
  params.add(m.arrival).add(m.last).add(m.versions).add_bools(m.offered).add_bools(m.reprocess);
  params.add(m.reprocess_requested).add(m.updated).add(m.deleted).add(m.counters).add(m.flags);
  params.add(oldest).add(newest);
  return {kSql, std::move(params)};
}

Query versions(const Batch::Versions& v) {
  auto params = keys(v.keys);
  params.add(v.kind).add(v.edit_date).add(v.n).add(v.seq).add(v.origin).add(v.account).add(v.source).add(v.body);
  params.add(v.observed).add(v.recorded).add_bools(v.superseded).add_bools(v.hidden_edit).add(v.flags).add(v.hash);
  return call("store_versions", std::move(params));
}

// Content that was completed since, or that the server's own word replaced, is no version.
Query replaced(const Batch::Kept& kept, model::Seq journal_began) {
  static const std::string kSql =
      "DELETE FROM telegram_gateway.message_versions v USING (SELECT scope, channel_id, message_id, telegram_date, "
      "array_agg(seq) AS seqs, array_agg(edit_date) AS edit_dates FROM unnest($1::bigint[], $2::bigint[], "
      "$3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[]) AS u (scope, channel_id, message_id, "
      "telegram_date, seq, edit_date) GROUP BY 1, 2, 3, 4) b WHERE v.scope = b.scope AND v.channel_id = b.channel_id "
      "AND v.message_id = b.message_id AND v.telegram_date = b.telegram_date AND v.edit_date = ANY (b.edit_dates) AND "
      "v.seq <> ALL (b.seqs) AND v.seq >= $7 AND v.channel_id = ANY ($2) AND v.telegram_date BETWEEN $8 AND $9";
  const auto [oldest, newest] = span_of(kept.keys.date);
  auto params = keys(kept.keys);
  params.add(kept.seq).add(kept.edit_date).add(journal_began).add(oldest).add(newest);
  return {kSql, std::move(params)};
}

Query reopened(const Batch::Reopened& r) {
  auto params = keys(r.keys);
  params.add(r.kind).add(r.seq);
  return {"SELECT telegram_gateway.reopen($1, $2, $3, $4, $5, $6)", std::move(params)};
}

// A message that is stored behind its turn (it was refused then), where floors may have passed its arrival: it is
// offered as what was served and not marked. To every consumer that has a floor in its chat, wherever that is: a poll
// may raise it before this is committed. Before the message itself, while it is told by its absence from what is only
// told again.
std::optional<Query> late(const Batch::Messages& m, model::Seq stored_to) {
  static const std::string kSql =
      "INSERT INTO telegram_gateway.serves (scope, channel_id, message_id, telegram_date, consumer, arrival, times, "
      "at, "
      "seq) SELECT b.scope, b.channel_id, b.message_id, b.telegram_date, f.consumer, b.arrival, 0, 'epoch', 0 "
      "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[]) AS b (scope, channel_id, "
      "message_id, telegram_date, arrival) JOIN telegram_gateway.floors f ON f.channel_id = b.channel_id "
      "WHERE NOT EXISTS (SELECT FROM telegram_gateway.messages m WHERE m.scope = b.scope AND m.channel_id = "
      "b.channel_id "
      "AND m.message_id = b.message_id AND m.telegram_date = b.telegram_date AND m.channel_id = ANY ($2) AND "
      "m.telegram_date BETWEEN $6 AND $7) "
      "AND NOT EXISTS (SELECT FROM telegram_gateway.acks a WHERE a.channel_id = b.channel_id AND a.message_id = "
      "b.message_id AND a.scope = b.scope AND (f.consumer = '' OR a.consumer = f.consumer)) "
      "ORDER BY b.channel_id, b.message_id, b.scope, f.consumer ON CONFLICT DO NOTHING";
  Batch::Keys these;
  std::vector<std::int64_t> arrival;
  for (std::size_t i = 0; i < m.keys.size(); ++i) {
    if (m.offered[i] == 0 || m.deleted[i] || m.arrival[i] > stored_to.value) continue;
    these.scope.push_back(m.keys.scope[i]);
    these.peer.push_back(m.keys.peer[i]);
    these.message.push_back(m.keys.message[i]);
    these.date.push_back(m.keys.date[i]);
    arrival.push_back(m.arrival[i]);
  }
  if (these.empty()) return std::nullopt;
  const auto [oldest, newest] = span_of(these.date);
  auto params = keys(these);
  params.add(arrival).add(oldest).add(newest);
  return Query{kSql, std::move(params)};
}

}  // namespace

std::vector<Query> statements_of(const Batch& batch, model::Seq journal_began, model::Seq stored_to) {
  std::vector<Query> all;
  if (auto query = late(batch.whole, stored_to)) all.push_back(std::move(*query));
  if (!batch.whole.keys.empty()) all.push_back(messages(batch.whole));
  if (!batch.state_only.keys.empty()) all.push_back(states(batch.state_only));
  if (!batch.kept.keys.empty()) all.push_back(replaced(batch.kept, journal_began));
  if (!batch.versions.keys.empty()) all.push_back(versions(batch.versions));
  if (!batch.reopened.keys.empty()) all.push_back(reopened(batch.reopened));
  return all;
}

Query expect_cursor(const std::string& journal_id, model::Seq seq) {
  return {"SELECT telegram_gateway.expect_cursor($1, $2)", std::move(Params().add(journal_id).add(seq))};
}

Query move_cursor(const std::string& journal_id, model::Seq seq) {
  return {
      "INSERT INTO telegram_gateway.cursors AS c (name, journal_id, seq) VALUES ('postgres', $1, $2) "
      "ON CONFLICT (name) DO UPDATE SET journal_id = excluded.journal_id, seq = excluded.seq, updated_at = now() "
      "WHERE c.journal_id <> excluded.journal_id OR c.seq < excluded.seq",
      std::move(Params().add(journal_id).add(seq))};
}

}  // namespace tg::store::postgres
