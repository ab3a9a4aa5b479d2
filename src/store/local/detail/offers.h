#pragma once
// What one consumer of one chat has before it, kept in three tables: floors, serves and acks.
//
//   arrival ──▶ [acked][acked][served][acked][served] │ [open][acked][open] … newest
//                                                     floor
//
// Below the floor every offered message is acked, deleted, or has its row in `serves`. A poll so looks at what it was
// served and has not marked, and at what is above the floor, and never walks over what is done: a message that nobody
// marks does not make the polls behind it slower. The consumer '' stands for "marked by nobody".

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "journal/sqlite.h"
#include "store/local/detail/head.h"

namespace tg::store::local {

// Served this often and never marked: such a message goes behind all others.
inline constexpr std::int64_t kServesBeforeParked = 10;

struct Offer {
  Head head;
  std::int64_t served = 0;  // times on disk; 0: not yet, or to be offered anew
  bool above_floor = false;
  model::Seq passed;  // above the floor: all before this one up to here is done or served
};

struct Offers {
  model::ChatId peer;
  std::vector<Offer> served;       // below the floor or not, and not parked; oldest arrival first
  std::vector<Offer> open;         // above the floor, never served; oldest arrival first
  std::optional<model::Seq> held;  // where the first one stands that is open and was not wanted: no floor passes it
  std::vector<Offer> parked;       // filled by read_parked
  model::Seq floor;
  model::Seq passed;  // where the walk above the floor ended
};

// Of all lists at most `limit` that are wanted.
using Wanted = std::function<bool(const Head&)>;
Result<Offers> read_offers(journal::Connection& db, const std::string& consumer, model::ChatId peer, std::size_t limit,
                           const Wanted& wanted);
Result<void> read_parked(journal::Connection& db, const std::string& consumer, std::size_t limit, const Wanted& wanted,
                         Offers& offers);

// True: something of what was served can no longer be marked, because it was deleted.
Result<bool> any_unmarked_deleted(journal::Connection& db, const std::string& consumer);
// So many it was served and has not marked; counts no further than `most`.
Result<std::int64_t> count_unmarked(journal::Connection& db, const std::string& consumer, std::size_t most);
// False: the consumer is new, and so many have polled already.
Result<bool> may_poll(journal::Connection& db, const std::string& consumer, std::size_t most_consumers);

// The writer's thread.
// One that comes back is offered again by the reopener.
Result<void> forget_deleted(journal::Connection& db, const std::string& consumer);
Result<void> remember_served(journal::Connection& db, const std::string& consumer, const model::MessageKey& key,
                             model::Seq content, model::Time now);
Result<void> raise_floor(journal::Connection& db, const std::string& consumer, model::ChatId peer, model::Seq floor);
// Moves the floor over what is done or served by now, at most so many messages.
Result<void> advance_floor(journal::Connection& db, const std::string& consumer, model::ChatId peer, std::size_t most);
// Offers the message again to a consumer whose floor may be above it.
Result<void> offer_again(journal::Connection& db, const std::string& consumer, const model::MessageKey& key);

}  // namespace tg::store::local
