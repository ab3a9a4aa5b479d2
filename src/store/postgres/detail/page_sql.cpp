#include "store/postgres/detail/page_sql.h"

#include <algorithm>

#include "store/search_text.h"

namespace tg::store::postgres {
namespace {

constexpr std::size_t kShortestTrigram = 3;

// Within what PostgreSQL takes for a time; nothing has been posted at the first moment of 1970, which means none.
model::Time bounded(model::Time time) {
  constexpr std::int64_t kEarliest = -200'000'000'000'000'000;
  if (time.us == 0) return model::Time{-1};
  return model::Time{std::max(time.us, kEarliest)};
}

std::string_view order(bool towards_older) {
  return towards_older ? " ORDER BY m.telegram_date DESC, m.scope DESC, m.channel_id DESC, m.message_id DESC"
                       : " ORDER BY m.telegram_date, m.scope, m.channel_id, m.message_id";
}

std::vector<std::int64_t> numbers(const std::vector<model::ChatId>& peers) {
  std::vector<std::int64_t> all;
  for (const auto peer : peers) all.push_back(peer.value);
  return all;
}

std::string like(std::string_view needle) {
  std::string pattern = "%";
  for (const char c : needle) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

void position(Sql& sql, const Position& place) {
  sql.text("(").value(bounded(place.date)).text(", ").value(place.scope).text(", ").value(place.peer).text(", ");
  sql.value(place.message).text(")");
}

template <class Value, class Name>
void one_of(Sql& sql, std::string_view column, const std::vector<Value>& values, Name name) {
  if (values.empty()) return;
  std::vector<std::string> names;
  for (const auto value : values) names.emplace_back(name(value));
  sql.text(" AND ").text(column).text(" = ANY (").value(std::span<const std::string>(names)).text(")");
}

}  // namespace

PageSql::PageSql(const PageQuery& query, std::vector<model::ChatId> peers, std::vector<Key> keys)
    : query_(query), peers_(std::move(peers)), keys_(std::move(keys)), needle_(search_text(query.search)) {
  searches_ = characters(needle_) >= kShortestTrigram && !query.message;
}

void PageSql::place(Sql& sql, const Walk& walk) const {
  constexpr std::string_view kPlace = " AND (m.telegram_date, m.scope, m.channel_id, m.message_id) ";
  // The date by itself is what keeps other partitions out of it.
  if (walk.beyond) {
    sql.text(kPlace).text(walk.towards_older ? "< " : "> ");
    position(sql, *walk.beyond);
    sql.text(" AND m.telegram_date ").text(walk.towards_older ? "<= " : ">= ").value(bounded(walk.beyond->date));
  }
  if (walk.until) {
    sql.text(kPlace).text(walk.towards_older ? ">= " : "<= ");
    position(sql, *walk.until);
    sql.text(" AND m.telegram_date ").text(walk.towards_older ? ">= " : "<= ").value(bounded(walk.until->date));
  }
  if (query_.from) sql.text(" AND m.telegram_date >= ").value(bounded(*query_.from));
  if (query_.to) sql.text(" AND m.telegram_date <= ").value(bounded(*query_.to));
}

void PageSql::filters(Sql& sql) const {
  if (query_.only_deleted) {
    sql.text(" AND m.deleted_at IS NOT NULL");
  } else if (!query_.include_deleted) {
    sql.text(" AND m.deleted_at IS NULL");
  }
  if (query_.has_media) sql.text(" AND m.has_media = ").value(*query_.has_media);
  if (query_.only_edited) sql.text(" AND m.versions >= 2");
  if (query_.topic) sql.text(" AND m.thread_id = ").value(*query_.topic);
  if (query_.received_from) sql.text(" AND m.received_at >= ").value(bounded(*query_.received_from));
  if (query_.received_to) sql.text(" AND m.received_at <= ").value(bounded(*query_.received_to));
  one_of(sql, "m.source", query_.sources, [](model::SourceKind kind) { return model::name_of(kind); });
  one_of(sql, "m.media_type", query_.media_types, [](model::MediaType type) { return model::name_of(type); });
  one_of(sql, kStatusSql, query_.statuses, [](Status status) { return name_of(status); });
  if (!query_.origins.empty()) {
    std::vector<std::int64_t> origins;
    for (const auto origin : query_.origins) origins.push_back(static_cast<std::int64_t>(origin));
    sql.text(" AND m.origin = ANY (").value(std::span<const std::int64_t>(origins)).text(")");
  }
  if (!query_.sender.empty()) {
    const auto id = model::parse_int(query_.sender).value_or(0);
    sql.text(" AND (m.sender = ").value(query_.sender);
    if (id != 0) sql.text(" OR m.sender_id = ").value(id);
    sql.text(")");
  }
  if (!needle_.empty()) sql.text(" AND m.search_text LIKE ").value(like(needle_));
}

// What is looked at, before anything is asked of it.
void PageSql::candidates(Sql& sql, const Walk& walk, std::string_view channel) const {
  sql.text("SELECT m.* FROM telegram_gateway.messages m WHERE true");
  if (!channel.empty()) {
    sql.text(" AND m.channel_id = ").text(channel);
  } else if (!peers_.empty()) {
    sql.text(" AND m.channel_id = ").value(peers_.front());
  }
  place(sql, walk);
  sql.text(order(walk.towards_older)).text(" LIMIT ").value(static_cast<std::int64_t>(walk.budget));
}

void PageSql::matches(Sql& sql, const Walk& walk) const {
  const auto wanted = static_cast<std::int64_t>(walk.skip + walk.keep);
  if (has_keys()) {
    std::vector<std::int64_t> scopes, peers, messages;
    std::vector<model::Time> dates;
    for (const auto& [key, date] : keys_) {
      scopes.push_back(key.scope.value);
      peers.push_back(key.peer.value);
      messages.push_back(key.message.value);
      dates.push_back(date);
    }
    sql.text("SELECT m.* FROM unnest(").value(std::span<const std::int64_t>(scopes)).text(", ");
    sql.value(std::span<const std::int64_t>(peers)).text(", ").value(std::span<const std::int64_t>(messages));
    sql.text(", ").value(std::span<const model::Time>(dates));
    sql.text(
        ") AS k (scope, channel, message, date) JOIN telegram_gateway.messages m ON m.scope = k.scope AND m.channel_id "
        "= k.channel AND m.message_id = k.message AND m.telegram_date = k.date WHERE true");
    place(sql, walk);
    filters(sql);
    return;
  }
  if (searches_) {
    sql.text("SELECT m.* FROM telegram_gateway.messages m WHERE true");
    if (!peers_.empty()) {
      sql.text(" AND m.channel_id = ANY (").value(std::span<const std::int64_t>(numbers(peers_))).text(")");
    }
    place(sql, walk);
    filters(sql);
    return;
  }
  if (peers_.size() <= 1) {
    sql.text("SELECT m.* FROM (");
    candidates(sql, walk, {});
    sql.text(") m WHERE true");
    filters(sql);
    return;
  }
  sql.text("SELECT m.* FROM unnest(").value(std::span<const std::int64_t>(numbers(peers_)));
  sql.text(") AS p (channel) CROSS JOIN LATERAL (SELECT m.* FROM (");
  candidates(sql, walk, "p.channel");
  sql.text(") m WHERE true");
  filters(sql);
  sql.text(order(walk.towards_older)).text(" LIMIT ").value(wanted).text(") m");
}

Query PageSql::rows(const Walk& walk) const {
  Sql sql;
  sql.text("SELECT ").text(kRowColumns).text(" FROM (");
  matches(sql, walk);
  sql.text(order(walk.towards_older)).text(" LIMIT ").value(static_cast<std::int64_t>(walk.keep));
  sql.text(" OFFSET ").value(static_cast<std::int64_t>(walk.skip)).text(") m").text(order(walk.towards_older));
  return std::move(sql).query();
}

Query PageSql::count(const Walk& walk) const {
  Sql sql;
  sql.text("SELECT count(*) FROM (SELECT FROM (");
  matches(sql, walk);
  sql.text(") m LIMIT ").value(static_cast<std::int64_t>(walk.keep)).text(") m");
  return std::move(sql).query();
}

Query PageSql::count_each(const Walk& walk) const {
  Sql sql;
  sql.text("SELECT p.channel, n.matched FROM unnest(").value(std::span<const std::int64_t>(numbers(peers_)));
  sql.text(") AS p (channel) CROSS JOIN LATERAL (SELECT count(*) AS matched FROM (SELECT FROM (");
  candidates(sql, walk, "p.channel");
  sql.text(") m WHERE true");
  filters(sql);
  sql.text(" LIMIT ").value(static_cast<std::int64_t>(walk.skip + walk.keep)).text(") m) n");
  return std::move(sql).query();
}

Query PageSql::ends(const Walk& walk, const std::vector<model::ChatId>& peers) const {
  Sql sql;
  sql.text("SELECT m.telegram_date, m.scope, m.channel_id, m.message_id FROM ");
  if (!peers.empty()) {
    sql.text("unnest(")
        .value(std::span<const std::int64_t>(numbers(peers)))
        .text(") AS p (channel) CROSS JOIN LATERAL ");
  }
  sql.text("(SELECT m.telegram_date, m.scope, m.channel_id, m.message_id FROM telegram_gateway.messages m WHERE true");
  if (!peers.empty()) sql.text(" AND m.channel_id = p.channel");
  place(sql, walk);
  sql.text(order(walk.towards_older)).text(" LIMIT 1 OFFSET ").value(static_cast<std::int64_t>(walk.budget) - 1);
  sql.text(") m");
  return std::move(sql).query();
}

Query walk_by_index() {
  return {
      "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), "
      "set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)",
      {}};
}

}  // namespace tg::store::postgres
