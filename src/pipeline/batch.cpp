#include "pipeline/batch.h"

#include "journal/access.h"
#include "journal/coverage.h"
#include "journal/topics.h"
#include "model/message_json.h"
#include "pipeline/chat_names.h"
#include "pipeline/counters.h"
#include "pipeline/heads.h"

namespace tg::pipeline {
namespace {

using model::Kind;

// A message this young may be on its way to the account whose page lacks it.
constexpr std::int64_t kSettleUs = 60'000'000;
constexpr std::size_t kMaxQuarantinePayload = 64 << 10;
constexpr std::array kEachTotal{&Totals::created,  &Totals::edited,           &Totals::deleted,   &Totals::restored,
                                &Totals::counters, &Totals::filled,           &Totals::reprocess, &Totals::known,
                                &Totals::refused,  &Totals::no_longer_refused};

// A topic has the number of the message that made it.
std::optional<TopicSeen> topic_named_by(const Seen& seen) {
  const auto& m = seen.message;
  const auto topic = m.service == "topic_created" ? m.key.message
                     : m.service == "topic_edit"  ? m.topic
                                                  : model::MessageId{};
  if (!topic || m.text.empty() || m.key.scope) return std::nullopt;
  return TopicSeen{seen.from, m.key.peer, topic, m.text, m.date};
}

}  // namespace

Totals& Totals::operator+=(const Totals& more) {
  for (const auto each : kEachTotal) this->*each += more.*each;
  return *this;
}

Totals Totals::operator-(const Totals& earlier) const {
  Totals difference = *this;
  for (const auto each : kEachTotal) difference.*each -= earlier.*each;
  return difference;
}

void Batch::count(std::uint64_t Totals::*what, model::Origin origin, std::uint64_t more) {
  totals_.*what += more;
  if (origin == model::Origin::import_) imported_.*what += more;
}

Batch::Batch(journal::Connection& db, model::Time now, std::chrono::seconds deliver_max_age)
    : db_(db), now_(now), deliver_max_age_(deliver_max_age) {}

Result<Batch::Slot*> Batch::slot(const model::MessageKey& key) {
  if (const auto known = slots_.find(key); known != slots_.end()) return &known->second;
  auto state = load_state(db_, key);
  if (!state) return state.error();
  return &slots_.emplace(key, Slot{*state, *state}).first->second;
}

bool Batch::offered(const Seen& seen) const {
  if (!seen.message.service.empty()) return false;
  if (seen.as_live) return true;
  switch (seen.from.origin) {
    case model::Origin::live: return true;
    case model::Origin::catchup: return is_young(seen.message);
    default: return false;
  }
}

bool Batch::is_young(const model::Message& message) const {
  return now_.us - message.date.us <= std::chrono::microseconds(deliver_max_age_).count();
}

// Imported once as history and now as if it were new; or named by an import before Telegram brought it.
bool Batch::is_news_by_now(const State& state, const Seen& seen) const {
  if (!offered(seen)) return false;
  return seen.as_live || (state.origin == model::Origin::import_ && is_young(seen.message));
}

Result<void> Batch::commit_event(Slot& slot, Decision decision) {
  auto& event = decision.event;
  event.recorded_at = now_;
  event.raw = std::move(decision.message.raw);
  decision.message.raw.clear();
  Facts facts = event.kind == Kind::deleted ? Facts{} : facts_of(decision.message);
  if (event.kind == Kind::counters) {
    facts.counters = model::to_json(decision.message.counters);
    event.message = "{\"counters\":" + facts.counters + "}";
  } else if (event.kind != Kind::deleted) {
    event.message = model::to_json(decision.message);
  } else if (slot.state.has_content()) {
    // A reader that never saw the message still learns what was deleted.
    if (auto body = load_body(db_, slot.state.now().seq)) event.message = model::to_json(*body);
  }
  if (auto done = append(db_, event, facts); !done) return done;
  apply(slot.state, event, facts);
  switch (event.kind) {
    case Kind::created: count(&Totals::created, event.origin); break;
    case Kind::edited: count(&Totals::edited, event.origin); break;
    case Kind::deleted: count(&Totals::deleted, event.origin); break;
    case Kind::restored: count(&Totals::restored, event.origin); break;
    case Kind::counters: count(&Totals::counters, event.origin); break;
    case Kind::filled: count(&Totals::filled, event.origin); break;
    case Kind::reprocess: count(&Totals::reprocess, event.origin); break;
    default: break;
  }
  events_.push_back(std::move(event));
  return {};
}

Result<void> Batch::take(const Seen& seen, std::int64_t content_hash) {
  auto found = slot(seen.message.key);
  if (!found) return found.error();
  Slot& slot = **found;
  auto decision = decide(slot.state, seen, content_hash, [this](model::Seq seq) { return load_body(db_, seq); });
  if (decision) {
    decision->event.offered = decision->event.kind != Kind::filled && offered(seen);
    if (seen.listened && decision->event.kind == Kind::created) {
      heard_.push_back({seen.message.key.peer, seen.message.date});
    }
    if (auto done = commit_event(slot, std::move(*decision)); !done) return done;
    if (seen.freshness == Freshness::cached && !seen.uploaded) {
      const auto& key = seen.message.key;
      auto& newest = newest_of_copies_[{key.peer, key.scope}];
      newest = std::max(newest, {key.message, seen.from.observed_at});
    }
  } else {
    count(&Totals::known, seen.from.origin);
    if (const auto counters = counters_of(seen); !counters.counters.empty()) {
      if (auto done = take(counters); !done) return done;
    }
  }
  // Also of one that is known: older programs kept no titles.
  if (const auto topic = topic_named_by(seen)) {
    if (auto done = take(*topic); !done) return done;
  }
  if (!slot.state.offered && slot.state.has_content() && is_news_by_now(slot.state, seen)) {
    Decision again;
    again.event.key = seen.message.key;
    again.event.kind = Kind::reprocess;
    again.event.origin = seen.from.origin;
    again.event.source = seen.from.source;
    again.event.account = seen.from.account;
    again.event.observed_at = seen.from.observed_at;
    again.event.n = now_.us;
    again.event.edit_date = slot.state.now().edit_date;
    again.event.offered = true;
    if (auto body = load_body(db_, slot.state.now().seq)) again.message = std::move(*body);
    if (auto done = commit_event(slot, std::move(again)); !done) return done;
  }
  sight(slot.state, seen);
  return seen.place.empty() ? Result<void>() : no_longer_set_aside(seen.place, seen.from.origin);
}

// A message that was set aside before and can be read now no longer waits: it stood at the same place, whatever byte.
Result<void> Batch::no_longer_set_aside(const std::string& place, model::Origin origin) {
  const auto end = place.rfind(kPlaceByte);
  if (end == place.npos) return {};
  if (!any_set_aside_) {
    const auto any = db_.scalar("SELECT EXISTS (SELECT 1 FROM quarantine WHERE reader = 'intake')");
    if (!any) return any.error();
    any_set_aside_ = *any != 0;
  }
  if (!*any_set_aside_) return {};
  const std::string from = place.substr(0, end + kPlaceByte.size());
  std::string below = from;
  ++below.back();
  auto& row = db_.prepared("DELETE FROM quarantine WHERE reader = 'intake' AND seq = 0 AND place >= ?1 AND place < ?2");
  row.reset();
  row.bind(1, std::string_view(from)).bind(2, std::string_view(below));
  if (auto done = row.run(); !done) return done;
  count(&Totals::no_longer_refused, origin, static_cast<std::uint64_t>(db_.changes()));
  return {};
}

Result<void> Batch::take(const Deleted& deleted) {
  auto found = slot(deleted.key);
  if (!found) return found.error();
  Slot& slot = **found;
  if (auto decision = decide(slot.state, deleted)) return commit_event(slot, std::move(*decision));
  count(&Totals::known, deleted.from.origin);
  sight(slot.state, deleted);
  return {};
}

Result<void> Batch::take(const CountersSeen& seen) {
  auto found = slot(seen.key);
  if (!found) return found.error();
  Slot& slot = **found;
  if (auto decision = decide(slot.state, seen)) {
    if (auto done = commit_event(slot, std::move(*decision)); !done) return done;
  }
  sight(slot.state, seen);
  return {};
}

Result<void> Batch::take(const MediaSeen& seen) {
  auto found = slot(seen.key);
  if (!found) return found.error();
  Slot& slot = **found;
  auto decision = decide(slot.state, seen, [this](model::Seq seq) { return load_body(db_, seq); });
  return decision ? commit_event(slot, std::move(*decision)) : Result<void>();
}

Result<void> Batch::take(const Proof& proof) {
  if (proof.last < proof.first) return {};
  ChatSeen chat;
  chat.from = proof.from;
  chat.peer = proof.peer;
  chat.scope = proof.scope;
  if (auto done = take(chat); !done) return done;
  // Not see_newest(): what is proven in this very step never was a hole.
  auto moved =
      db_.prepared("UPDATE chats SET newest = ?3, newest_at = ?4 WHERE peer = ?1 AND scope = ?2 AND newest < ?3")
          .with(proof.peer, proof.scope, proof.last, proof.from.observed_at)
          .run();
  if (!moved) return moved;
  if (proof.kind == ProofKind::walk) {
    if (auto done = finish(); !done) return done;  // the page's own messages must be in heads
    std::vector<model::MessageKey> absent;
    auto& rows =
        db_.prepared(
               "SELECT message FROM heads WHERE peer = ? AND message BETWEEN ? AND ? AND scope = ? AND deleted_at = 0 "
               "AND flags & 2 = 0 AND date IS NOT NULL AND date < ? AND fetched_at < ? ORDER BY message")
            .with(proof.peer, proof.first, proof.last, proof.scope, model::Time{proof.from.observed_at.us - kSettleUs},
                  proof.from.observed_at);
    while (true) {
      auto row = rows.step();
      if (!row) return row.error();
      if (!*row) break;
      const model::MessageId id{rows.integer(0)};
      if (!std::binary_search(proof.present.begin(), proof.present.end(), id))
        absent.push_back({proof.scope, proof.peer, id});
    }
    rows.reset();
    for (const auto& key : absent) {
      if (auto done = take(Deleted{proof.from, key}); !done) return done;
    }
  }
  return journal::add_proof(db_, proof.peer, proof.scope, proof.from.account, {proof.first.value, proof.last.value},
                            static_cast<int>(proof.kind), proof.from.observed_at);
}

Result<void> Batch::take(const ChatSeen& chat) {
  auto start_moved = note_chat(db_, chat, now_);
  if (!start_moved) return start_moved.error();
  if (*start_moved) {
    if (auto done = finish(); !done) return done;
    if (auto done = recount_before_start(db_, chat.peer, chat.scope); !done) return done;
  }
  if (chat.successor) {
    auto linked = link_successor(db_, chat, now_);
    if (!linked) return linked.error();
    if (*linked) {
      if (auto done = tell_successor(chat); !done) return done;
    }
  }
  if (!chat.newest) return {};
  return journal::see_newest(db_, chat.peer, chat.scope, chat.newest, chat.from.observed_at, chat.hole_cause);
}

Result<void> Batch::tell_successor(const ChatSeen& chat) {
  return tell_of_chat(chat.from, chat.peer, chat.scope, Kind::channel_migrated,
                      fmt::format("{{\"migrated_to\":{}}}", chat.successor.value));
}

Result<void> Batch::tell_of_chat(const Provenance& from, model::ChatId peer, model::Scope scope, model::Kind kind,
                                 std::string body, std::int64_t part) {
  model::Event event;
  event.key = {scope, peer, {}};
  event.kind = kind;
  event.origin = from.origin;
  event.source = from.source;
  event.account = from.account;
  event.observed_at = from.observed_at;
  event.recorded_at = now_;
  event.n = event.observed_at.us + part;
  event.message = std::move(body);
  if (auto done = append(db_, event, {}); !done) return done;
  events_.push_back(std::move(event));
  return {};
}

Result<void> Batch::take(const TopicSeen& topic) {
  const auto renamed = journal::note_topic(db_, topic.peer, topic.topic, topic.title, topic.at);
  if (!renamed) return renamed.error();
  if (!*renamed) return {};
  std::string body = fmt::format("{{\"topic\":{},\"title\":", topic.topic.value);
  model::append_json_string(body, topic.title);
  return tell_of_chat(topic.from, topic.peer, {}, Kind::channel, body + "}", topic.topic.value);
}

Result<void> Batch::take(const AccessSeen& access) {
  return journal::note_access(db_, access.peer, access.scope, access.from.account, access.sees, access.reason,
                              access.from.observed_at);
}

Result<void> Batch::take(const Refused& refused) {
  count(&Totals::refused, refused.from.origin);
  any_set_aside_ = true;
  const std::string_view payload = std::string_view(refused.payload).substr(0, kMaxQuarantinePayload);
  auto& row = db_.prepared(
      "INSERT INTO quarantine (reader, seq, place, reason, payload, tries, first_at, last_at) VALUES ('intake', 0, ?1, "
      "?2, "
      "?3, 1, ?4, ?4) ON CONFLICT (reader, seq, place, reason) DO UPDATE SET tries = tries + 1, last_at = ?4");
  row.reset();
  row.bind(1, std::string_view(refused.place))
      .bind(2, std::string_view(refused.reason))
      .bind_blob(3, payload)
      .bind(4, now_);
  return row.run();
}

Result<void> Batch::finish() {
  for (auto& [key, slot] : slots_) {
    const bool changed = slot.state.last != slot.stored.last;
    const bool sighted =
        slot.state.fetched_at != slot.stored.fetched_at || slot.state.deleted_at != slot.stored.deleted_at ||
        slot.state.counters_at != slot.stored.counters_at || slot.state.counters != slot.stored.counters;
    if (!changed && !sighted) continue;
    if (!slot.state.exists()) continue;
    if (auto done = save_state(db_, key, slot.stored, slot.state); !done) return done;
    if (changed) counts_.change(key, slot.stored, slot.state);
    slot.stored = slot.state;
  }
  if (auto done = counts_.write(db_, now_); !done) return done;
  return see_newest_of_copies();
}

// Where completeness is promised, what lies between the newest that was proven and such a message is a hole.
Result<void> Batch::see_newest_of_copies() {
  for (const auto& [chat, newest] : newest_of_copies_) {
    const auto& [peer, scope] = chat;
    const auto& [message, at] = newest;
    auto& row = db_.prepared("SELECT 1 FROM chats WHERE peer = ? AND scope = ? AND start <> 0 AND newest < ?")
                    .with(peer, scope, message);
    auto found = row.step();
    if (!found) return found.error();
    const bool beyond = *found;
    row.reset();
    if (!beyond) continue;
    if (auto done = journal::see_newest(db_, peer, scope, message, at, "a copy has newer messages"); !done) return done;
  }
  newest_of_copies_.clear();
  return {};
}

}  // namespace tg::pipeline
