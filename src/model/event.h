#pragma once
// What the journal holds and every reader gets: one thing that happened to one message (or chat).
//
// JSON: {"v":1, seq, key, kind, origin, source, account, observed_at, message} and scope, peer, id, edit_date, n,
// recorded_at, superseded. Fields are only ever added.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.h"
#include "model/message.h"

namespace tg::model {

enum class Kind : std::uint8_t {
  created = 1,  // "new"
  edited = 2,   // another content
  deleted = 3,
  restored = 4,  // a tombstone cleared by a copy fetched later from the server
  counters = 5,  // views, forwards, reactions; not delivered unless asked
  channel = 6,   // title or other facts of a chat
  channel_migrated = 7,
  reprocess = 8,  // a person asked for it to be delivered again
  filled = 9,     // missing fields came from another source: no version, not delivered unless asked
};

// How it came to be known. History is not news.
enum class Origin : std::uint8_t { live = 1, catchup = 2, backfill = 3, import_ = 4 };

// What showed it. The rank decides who is believed at an equal edit date.
enum class SourceKind : std::uint8_t { tdlib = 1, export_file = 2, demo = 3 };

std::string_view name_of(Kind kind);        // "new", "edited", …
std::string_view name_of(Origin origin);    // "live", "catchup", "backfill", "import"
std::string_view name_of(SourceKind kind);  // "tdlib", "export_file", "demo"
std::optional<Kind> parse_kind(std::string_view name);
std::optional<Origin> parse_origin(std::string_view name);
std::optional<SourceKind> parse_source(std::string_view name);

// A server speaks for itself (2); an export is a copy (1).
constexpr int rank_of(SourceKind kind) { return kind == SourceKind::export_file ? 1 : 2; }

struct Event {
  Seq seq;  // given by the journal
  MessageKey key;
  Kind kind = Kind::created;
  Time edit_date;  // of the content, 0 = none
  // new, edited: counts other contents at an equal edit date. Other kinds: when it was observed (µs), so that a second
  // deletion of a restored message has a key of its own.
  std::int64_t n = 0;
  Origin origin = Origin::live;
  SourceKind source = SourceKind::tdlib;
  std::int64_t account = 0;
  Time observed_at;          // when the source saw it (a page: when it was asked for)
  Time recorded_at;          // when the journal wrote it
  std::string message;       // JSON of Message (message_json.h); empty for a deletion of what was never seen
  std::int64_t hash = 0;     // of the content as its source showed it, before other sources filled it in
  bool offered = false;      // news for consumers: live, young catch-up, or imported as live
  bool superseded = false;   // an older version that arrived late: kept, but the message stays as it was
  bool hidden_edit = false;  // an edit whose date Telegram hides: ordered by observed_at
  bool from_page = false;    // fetched from the server itself at observed_at
  bool cached = false;       // from a client's memory or a file: may be old
  bool erased = false;       // a deletion that a person asked for: nothing brings it back
  std::string raw;           // the source's payload where content was not understood; may be empty
};

// scope:peer:message:kind:edit_date:n, the same for every reader and for ever.
std::string event_key(const Event& event);

std::string to_json(const Event& event);

}  // namespace tg::model
