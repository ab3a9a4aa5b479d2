#pragma once
// What the subjects of the store (pages, marks, consumers) share.

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <span>

#include "store/bare_ids.h"
#include "store/paging.h"
#include "store/postgres/detail/connection.h"
#include "store/postgres/detail/quiet.h"
#include "store/postgres/detail/row.h"
#include "store/postgres/postgres_store.h"
#include "store/requests.h"
#include "store/unmarked.h"

namespace tg::store {

struct PostgresStore::Impl {
  Impl(postgres::Target target, Parts p, Options o);

  // One statement, or several in one transaction and one round trip.
  Result<postgres::Rows> ask(const postgres::Query& query);
  Result<std::vector<postgres::Rows>> ask(std::span<const postgres::Query> queries);
  // The same for what writes, asked again where it met another.
  Result<std::vector<postgres::Rows>> change(std::span<const postgres::Query> queries);
  Result<postgres::Rows> change(const postgres::Query& query);

  // Telegram's date of these messages where the journal knows it: one lookup each.
  Result<std::vector<postgres::Key>> dated(const std::vector<model::MessageKey>& keys);
  // The messages with this id: in these chats, or in all that are known.
  Result<std::vector<postgres::Key>> with_id(const std::vector<model::ChatId>& peers, model::MessageId message);
  // The chats and, where one became another, that one too.
  Result<std::vector<model::ChatId>> with_successors(std::vector<model::ChatId> peers);
  // The messages that a request names, and those that it means by bare ids.
  Result<void> resolve(const std::string& consumer, std::set<model::MessageId> bare,
                       const std::vector<model::MessageKey>& named, std::map<model::MessageKey, model::Time>& keys,
                       std::set<model::MessageKey>& from_bare);
  // How many more the consumer may be served for the first time.
  Result<std::size_t> room_of(const std::string& consumer);
  void tell_full(const std::string& consumer);
  Result<void> set_quarantined_apart(const postgres::Rows& quarantined, std::map<Status, std::int64_t>& counts);
  // What is no event has changed.
  void changed(const std::vector<model::MessageKey>& keys);

  const Parts parts;
  const Options options;
  postgres::Pool pool;
  prometheus::Histogram &reads, &changes;  // seconds of each call

  Unmarked unmarked;
  std::mutex repeats_mutex;
  RepeatGuard repeats;
  std::atomic<std::int64_t> full_told_us{0};
  std::atomic<std::uint64_t> polls{0}, polls_asked{0};

  struct StatusCounts {
    std::mutex mutex;
    std::chrono::steady_clock::time_point read_at{};
    std::chrono::nanoseconds cost{};
    std::uint64_t generation = 0;
    std::vector<std::pair<Status, std::int64_t>> counts;
  } status_counts;

  postgres::Quiet quiet;
  std::shared_ptr<journal::Journal::Subscription> subscription;  // last: it calls what stands above
};

}  // namespace tg::store
