// What a consumer has not marked yet (detail/offers.h), remembered as served before the answer.

#include "observe/log.h"
#include "store/local/detail/impl.h"
#include "store/local/detail/offers.h"

namespace tg::store {
namespace {

using local::Offer;
using local::Offers;

// As the asking consumer sees it: another one's mark changes nothing. What a sink holds back, and what a person asked
// to be offered again, is still to be received.
bool is_asked_for(Status status, const std::vector<Status>& asked) {
  if (asked.empty()) return true;
  const auto asks = [&](Status s) { return std::find(asked.begin(), asked.end(), s) != asked.end(); };
  return asks(status) || (status != Status::queued && asks(Status::received));
}

class Poll {
 public:
  Poll(const UnprocessedQuery& query, const local::Serves& serves, Unmarked& unmarked)
      : query_(&query), serves_(&serves), unmarked_(&unmarked) {}

  Result<void> read(journal::Connection& db, const std::vector<model::ChatId>& peers, local::RowLoader& loader) {
    const std::size_t limit = std::clamp<std::size_t>(query_->limit, 1, kLargestPage);
    const auto wanted = [&](const local::Head& head) {
      return is_asked_for(local::pending_status(head, loader.standing()), query_->statuses);
    };
    auto may_hold = unmarked_->room(
        query_->consumer, [&](std::size_t most) { return local::count_unmarked(db, query_->consumer, most); });
    if (!may_hold) return may_hold.error();
    std::size_t room = *may_hold;
    if (room == 0) {
      full_ = true;
      auto any = local::any_unmarked_deleted(db, query_->consumer);
      if (!any) return any.error();
      holds_deleted_ = *any;
    }
    std::vector<Offer> chosen;
    for (const auto peer : peers) {
      auto offers = local::read_offers(db, query_->consumer, peer, limit, wanted);
      if (!offers) return offers.error();
      const auto open = std::min(room, offers->open.size());
      room -= open;
      chosen.insert(chosen.end(), offers->served.begin(), offers->served.end());
      chosen.insert(chosen.end(), offers->open.begin(), offers->open.begin() + static_cast<std::ptrdiff_t>(open));
      chats_.push_back(std::move(*offers));
    }
    std::sort(chosen.begin(), chosen.end(),
              [](const Offer& a, const Offer& b) { return a.head.arrival < b.head.arrival; });
    if (chosen.size() > limit) chosen.resize(limit);
    for (auto& chat : chats_) {
      if (chosen.size() >= limit) break;
      if (auto done = local::read_parked(db, query_->consumer, limit - chosen.size(), wanted, chat); !done) return done;
      chosen.insert(chosen.end(), chat.parked.begin(), chat.parked.end());
    }
    return take(chosen, loader);
  }

  // Repeats that wait in memory park a message, or are of a parked one: they must be counted before it is said who is
  // next.
  bool counts_are_behind() const { return counts_are_behind_; }
  // There is no room for others, but some of what is in the way was deleted.
  bool holds_deleted() const { return holds_deleted_; }
  bool is_full() const { return full_; }

  struct Served {
    model::MessageKey key;
    model::Seq content;
  };
  std::vector<Row> rows;
  std::vector<Served> first_served, served_again;
  std::vector<std::pair<model::ChatId, model::Seq>> floors;  // that can be raised

 private:
  Result<void> take(const std::vector<Offer>& chosen, local::RowLoader& loader) {
    std::set<model::MessageKey> taken;
    rows.reserve(chosen.size());
    for (const auto& offer : chosen) {
      auto row = loader.load(offer.head);
      if (!row) return row.error();
      row->status = local::pending_status(offer.head, loader.standing());
      rows.push_back(std::move(*row));
      taken.insert(offer.head.key);
      if (offer.served == 0) {
        first_served.push_back({offer.head.key, offer.head.seq});
        continue;
      }
      served_again.push_back({offer.head.key, offer.head.seq});
      const auto waiting = serves_->waiting(query_->consumer, offer.head.key);
      if (waiting > 0 && offer.served + waiting >= local::kServesBeforeParked) counts_are_behind_ = true;
    }
    for (const auto& chat : chats_) {
      model::Seq floor = chat.passed;
      for (const auto& offer : chat.open) {
        if (taken.contains(offer.head.key)) continue;
        floor = offer.passed;
        break;
      }
      if (chat.held) floor = std::min(floor, *chat.held);
      if (floor > chat.floor) floors.emplace_back(chat.peer, floor);
    }
    return {};
  }

