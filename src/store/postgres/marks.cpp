// Marks of consumers: which messages they mean, and writing them down (db/postgres/002_consumers.sql).

#include <algorithm>
#include <set>

#include "store/postgres/detail/impl.h"

namespace tg::store {
namespace {

struct Candidate {
  Served served;
  model::Time date;
  bool of_others = false;
};

// What was served by these ids to the consumer, and to whoever gave no name.
postgres::Query served_by(const std::string& consumer, const std::set<model::MessageId>& ids) {
  std::vector<std::int64_t> messages;
  for (const auto id : ids) messages.push_back(id.value);
  postgres::Query query;
  query.sql =
      "SELECT s.scope, s.channel_id, s.message_id, s.telegram_date, s.at, s.consumer <> $1 FROM "
      "telegram_gateway.serves s WHERE s.consumer = ANY (ARRAY[$1, '']) AND s.message_id = ANY ($2) AND s.times > 0";
  query.params.add(consumer).add(std::span<const std::int64_t>(messages));
  return query;
}

postgres::Query mark(const std::string& consumer, const std::vector<postgres::Key>& keys) {
  std::vector<std::int64_t> scopes, peers, messages;
  std::vector<model::Time> dates;
  for (const auto& [key, date] : keys) {
    scopes.push_back(key.scope.value);
    peers.push_back(key.peer.value);
    messages.push_back(key.message.value);
    dates.push_back(date);
  }
  postgres::Query query;
  query.sql = "SELECT out_scope, out_channel, out_message, out_new FROM telegram_gateway.mark($1, $2, $3, $4, $5, $6)";
  query.params.add(consumer)
      .add(std::span<const std::int64_t>(scopes))
      .add(std::span<const std::int64_t>(peers))
      .add(std::span<const std::int64_t>(messages))
      .add(std::span<const model::Time>(dates))
      .add(model::Time::now());
  return query;
}

// What a request's ids mean.
struct Meaning {
  std::map<model::MessageKey, model::Time> keys;  // with their dates, 0 = not known
  std::set<model::MessageKey> from_bare;
};

}  // namespace

// Bare ids are looked for among what the consumer was served and has not marked, then among what was served to whoever
// gave no name.
Result<void> PostgresStore::Impl::resolve(const std::string& consumer, std::set<model::MessageId> bare,
                                          const std::vector<model::MessageKey>& named,
                                          std::map<model::MessageKey, model::Time>& keys,
                                          std::set<model::MessageKey>& from_bare) {
  auto known = dated(named);
  if (!known) return known.error();
  std::set<model::MessageId> asked = bare;
  // Outside channels a message's identity has its account, which channel:message does not say.
  std::vector<model::MessageKey> unknown;
  for (const auto& [key, date] : *known) {
    if (date) {
      keys[key] = date;
    } else {
      unknown.push_back(key);
      asked.insert(key.message);
    }
  }
  if (asked.empty()) return {};
  auto rows = ask(served_by(consumer, asked));
  if (!rows) return rows.error();
  std::vector<Candidate> all;
  for (int at = 0; at < rows->size(); ++at) {
    const model::MessageKey key{model::Scope{rows->integer(at, 0)}, model::ChatId{rows->integer(at, 1)},
                                model::MessageId{rows->integer(at, 2)}};
    all.push_back({{key, rows->time(at, 4)}, rows->time(at, 3), rows->boolean(at, 5)});
  }
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(a.of_others, -a.served.at.us) < std::tuple(b.of_others, -b.served.at.us);
  });
  for (const auto& key : unknown) {
    const auto served = std::find_if(all.begin(), all.end(), [&](const Candidate& one) {
      const auto& other = one.served.key;
      return other.peer == key.peer && other.message == key.message && (!key.scope || other.scope == key.scope);
    });
    if (served != all.end()) {
      keys[served->served.key] = served->date;
    } else {
      keys.try_emplace(key);
    }
  }
  for (const auto& [key, date] : keys) bare.erase(key.message);  // the same message, named twice
  const std::lock_guard lock(repeats_mutex);
  for (const bool of_others : {false, true}) {
    std::vector<Served> candidates;
    for (const auto& one : all) {
      if (one.of_others == of_others && repeats.allows(consumer, of_others, one.served)) {
        candidates.push_back(one.served);
      }
    }
    for (const auto& one : meant(bare, candidates)) {
      const auto found =
          std::find_if(all.begin(), all.end(), [&](const Candidate& other) { return other.served.key == one.key; });
      keys[one.key] = found->date;
      from_bare.insert(one.key);
      bare.erase(one.key.message);
    }
  }
  return {};
}

Result<Marked> PostgresStore::mark_processed(const std::vector<Mark>& marks, const std::string& consumer) {
  if (auto checked = check(marks, consumer); !checked) return checked.error();
  Marked marked;
  marked.requested = static_cast<std::int64_t>(marks.size());
  std::set<model::MessageId> bare;
  std::vector<model::MessageKey> named;
  for (const auto& one : marks) {
    if (const auto id = model::parse_int(one.id)) {
      if (*id > 0) bare.insert(model::MessageId{*id});
    } else if (const auto key = model::parse_api_id(one.id)) {
      named.push_back(*key);
    }  // else nobody's message: no error, it is only not counted
  }
  Meaning meaning;
  if (auto done = impl_->resolve(consumer, std::move(bare), named, meaning.keys, meaning.from_bare); !done) {
    return done.error();
  }

  std::vector<postgres::Key> keys;
  for (const auto& [key, date] : meaning.keys) keys.push_back({key, date});
  std::vector<model::MessageKey> changed;
  bool again = false;
  // Twice: whoever marks what the writer has not stored yet (it came by a stream) waits for it.
  for (const bool last_try : {false, true}) {
    if (keys.empty()) break;
    const auto now = model::Time::now();
    auto rows = impl_->change(mark(consumer, keys));
    if (!rows) return rows.error();
    std::set<model::MessageKey> found;
    for (int at = 0; at < rows->size(); ++at) {
      const model::MessageKey key{model::Scope{rows->integer(at, 0)}, model::ChatId{rows->integer(at, 1)},
                                  model::MessageId{rows->integer(at, 2)}};
      found.insert(key);
      if (!rows->is_null(at, 3)) ++marked.updated;
      if (rows->boolean(at, 3)) changed.push_back(key);
      const bool edited = !rows->is_null(at, 3) && !rows->boolean(at, 3);
      again = again || edited;
      if (edited || !meaning.from_bare.contains(key)) continue;
      const std::lock_guard lock(impl_->repeats_mutex);
      impl_->repeats.marked(consumer, key, now);
    }
    std::erase_if(keys, [&](const postgres::Key& one) { return !one.date || found.contains(one.key); });
    if (last_try || keys.empty() || !impl_->parts.wait_stored) break;
    if (!impl_->parts.wait_stored(impl_->parts.journal.head(), impl_->options.stored_within)) {
      return Error{Code::unavailable, "the database does not have these messages yet", "Mark them again in a while"};
    }
  }
  if (again) impl_->quiet.forget(consumer);
  impl_->changed(changed);
  marked.keys = std::move(changed);
  impl_->parts.metrics.acknowledged.Increment(static_cast<double>(marked.updated));
  return marked;
}

}  // namespace tg::store
