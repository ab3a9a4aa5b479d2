#include "store/postgres/detail/row.h"

#include <algorithm>

#include "store/postgres/detail/content.h"

namespace tg::store::postgres {
namespace {

constexpr std::string_view kTries =
    "(SELECT max(q.tries) FROM telegram_gateway.quarantined q WHERE q.channel_id = m.channel_id AND q.message_id = "
    "m.message_id)";
constexpr std::string_view kBrokered = "(SELECT c.seq FROM telegram_gateway.cursors c WHERE c.name = 'rabbitmq')";

std::string status_sql() {
  return fmt::format(
      "CASE WHEN m.status IN ('received', 'reprocess_pending') THEN telegram_gateway.pending_status({}, m.reprocess, "
      "m.offered, m.arrival, {}) ELSE m.status END",
      kTries, kBrokered);
}

}  // namespace

const std::string kStatusSql = status_sql();

const std::string kRowColumns = fmt::format(
    "m.scope, m.channel_id, m.message_id, m.telegram_date, m.edit_date, m.text, m.sender, m.sender_id, m.thread_id, "
    "m.metadata, m.last_seq, m.content_seq, m.arrival, m.n, m.versions, m.kind, m.origin, m.source, m.account, "
    "m.received_at, m.created_at, m.updated_at, m.deleted_at, m.restored_at, m.published_at, {}, "
    "ARRAY(SELECT a.consumer FROM telegram_gateway.acks a WHERE a.channel_id = m.channel_id AND a.message_id = "
    "m.message_id AND a.scope = m.scope ORDER BY a.at, a.consumer), "
    "(SELECT c.title FROM telegram_gateway.channels c WHERE c.channel_id = m.channel_id AND c.scope = m.scope), "
    "(SELECT t.title FROM telegram_gateway.topics t WHERE t.channel_id = m.channel_id AND t.topic_id = m.thread_id)",
    status_sql());

Result<Row> row_from(const Rows& rows, int at) {
  auto message = message_of(rows.text(at, 9));
  if (!message) {
    return Error{Code::corrupt,
                 fmt::format("telegram_gateway.messages, {}:{}: {}", rows.integer(at, 1), rows.integer(at, 2),
                             message.error().what),
                 "Copy it anew from the journal: telegram-gateway db check says how"};
  }
  Row row;
  row.message = std::move(*message);
  row.message.key = {model::Scope{rows.integer(at, 0)}, model::ChatId{rows.integer(at, 1)},
                     model::MessageId{rows.integer(at, 2)}};
  row.message.date = rows.time(at, 3);
  row.message.edit_date = rows.time(at, 4);
  row.message.text = rows.text(at, 5);
  row.message.sender = rows.text(at, 6);
  row.message.sender_id = rows.integer(at, 7);
  row.message.topic = model::MessageId{rows.integer(at, 8)};
  row.seq = model::Seq{rows.integer(at, 10)};
  row.content_seq = model::Seq{rows.integer(at, 11)};
  row.arrival = model::Seq{rows.integer(at, 12)};
  row.n = rows.integer(at, 13);
  row.versions = static_cast<std::int32_t>(rows.integer(at, 14));
  row.kind = static_cast<model::Kind>(rows.integer(at, 15));
  row.origin = static_cast<model::Origin>(rows.integer(at, 16));
  row.source = model::parse_source(rows.text(at, 17)).value_or(model::SourceKind::tdlib);
  row.account = rows.integer(at, 18);
  row.received_at = rows.time(at, 19);
  row.recorded_at = rows.time(at, 20);
  row.updated_at = rows.time(at, 21);
  row.deleted_at = rows.time(at, 22);
  row.restored_at = rows.time(at, 23);
  row.published_at = rows.time(at, 24);
  row.status = parse_status(rows.text(at, 25)).value_or(Status::received);
  row.processed_by = rows.texts(at, 26);
  row.chat_title = rows.text(at, 27);
  if (row.chat_title.empty()) row.chat_title = row.message.chat_title;
  row.topic_title = rows.text(at, 28);
  return row;
}

Result<std::vector<Row>> rows_from(const Rows& rows) {
  std::vector<Row> all;
  all.reserve(static_cast<std::size_t>(rows.size()));
  for (int at = 0; at < rows.size(); ++at) {
    auto row = row_from(rows, at);
    if (!row) return row.error();
    all.push_back(std::move(*row));
  }
  return all;
}

Query rows_of(const std::vector<Key>& keys) {
  std::vector<std::int64_t> scopes, peers, messages;
  std::vector<model::Time> dates;
  for (const auto& [key, date] : keys) {
    scopes.push_back(key.scope.value);
    peers.push_back(key.peer.value);
    messages.push_back(key.message.value);
    if (date) dates.push_back(date);
  }
  Query query;
  query.params.add(std::span<const std::int64_t>(scopes))
      .add(std::span<const std::int64_t>(peers))
      .add(std::span<const std::int64_t>(messages));
  if (dates.size() != keys.size() || keys.empty()) {
    query.sql = fmt::format(
        "SELECT {} FROM unnest($1, $2, $3) WITH ORDINALITY AS k (scope, channel, message, place) JOIN "
        "telegram_gateway.messages m ON m.scope = k.scope AND m.channel_id = k.channel AND m.message_id = k.message "
        "ORDER BY k.place",
        kRowColumns);
    return query;
  }
  // The span of dates is what keeps other partitions out of it.
  query.sql = fmt::format(
      "SELECT {} FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS k (scope, channel, message, date, place) JOIN "
      "telegram_gateway.messages m ON m.scope = k.scope AND m.channel_id = k.channel AND m.message_id = k.message AND "
      "m.telegram_date = k.date WHERE m.telegram_date BETWEEN $5 AND $6 ORDER BY k.place",
      kRowColumns);
  query.params.add(std::span<const model::Time>(dates))
      .add(*std::min_element(dates.begin(), dates.end()))
      .add(*std::max_element(dates.begin(), dates.end()));
  return query;
}

}  // namespace tg::store::postgres
