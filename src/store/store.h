#pragma once
// What the API and the command line ask of stored messages, whichever store holds them. Calls block on the store (keep
// them off the network threads), may be made from any thread, and see everything committed before the call.
// Pages are in the order (date, scope, peer, message); a cursor is opaque text over it. No call counts a whole result.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/event.h"
#include "model/ids.h"
#include "model/message.h"
#include "model/result.h"

namespace tg::store {

enum class Status : std::uint8_t {
  received,
  queued,
  published,
  retrying,
  failed,
  reprocess_pending,
  reprocessed,
  deleted,
};
std::string_view name_of(Status status);
std::optional<Status> parse_status(std::string_view name);

// A message as it stands now, with what the gateway knows about it.
struct Row {
  model::Message message;
  std::string chat_title;
  std::string topic_title;  // of message.topic, where it is known
  model::Seq seq;           // newest event of any kind
  model::Seq content_seq;   // the event its content is from
  model::Seq arrival;       // the first event
  std::int64_t n = 0;
  std::int32_t versions = 1;
  model::Kind kind = model::Kind::created;     // of content_seq
  model::Origin origin = model::Origin::live;  // of the first event
  model::SourceKind source = model::SourceKind::tdlib;
  std::int64_t account = 0;
  model::Time received_at;   // first observed
  model::Time recorded_at;   // first on disk
  model::Time updated_at;    // newest event on disk
  model::Time deleted_at;    // 0 = not deleted
  model::Time restored_at;   // when it was seen to be back; 0 = never deleted, or changed since
  model::Time published_at;  // first mark by a consumer; 0 = none
  std::vector<std::string> processed_by;
  Status status = Status::received;
};

struct PageQuery {
  std::vector<model::ChatId> channels;      // empty = all; a migrated chat's old id covers both
  std::optional<model::MessageId> message;  // bare Telegram id
  std::optional<model::Time> from, to;      // Telegram's date, from inclusive, to inclusive
  std::optional<model::Time> received_from, received_to;
  std::vector<Status> statuses;
  std::vector<model::SourceKind> sources;
  std::vector<model::Origin> origins;
  std::optional<bool> has_media;
  std::vector<model::MediaType> media_types;  // empty = any, and none
  std::optional<model::MessageId> topic;      // forum topic or thread
  std::string sender;                         // exact name, or a decimal sender id
  std::string search;  // substring, any script, three characters or more unless channel and dates are given
  bool include_deleted = false;
  bool only_deleted = false;
  bool only_edited = false;
  bool newest_first = true;
  std::size_t limit = 50;                   // 1…10,000
  std::int64_t offset = 0;                  // ≤ 100,000
  std::string cursor;                       // of nextCursor or prevCursor; then offset is ignored
  std::optional<model::MessageKey> around;  // a page centred on it, or where it would stand

