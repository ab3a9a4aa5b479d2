#pragma once
// Strong types for what is otherwise a number. All are values; none allocates.
//
// ChatId    marked id as Telegram clients write it: -100… for channels and supergroups, negative for basic groups,
//           positive for private chats.
// MessageId the server's id, 1…2^31-1 (TDLib's id >> 20).
// Scope     0 for channels and supergroups, whose message ids are the same for everyone; the account's user id
//           elsewhere, where two accounts number the same message differently.
// Seq       position in the journal: grows for ever, also over a restore; < 2^53, so that JavaScript holds it.

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tg::model {

template <class Tag>
struct Id {
  std::int64_t value = 0;

  constexpr Id() = default;
  constexpr explicit Id(std::int64_t v) : value(v) {}
  constexpr auto operator<=>(const Id&) const = default;
  constexpr explicit operator bool() const { return value != 0; }
};

using ChatId = Id<struct ChatTag>;
using MessageId = Id<struct MessageTag>;
using Scope = Id<struct ScopeTag>;
using Seq = Id<struct SeqTag>;

// Microseconds since 1970 UTC.
struct Time {
  std::int64_t us = 0;

  constexpr auto operator<=>(const Time&) const = default;
  constexpr explicit operator bool() const { return us != 0; }
  static constexpr Time seconds(std::int64_t s) { return Time{s * 1'000'000}; }
  constexpr std::int64_t to_seconds() const { return us / 1'000'000; }
  static Time now();
};

// 2025-11-03T02:40:00.000Z; always UTC, milliseconds.
std::string to_rfc3339(Time time);
// Date and time with a zone (Z or ±hh:mm); a bare date is midnight UTC. Nothing where it is neither.
std::optional<Time> parse_time(std::string_view text);

// Identity of a message. The date is no part of it.
struct MessageKey {
  Scope scope;
  ChatId peer;
  MessageId message;

  constexpr auto operator<=>(const MessageKey&) const = default;
};

// peer:message, with :scope behind when it is not 0. Also reads the %3A form.
std::string to_api_id(const MessageKey& key);
std::optional<MessageKey> parse_api_id(std::string_view text);

// A whole decimal number within int64, nothing around it.
std::optional<std::int64_t> parse_int(std::string_view text);

// -100… ids are one numbering for everyone.
constexpr bool is_channel(ChatId peer) { return peer.value <= -1'000'000'000'000; }
constexpr ChatId channel_peer(std::int64_t bare_id) { return ChatId{-1'000'000'000'000 - bare_id}; }

}  // namespace tg::model

template <class Tag>
struct std::hash<tg::model::Id<Tag>> {
  std::size_t operator()(const tg::model::Id<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};

template <>
struct std::hash<tg::model::MessageKey> {
  std::size_t operator()(const tg::model::MessageKey& key) const noexcept {
    auto mix = [](std::uint64_t h, std::int64_t v) {
      h ^= static_cast<std::uint64_t>(v) + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
      return h * 0xff51afd7ed558ccdULL;
    };
    return mix(mix(mix(0, key.scope.value), key.peer.value), key.message.value);
  }
};
