// What a consumer has not marked yet, remembered as served before the answer (db/postgres/002_consumers.sql).

#include <algorithm>
#include <unordered_map>

#include "observe/log.h"
#include "store/postgres/detail/impl.h"

namespace tg::store {
namespace {

postgres::Query stored_to() { return {"SELECT telegram_gateway.stored_to()", {}}; }

postgres::Query serve(const UnprocessedQuery& query, const std::vector<model::ChatId>& channels, std::size_t room,
                      std::size_t most_consumers) {
  std::vector<std::int64_t> peers;
  for (const auto channel : channels) peers.push_back(channel.value);
  std::vector<std::string> statuses;
  for (const auto status : query.statuses) statuses.emplace_back(name_of(status));
  postgres::Query asked;
  asked.sql =
      "SELECT out_scope, out_channel, out_message, out_date, out_status, out_first FROM telegram_gateway.serve($1, $2, "
      "NULLIF($3, '{}'::text[]), $4, $5, $6, $7, $8)";
  asked.params.add(query.consumer)
      .add(std::span<const std::int64_t>(peers))
      .add(std::span<const std::string>(statuses))
      .add(static_cast<std::int64_t>(std::clamp<std::size_t>(query.limit, 1, kLargestPage)))
      .add(static_cast<std::int64_t>(room))
      .add(static_cast<std::int64_t>(most_consumers))
      .add(query.peek)
      .add(model::Time::now());
  return asked;
}

postgres::Query count_unmarked(const std::string& consumer, std::size_t most) {
  postgres::Query query;
  query.sql = "SELECT count(*) FROM (SELECT FROM telegram_gateway.serves s WHERE s.consumer = $1 LIMIT $2) s";
  query.params.add(consumer).add(static_cast<std::int64_t>(most));
  return query;
}

postgres::Query forget_gone(const std::string& consumer) {
  postgres::Query query;
  query.sql = "SELECT telegram_gateway.forget_gone($1)";
  query.params.add(consumer);
  return query;
}

}  // namespace

// Once a minute, whoever it is: it polls all the time.
void PostgresStore::Impl::tell_full(const std::string& consumer) {
  constexpr std::int64_t kEveryUs = 60'000'000;
  const auto now = model::Time::now().us;
  auto told = full_told_us.load();
  if (now - told < kEveryUs || !full_told_us.compare_exchange_strong(told, now)) return;
  observe::warn("consumer_marks_nothing",
                {{"consumer", consumer}, {"unmarked", static_cast<std::int64_t>(options.most_unmarked)}});
}

Result<std::size_t> PostgresStore::Impl::room_of(const std::string& consumer) {
  return unmarked.room(consumer, [&](std::size_t most) -> Result<std::int64_t> {
    auto rows = ask(count_unmarked(consumer, most));
    if (!rows) return rows.error();
    return rows->integer(0, 0);
  });
}

Result<std::vector<Row>> PostgresStore::unprocessed(const UnprocessedQuery& query) {
  if (asks_for_nothing(query)) return std::vector<Row>();
  ++impl_->polls;
  auto channels = impl_->with_successors({query.channel});
  if (!channels) return channels.error();
  // A status may change without an event of the journal.
  const bool may_be_quiet = query.statuses.empty();
  if (may_be_quiet && impl_->quiet.nothing_new(query.consumer, *channels)) return std::vector<Row>();
  ++impl_->polls_asked;

  auto room = impl_->room_of(query.consumer);
  if (room && *room == 0 && !query.peek) {
    auto gone = impl_->change(forget_gone(query.consumer));
    if (!gone) return gone.error();
    if (gone->integer(0, 0) > 0) {
      room = impl_->room_of(query.consumer);
    } else {
      impl_->tell_full(query.consumer);
    }
  }
  if (!room) return room.error();
  const std::vector<postgres::Query> together{stored_to(),
                                              serve(query, *channels, *room, impl_->options.most_consumers)};
  auto answers = impl_->change(together);
  if (!answers) {
    if (answers.error().code == Code::conflict) return too_many_consumers(impl_->options.most_consumers);
    return answers.error();
  }
  const auto& served = answers->back();
  if (served.empty()) {
    if (may_be_quiet && *room > 0) {
      impl_->quiet.found_nothing(query.consumer, *channels, model::Seq{answers->front().integer(0, 0)});
    }
    return std::vector<Row>();
  }

  std::vector<postgres::Key> keys;
  std::unordered_map<model::MessageKey, Status> statuses;
  std::size_t first = 0;
  for (int at = 0; at < served.size(); ++at) {
    const model::MessageKey key{model::Scope{served.integer(at, 0)}, model::ChatId{served.integer(at, 1)},
                                model::MessageId{served.integer(at, 2)}};
    keys.push_back({key, served.time(at, 3)});
    statuses[key] = parse_status(served.text(at, 4)).value_or(Status::received);
    if (served.boolean(at, 5)) ++first;
  }
  if (!query.peek) impl_->unmarked.served(query.consumer, first);
  auto found = impl_->ask(postgres::rows_of(keys));
  if (!found) return found.error();
  auto rows = postgres::rows_from(*found);
  if (!rows) return rows;
  // Deleted since it was chosen: it is not offered any more.
  std::erase_if(*rows, [](const Row& row) { return static_cast<bool>(row.deleted_at); });
  for (auto& row : *rows) row.status = statuses[row.message.key];
  return rows;
}

}  // namespace tg::store