  const UnprocessedQuery* query_;
  const local::Serves* serves_;
  Unmarked* unmarked_;
  std::vector<Offers> chats_;
  bool counts_are_behind_ = false, holds_deleted_ = false, full_ = false;
};

}  // namespace

// Once a minute, whoever it is: it polls all the time.
void LocalStore::Impl::tell_full(const std::string& consumer) {
  constexpr std::int64_t kEveryUs = 60'000'000;
  const auto now = model::Time::now().us;
  auto told = full_told_us.load();
  if (now - told < kEveryUs || !full_told_us.compare_exchange_strong(told, now)) return;
  observe::warn("consumer_marks_nothing",
                {{"consumer", consumer}, {"unmarked", static_cast<std::int64_t>(options.most_unmarked)}});
}

Result<std::vector<Row>> LocalStore::unprocessed(const UnprocessedQuery& query) {
  if (!impl_->intake) return Impl::read_only();
  if (asks_for_nothing(query)) return std::vector<Row>();
  if (impl_->reopener->pending()) {
    auto settled = impl_->write([reopener = impl_->reopener](journal::Connection& db) { return reopener->settle(db); });
    if (!settled) {
      impl_->reopener->not_settled();
      return settled.error();
    }
  }
  // No connection is held while the writer is waited for: it may need one itself.
  const auto read_poll = [this](const UnprocessedQuery& asked) -> Result<Poll> {
    auto db = impl_->journal.read();
    if (!db) return db.error();
    const local::Snapshot snapshot(**db);
    auto standing = impl_->standing.get(**db);
    if (!standing) return standing.error();
    auto peers = Impl::with_successors(**db, {asked.channel});
    if (!peers) return peers.error();
    local::RowLoader loader(**db, impl_->contents, *standing);
    auto may = local::may_poll(**db, asked.consumer, impl_->options.most_consumers);
    if (!may) return may.error();
    if (!*may) return too_many_consumers(impl_->options.most_consumers);
    Poll poll(asked, *impl_->serves, impl_->unmarked);
    if (auto done = poll.read(**db, *peers, loader); !done) return done.error();
    return poll;
  };
  const auto epoch = impl_->reopener->epoch();
  auto read = read_poll(query);
  if (read && read->counts_are_behind() && !query.peek) {
    auto counted = impl_->write([&](journal::Connection& db) { return impl_->serves->flush(db, query.consumer); });
    if (!counted) return counted.error();
    read = read_poll(query);
  }
  if (read && read->holds_deleted() && !query.peek) {
    auto made = impl_->write([&](journal::Connection& db) { return local::forget_deleted(db, query.consumer); });
    if (!made) return made.error();
    read = read_poll(query);
  }
  if (!read) return read.error();
  Poll& poll = *read;
  if (poll.is_full()) impl_->tell_full(query.consumer);
  if (query.peek) return std::move(poll.rows);

  const auto now = model::Time::now();
  for (const auto& served : poll.served_again) impl_->serves->repeat(query.consumer, served.key, served.content, now);
  if (!poll.first_served.empty()) {
    auto written = impl_->write([&](journal::Connection& db) -> Result<void> {
      for (const auto& served : poll.first_served) {
        if (auto done = local::remember_served(db, query.consumer, served.key, served.content, now); !done) return done;
      }
      if (impl_->reopener->epoch() != epoch) return {};
      for (const auto& [peer, floor] : poll.floors) {
        if (auto done = local::raise_floor(db, query.consumer, peer, floor); !done) return done;
      }
      return {};
    });
    if (!written) return written.error();
    impl_->unmarked.served(query.consumer, poll.first_served.size());
  } else if (!poll.floors.empty()) {
    impl_->intake->write_later([consumer = query.consumer, floors = std::move(poll.floors), epoch,
                                reopener = impl_->reopener](journal::Connection& db) -> Result<void> {
      if (reopener->epoch() != epoch) return {};
      for (const auto& [peer, floor] : floors) {
        if (auto done = local::raise_floor(db, consumer, peer, floor); !done) return done;
      }
      return {};
    });
  }
  if (impl_->serves->due(query.consumer)) {
    impl_->intake->write_later([serves = impl_->serves, consumer = query.consumer](journal::Connection& db) {
      return serves->flush(db, consumer);
    });
  }
  return std::move(poll.rows);
}

}  // namespace tg::store
