// Marks of consumers: which messages they mean, and writing them down.

#include "store/local/detail/impl.h"
#include "store/local/detail/offers.h"

namespace tg::store {
namespace {

using local::Head;

// What a request's ids mean, in the writer's thread.
class Meaning {
 public:
  Meaning(journal::Connection& db, const std::string& consumer, const RepeatGuard& guard)
      : db_(db), consumer_(consumer), guard_(guard) {}

  Result<void> add(const std::string& id) {
    if (const auto bare = model::parse_int(id)) {
      if (*bare > 0) bare_.insert(model::MessageId{*bare});
      return {};
    }
    const auto key = model::parse_api_id(id);
    if (!key) return {};  // nobody's message: no error, it is only not counted
    auto head = local::find_head(db_, *key);
    if (!head) return head.error();
    if (*head) {
      keys_.insert(*key);
      return {};
    }
    // Outside channels a message's identity has its account, which channel:message does not say.
    std::optional<model::MessageKey> served;
    auto done =
        local::each(db_.prepared("SELECT scope FROM serves WHERE consumer IN (?, '') AND peer = ? AND message = "
                                 "? AND times > 0 ORDER BY consumer DESC, at DESC LIMIT 1")
                        .with(std::string_view(consumer_), key->peer, key->message),
                    [&](journal::Statement& row) {
                      served = {model::Scope{row.integer(0)}, key->peer, key->message};
                    });
    if (served && !key->scope) keys_.insert(*served);
    return done;
  }

  // Bare ids are looked for among what the consumer was served and has not marked, then among what was served to
  // whoever gave no name.
  Result<void> resolve_bare() {
    for (const auto& key : keys_) bare_.erase(key.message);  // the same message, named twice
    if (auto done = resolve_bare_of(consumer_); !done) return done;
    return resolve_bare_of({});
  }

  const std::set<model::MessageKey>& keys() const { return keys_; }
  bool from_bare(const model::MessageKey& key) const { return from_bare_.contains(key); }

 private:
  Result<void> resolve_bare_of(std::string_view served_to) {
    std::vector<Served> candidates;
    for (const auto id : bare_) {
      auto done = local::each(
          db_.prepared("SELECT peer, scope, at FROM serves WHERE consumer = ? AND message = ? AND times > 0")
              .with(served_to, id),
          [&](journal::Statement& row) {
            const Served served{{model::Scope{row.integer(1)}, model::ChatId{row.integer(0)}, id},
                                model::Time{row.integer(2)}};
            if (guard_.allows(consumer_, served_to != consumer_, served)) candidates.push_back(served);
          });
      if (!done) return done;
    }
    for (const auto& served : meant(bare_, candidates)) {
      keys_.insert(served.key);
      from_bare_.insert(served.key);
      bare_.erase(served.key.message);
    }
    return {};
  }

  journal::Connection& db_;
  const std::string& consumer_;
  const RepeatGuard& guard_;
  std::set<model::MessageKey> keys_, from_bare_;
  std::set<model::MessageId> bare_;
};

Result<bool> redelivers_edits(journal::Connection& db, const std::string& consumer) {
  bool redelivers = false;
  auto done =
      local::each(db.prepared("SELECT redeliver_edits FROM consumers WHERE name = ?").with(std::string_view(consumer)),
                  [&](journal::Statement& row) { redelivers = row.integer(0) != 0; });
  if (!done) return done.error();
  return redelivers;
}

// A mark speaks for what was served: a newer edit is still to come.
Result<bool> edited_since_served(journal::Connection& db, const std::string& consumer, const model::MessageKey& key) {
  bool edited = false;
  auto done = local::each(
      db.prepared(
            "SELECT e.kind = 2 AND e.seq > s.seq FROM serves s JOIN heads h ON h.peer = s.peer AND h.message = "
            "s.message AND h.scope = s.scope JOIN events e ON e.seq = h.seq WHERE s.consumer IN (?, '') AND s.peer = ? "
            "AND s.message = ? AND s.scope = ? AND s.times > 0 ORDER BY s.consumer DESC LIMIT 1")
          .with(std::string_view(consumer), key.peer, key.message, key.scope),
      [&](journal::Statement& row) { edited = row.integer(0) != 0; });
  if (!done) return done.error();
  return edited;
}

Result<std::int64_t> mark_one(journal::Connection& db, const std::string& consumer, const model::MessageKey& key,
                              model::Time now) {
  auto done = db.prepared("INSERT OR IGNORE INTO acks (peer, message, scope, consumer, at) VALUES (?, ?, ?, ?, ?)")
                  .with(key.peer, key.message, key.scope, std::string_view(consumer), now)
                  .run();
  if (!done) return done.error();
  const auto added = db.changes();
  done = db.prepared("DELETE FROM serves WHERE consumer IN (?, '') AND peer = ? AND message = ? AND scope = ?")
             .with(std::string_view(consumer), key.peer, key.message, key.scope)
             .run();
  if (!done) return done.error();
  return added;
}

}  // namespace

Result<Marked> LocalStore::mark_processed(const std::vector<Mark>& marks, const std::string& consumer) {
  if (auto checked = check(marks, consumer); !checked) return checked.error();
  Marked marked;
  marked.requested = static_cast<std::int64_t>(marks.size());
  std::vector<model::MessageKey> changed;
  auto done = impl_->write([&](journal::Connection& db) -> Result<void> {
    if (auto counted = impl_->serves->flush(db, consumer); !counted) return counted;
    if (impl_->reopener->pending()) {
      if (auto settled = impl_->reopener->settle(db); !settled) return settled;
    }
    auto redeliver = redelivers_edits(db, consumer);
    if (!redeliver) return redeliver.error();
    Meaning meaning(db, consumer, impl_->repeats);
    for (const auto& mark : marks) {
      if (auto added = meaning.add(mark.id); !added) return added;
    }
    if (auto resolved = meaning.resolve_bare(); !resolved) return resolved;

    const auto now = model::Time::now();
    std::set<model::ChatId> peers;
    for (const auto& key : meaning.keys()) {
      if (*redeliver) {
        auto edited = edited_since_served(db, consumer, key);
        if (!edited) return edited.error();
        if (*edited) {
          ++marked.updated;
          if (auto again = local::offer_again(db, consumer, key); !again) return again;
          continue;
        }
      }
      auto added = mark_one(db, consumer, key, now);
      if (!added) return added.error();
      if (meaning.from_bare(key)) impl_->repeats.marked(consumer, key, now);
      if (*added == 0) continue;
      ++marked.updated;
      changed.push_back(key);
      peers.insert(key.peer);
    }
    // Enough to keep up with a consumer that marks what it had from elsewhere and never polls.
    const std::size_t steps = 4 * marks.size() + 200;
    for (const auto peer : peers) {
      for (const auto& who : {consumer, std::string()}) {
        if (auto advanced = local::advance_floor(db, who, peer, steps); !advanced) return advanced;
      }
    }
    return db.prepared("UPDATE consumers SET last_seen = ? WHERE name = ?").with(now, std::string_view(consumer)).run();
  });
  if (!done) {
    impl_->reopener->not_settled();
    return done.error();
  }
  impl_->changed(changed);
  marked.keys = std::move(changed);
  impl_->metrics.acknowledged.Increment(static_cast<double>(marked.updated));
  return marked;
}

}  // namespace tg::store