  bool filtered() const;  // anything beside channels and order
};

struct Page {
  std::vector<Row> rows;
  std::int64_t total = 0;
  bool total_exact = true;  // false: at least `total` (counting stops at 1,000)
  bool has_more = false;
  std::string next_cursor;  // towards the end of the order; empty = none
  std::string prev_cursor;  // towards its beginning; empty = none
};

struct Version {
  model::Event event;
  bool current = false;
};

struct Topic {
  model::MessageId id;
  std::string title;
};

struct Chat {
  model::ChatId peer;
  model::Scope scope;
  std::string title, username, kind, label, description;
  bool active = true;
  bool registered = false;
  model::Time created_at, updated_at;
  std::int64_t total = 0;  // messages with content, deleted ones included
  std::int64_t deleted = 0;
  std::int64_t media = 0;
  model::Time last_date;
  model::MessageId start, newest;
  model::ChatId migrated_to, migrated_from;
  std::vector<Topic> topics;  // of a forum, those whose titles are known, by number; 1,000 at most
};

struct ChatStatistics {
  std::int64_t total = 0, last_24h = 0, last_7d = 0, last_30d = 0, with_media = 0;
  double average_per_day = 0;
  std::vector<std::pair<std::string, std::int64_t>> top_senders;  // of the newest 10,000 messages, at most 10
  std::vector<std::pair<std::string, std::int64_t>>
      messages_by_date;  // UTC day, newest 30 days with messages, oldest first
};

struct UnprocessedQuery {
  model::ChatId channel;
  std::string consumer;          // excludeProcessedBy; empty: marked by nobody
  std::vector<Status> statuses;  // as seen by the consumer; empty = received and queued
  std::size_t limit = 100;       // 1…10,000
  bool peek = false;             // nothing is remembered as served
};

// A consumer's mark: what it called the message.
struct Mark {
  std::string id;  // API id, channel:message, or a bare Telegram id
};

struct Marked {
  std::int64_t requested = 0;
  std::int64_t updated = 0;
  std::vector<model::MessageKey> keys;  // newly marked
};

struct Consumer {
  std::string name;
  model::Time created_at, last_seen;
  model::Seq stream_seq;  // acknowledged position of its stream
  std::string began;      // where it was made to start: now, oldest; empty = not known
  model::Time acked_at;   // when it acknowledged last; 0 = never: it is new, or it polls
  bool redeliver_edits = false;
  std::vector<model::Origin> origins;  // empty = live and young catch-up
  std::int64_t pending = 0;            // events behind stream_seq, capped at 10,000
};

// What one consumer has had of a message. The consumer '' is whoever polls without a name.
struct Handling {
  std::string consumer;
  std::int64_t served = 0;  // times it was given the message and has not marked it since
  model::Time served_at;    // the last of them; 0 = none
  model::Time marked_at;    // 0 = not marked
};

// How far the search index is.
struct SearchState {
  model::Seq indexed;
  std::int64_t behind_events = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual Result<Page> page(const PageQuery& query) = 0;
  virtual Result<std::optional<Row>> get(const model::MessageKey& key) = 0;
  virtual Result<std::vector<Version>> versions(const model::MessageKey& key) = 0;          // oldest first
  virtual Result<Row> remove(const model::MessageKey& key, const std::string& reason) = 0;  // a tombstone of ours
  virtual Result<Row> reprocess(const model::MessageKey& key, const std::string& requested_by) = 0;  // offered anew

  virtual Result<std::vector<Chat>> chats() = 0;
  virtual Result<std::optional<Chat>> chat(model::ChatId peer) = 0;
  virtual Result<Chat> add_chat(const Chat& chat) = 0;  // Code::conflict when registered already
  virtual Result<Chat> change_chat(model::ChatId peer, std::optional<std::string> label,
                                   std::optional<std::string> description, std::optional<bool> active) = 0;
  virtual Result<void> remove_chat(model::ChatId peer) = 0;  // leaves the registry; messages stay
  virtual Result<ChatStatistics> statistics(model::ChatId peer) = 0;
  // Messages of each of the last 24 hours, oldest first, a chat.
  virtual Result<std::map<model::ChatId, std::array<std::int64_t, 24>>> last_day() = 0;
  virtual Result<std::vector<std::pair<Status, std::int64_t>>> by_status() = 0;

  // Oldest arrival first; each one served is remembered before the answer. A consumer that left too many unmarked gets
  // these again and no others; Code::conflict where too many consumers have polled.
  virtual Result<std::vector<Row>> unprocessed(const UnprocessedQuery& query) = 0;
  virtual Result<Marked> mark_processed(const std::vector<Mark>& marks, const std::string& consumer) = 0;

  virtual Result<std::vector<Consumer>> consumers() = 0;
  virtual Result<Consumer> put_consumer(const Consumer& consumer) = 0;                // makes or changes
  virtual Result<Consumer> acknowledge(const std::string& name, model::Seq seq) = 0;  // never moves back
  // With its marks, also where it only ever polled. Code::not_found where nothing is known of it.
  virtual Result<void> remove_consumer(const std::string& name) = 0;

  virtual Result<std::vector<Handling>> handlings(const model::MessageKey&) { return std::vector<Handling>{}; }

  virtual Result<SearchState> search_state() {
    return Error{Code::unsupported, "this store keeps no search index", ""};
  }
};

}  // namespace tg::store
