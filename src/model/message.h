#pragma once
// One message as Telegram shows it, whoever saw it: text with its formatting, media, and what it belongs to.
// Plain values without I/O. Offsets and lengths are in UTF-16 units, as in Telegram's own API
// (core.telegram.org/api/entities). Their JSON form is in message_json.h.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"

namespace tg::model {

enum class EntityType {
  bold,
  italic,
  underline,
  strikethrough,
  spoiler,
  code,
  pre,
  text_link,
  mention,
  mention_name,
  hashtag,
  cashtag,
  bot_command,
  url,
  email,
  phone,
  bank_card,
  custom_emoji,
  blockquote,
  other,
};

struct Entity {
  EntityType type = EntityType::other;
  std::int32_t offset = 0;
  std::int32_t length = 0;
  std::string value;  // url, language, user id or emoji id, by type; usually empty

  bool operator==(const Entity&) const = default;
};

enum class MediaType {
  none,
  photo,
  video,
  audio,
  voice,
  video_note,
  animation,
  sticker,
  document,
  contact,
  location,
  poll,
  other,
};

struct Media {
  MediaType type = MediaType::none;
  std::string unique_id;  // the same for everyone who sees the file; empty where the source does not tell
  std::string file_name;
  std::string mime_type;
  std::int64_t size = 0;  // bytes, 0 = unknown
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t duration_s = 0;
  std::string miniature;  // base64 JPEG, a few hundred bytes
  std::string blob;       // SHA-256 (hex) of the file in the media folder; empty while it is not here
  std::string
      absent;  // why it is not here: not_downloaded, not_imported, not_in_export, too_large, removed, destroys_itself

  bool operator==(const Media&) const = default;
};

struct Reply {
  MessageId message;
  ChatId peer;       // 0 = the same chat
  std::string text;  // the quoted text, or what the source showed of the replied-to message
  std::string sender;

  bool operator==(const Reply&) const = default;
};

struct Forward {
  std::string name;
  ChatId peer;
  MessageId message;
  Time date;

  bool operator==(const Forward&) const = default;
};

struct LinkPreview {
  std::string url, title, description, site_name, author, image, type;

  bool operator==(const LinkPreview&) const = default;
};

struct PollOption {
  std::string text;
  std::int64_t voters = 0;

  bool operator==(const PollOption&) const = default;
};

struct Poll {
  std::string question;
  std::vector<PollOption> options;
  std::int64_t total_voters = 0;
  bool closed = false;

  bool operator==(const Poll&) const = default;
};

struct Reaction {
  std::string emoji;
  std::int64_t count = 0;

  auto operator<=>(const Reaction&) const = default;
};

struct Votes {
  Time at;                            // when they were so
  std::vector<std::int64_t> options;  // in the poll's order
  std::int64_t total = 0;
  bool closed = false;

  auto operator<=>(const Votes&) const = default;
};

// What changes without being an edit: coalesced, last value wins, not versioned.
struct Counters {
  std::int64_t views = 0;
  std::int64_t forwards = 0;
  std::vector<Reaction> reactions;
  std::optional<Votes> votes;  // of a poll; newer than what Message::poll shows

  bool empty() const { return views == 0 && forwards == 0 && reactions.empty() && !votes; }
  bool operator==(const Counters&) const = default;
};

struct Message {
  MessageKey key;
  Time date;       // when it was posted
  Time edit_date;  // 0 = never edited, or an edit that Telegram hides
  std::string chat_title;
  std::string sender;  // shown name
  std::int64_t sender_id = 0;
  std::string signature;  // author of a channel post
  std::string text;       // text or caption, UTF-8, no U+0000
  std::vector<Entity> entities;
  Media media;
  std::string album;  // decimal album id; empty = none
  MessageId topic;    // forum topic or thread
  std::optional<Reply> reply;
  std::optional<Forward> forward;
  std::optional<LinkPreview> link_preview;
  std::optional<Poll> poll;
  std::string via_bot;
  std::string service;  // what happened, for a service message (e.g. pin_message); empty = an ordinary one
  Counters counters;
  std::vector<std::string> tags;  // words that rules added; no part of the content
  bool redacted = false;          // rules replaced parts of its texts: the server's own still has them
  bool sanitised = false;         // something no database takes (U+0000, lone surrogates) was cut out
  std::string raw;                // the source's own JSON, where the content was not understood; empty otherwise

  bool operator==(const Message&) const = default;
};

// Also puts the votes into the message's poll.
void set_counters(Message& message, Counters counters);

}  // namespace tg::model
