#pragma once
// Takes observations into the journal, inside one transaction of the writer: looks up what is known, decides, appends
// events, keeps heads, counts, coverage and quarantine in step. Knows nothing of threads or of when to commit.

#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "journal/journal.h"
#include "pipeline/chat_counts.h"
#include "pipeline/fold.h"
#include "pipeline/observation.h"

namespace tg::pipeline {

struct Totals {
  std::uint64_t created = 0, edited = 0, deleted = 0, restored = 0, counters = 0, filled = 0, reprocess = 0;
  std::uint64_t known = 0;              // seen again, nothing new
  std::uint64_t refused = 0;            // set aside
  std::uint64_t no_longer_refused = 0;  // set aside before, taken in now

  Totals& operator+=(const Totals& more);
  Totals operator-(const Totals& earlier) const;
};

// A message that was not known before and whose chat was listened to when it was posted.
struct Heard {
  model::ChatId peer;
  model::Time posted;
};

class Batch {
 public:
  Batch(journal::Connection& db, model::Time now, std::chrono::seconds deliver_max_age);

  Result<void> take(const Seen& seen, std::int64_t content_hash);
  Result<void> take(const Deleted& deleted);
  Result<void> take(const CountersSeen& counters);
  Result<void> take(const MediaSeen& media);
  Result<void> take(const Proof& proof);
  Result<void> take(const ChatSeen& chat);
  Result<void> take(const AccessSeen& access);
  Result<void> take(const TopicSeen& topic);
  Result<void> take(const Refused& refused);

  // Writes heads and counts. Then COMMIT is the caller's.
  Result<void> finish();

  // What was looked up may have been changed by another hand. After finish().
  void forget() { slots_.clear(); }

  std::vector<model::Event>& events() { return events_; }
  const std::vector<Heard>& heard() const { return heard_; }
  const Totals& totals() const { return totals_; }
  const Totals& imported() const { return imported_; }  // of these, by imports

 private:
  struct Slot {
    State stored;  // as the tables have it
    State state;
  };
  Result<Slot*> slot(const model::MessageKey& key);
  Result<void> commit_event(Slot& slot, Decision decision);
  bool offered(const Seen& seen) const;
  bool is_young(const model::Message& message) const;
  bool is_news_by_now(const State& state, const Seen& seen) const;
  void count(std::uint64_t Totals::*what, model::Origin origin, std::uint64_t more = 1);
  Result<void> no_longer_set_aside(const std::string& place, model::Origin origin);
  Result<void> see_newest_of_copies();
  Result<void> tell_successor(const ChatSeen& chat);
  // `part`: sets events that were observed together apart.
  Result<void> tell_of_chat(const Provenance& from, model::ChatId peer, model::Scope scope, model::Kind kind,
                            std::string body, std::int64_t part = 0);

  journal::Connection& db_;
  model::Time now_;
  std::chrono::seconds deliver_max_age_;
  std::unordered_map<model::MessageKey, Slot> slots_;
  ChatCounts counts_;
  // Of copies (exports, a client's memory) in this batch the newest message a chat: the server is known to have had it.
  std::map<std::pair<model::ChatId, model::Scope>, std::pair<model::MessageId, model::Time>> newest_of_copies_;
  std::vector<model::Event> events_;
  std::vector<Heard> heard_;
  std::optional<bool> any_set_aside_;  // by the intake; nothing: not asked yet
  Totals totals_, imported_;
};

}  // namespace tg::pipeline
