#pragma once
// What a run of events makes of the tables: how each of their messages stands now, by the journal's heads, and the
// versions that the events hold. Made from the journal in one snapshot; columns, not rows, so that a batch is a handful
// of arrays.

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "journal/sqlite.h"
#include "model/event.h"
#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {

struct Batch {
  struct Keys {
    std::vector<std::int64_t> scope, peer, message;
    std::vector<model::Time> date;

    void add(const model::MessageKey& key, model::Time at);
    bool empty() const { return scope.empty(); }
    std::size_t size() const { return scope.size(); }
  };

  // Of telegram_gateway.messages. Where the content is no longer in the journal, only what follows from the head.
  struct Messages {
    Keys keys;
    std::vector<std::int64_t> first, arrival, content, last, kind, origin, account, n, versions, topic, sender_id,
        flags;
    std::vector<std::string> source, type, text, media_type, media_refs, sender, search, metadata, counters;
    std::vector<char> offered, service, media, reprocess;
    std::vector<model::Time> edited, received, reprocess_requested, restored, created, updated, deleted;
  };

  struct Versions {
    Keys keys;
    std::vector<std::int64_t> kind, edit_date, n, seq, origin, account, flags, hash;
    std::vector<std::string> source, body;
    std::vector<model::Time> observed, recorded;
    std::vector<char> superseded, hidden_edit;
  };

  // Every version that the journal counts for messages whose set of versions may have changed otherwise than by
  // growing.
  struct Kept {
    Keys keys;
    std::vector<std::int64_t> seq, edit_date;
  };

  // Events after which consumers may be offered a message once more.
  struct Reopened {
    Keys keys;
    std::vector<std::int64_t> kind, seq;
  };

  Messages whole, state_only;
  Versions versions;
  Kept kept;
  Reopened reopened;
  std::vector<model::Time> dates;  // of what is to be inserted
  std::int64_t undated = 0;        // messages of which only a deletion is known
  std::int64_t too_old = 0;        // messages that retention has dropped, or would
};

// The oldest and the newest of these dates; those that are not known are left out, 0 where none is. As a constant
// beside a join it tells TimescaleDB which chunks, and what in them, to look at: without it, it unpacks all that is
// compressed.
std::pair<model::Time, model::Time> span_of(std::span<const model::Time> dates);

// What is older is left out.
struct Retention {
  model::Time oldest;   // 0 = all is kept
  bool by_date = true;  // Telegram's; else when it was first on disk
};

class BatchReader {
 public:
  BatchReader(journal::Connection& journal, const Retention& retention) : db_(journal), retention_(retention) {}
  // Reads within a snapshot that is open.
  Result<Batch> read(std::span<const model::Event> events);

 private:
  struct Head;
  struct Version {
    model::Seq seq;
    model::Time edit_date;
  };
  struct Entry;

  Result<std::optional<Head>> head(const model::MessageKey& key);
  Result<std::vector<Version>> versions(const model::MessageKey& key, const Head& head);
  // From the batch, or from the journal; nothing where it was trimmed.
  Result<std::optional<model::Event>> event(model::Seq seq);
  Result<model::Event> first(const Head& head, const std::vector<Version>& versions, const model::Event& otherwise);
  Result<void> add(const Entry& entry, Batch& batch);
  bool is_too_old(model::Time date, model::Time created) const;

  journal::Connection& db_;
  Retention retention_;
  std::unordered_map<std::int64_t, const model::Event*> at_hand_;  // by seq
};

}  // namespace tg::store::postgres
