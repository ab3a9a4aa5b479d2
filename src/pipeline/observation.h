#pragma once
// What a source hands over. A source says what it saw and when; what that means (new, edit, version, nothing) is
// decided by the writer alone.

#include <string>
#include <variant>
#include <vector>

#include "model/event.h"
#include "model/message.h"

namespace tg::pipeline {

struct Provenance {
  model::SourceKind source = model::SourceKind::tdlib;
  model::Origin origin = model::Origin::live;
  std::int64_t account = 0;
  // When the server's state was so: an update's arrival, a page's *request*. A monotonic clock is not needed.
  model::Time observed_at;
};

// How fresh a seen message is; decides whether it may clear a tombstone or be a hidden edit.
enum class Freshness : std::uint8_t {
  update,  // the server pushed it
  page,    // fetched from the server itself at observed_at
  cached,  // from a client's memory or a file: may be old
};

// What a place says last, where it is known: the rest of it names the message, in whatever version of the file.
inline constexpr std::string_view kPlaceByte = ", byte ";

struct Seen {
  Provenance from;
  Freshness freshness = Freshness::update;
  bool hidden_edit = false;  // pushed as an edit whose date Telegram hides (edit_date 0)
  bool as_live = false;      // an import offered to consumers as if it were new
  model::Message message;
  std::string place;  // where in its input it stood, for people; may be empty
  // Its chat was listened to when it was posted: the time until it is on disk is lag.
  bool listened = false;
  bool uploaded = false;  // anybody may have made its file: that it is there proves nothing of what the server has
};

// Permanent deletion, as the server pushed it.
struct Deleted {
  Provenance from;
  model::MessageKey key;
};

struct CountersSeen {
  Provenance from;
  model::MessageKey key;
  model::Counters counters;
  model::Time as_of = {};  // when they were so, where that is not from.observed_at; 0 = it is

  model::Time at() const { return as_of ? as_of : from.observed_at; }
};

// What became of a message's file: fetched, or removed again. Says nothing of a message that has another file by now.
struct MediaSeen {
  Provenance from;
  model::MessageKey key;
  std::string unique_id;
  std::string blob;    // empty: it is not here (any more)
  std::string absent;  // then: why
};

enum class ProofKind : std::uint8_t {
  live,  // consecutive live ids: `to` is the id just seen, `from` the one seen before it
  walk,  // one page of a walk that came from the server
};

// Every id of the channel in [from, to] is accounted for at from.observed_at: it is in `present`, or it is empty.
// `present` must be complete for a walk; a live proof needs none.
struct Proof {
  Provenance from;
  ProofKind kind = ProofKind::walk;
  model::Scope scope;
  model::ChatId peer;
  model::MessageId first;
  model::MessageId last;
  std::vector<model::MessageId> present;  // ascending
};

// Facts about a chat; empty fields change nothing.
struct ChatSeen {
  Provenance from;
  model::ChatId peer;
  model::Scope scope;
  std::string title;
  std::string username;
  std::string kind;         // channel, supergroup, group, private
  model::MessageId start;   // completeness is promised from here on; 0 = nothing is promised
  model::MessageId newest;  // newest id that the server is known to have
  std::string hole_cause;   // why ids may be missing before `newest`, e.g. connection lost
  model::ChatId successor;  // the supergroup that this basic group became
};

// Whether an account may see a chat, as the server said just now.
struct AccessSeen {
  Provenance from;
  model::ChatId peer;
  model::Scope scope;
  bool sees = true;
  std::string reason;  // Telegram's word where it does not
};

// What a topic of a forum is called. A message that says so (topic_created, topic_edit) needs none.
struct TopicSeen {
  Provenance from;
  model::ChatId peer;
  model::MessageId topic;
  std::string title;
  model::Time at;  // when it was called so
};

// Something a source could not read: kept as it was, with the reason.
struct Refused {
  Provenance from;
  std::string place;  // file and message, or position
  std::string reason;
  std::string payload;  // at most 64 KiB are kept
};

using Observation =
    std::variant<Seen, Deleted, CountersSeen, MediaSeen, Proof, ChatSeen, AccessSeen, TopicSeen, Refused>;

}  // namespace tg::pipeline
