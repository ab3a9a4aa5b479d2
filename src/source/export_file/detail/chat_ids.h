#pragma once
// From the ids of an export to ours. Exports write bare ids: a channel, a basic group and a user may have the same one,
// and only the chat's type tells them apart.

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/ids.h"

namespace tg::export_file::detail {

// A supergroup's export begins with the messages of the basic group that it was; their ids are shifted by this, so
// that they do not meet the supergroup's own (kMigratedMessagesIdShift of Telegram Desktop).
inline constexpr std::int64_t kMigratedShift = 1'000'000'000;

struct ChatIdentity {
  model::ChatId peer;
  std::string_view kind;  // channel, supergroup, group, private
  bool personal = false;  // numbered by the account: its scope is the account's user id
};

// Nothing for types that are not known.
std::optional<ChatIdentity> identify(std::string_view type, std::int64_t bare_id);

// The server's id and whether it belongs to the basic group of before; nothing for what can be no id.
struct MappedId {
  model::MessageId id;
  bool migrated = false;
};
std::optional<MappedId> map_message_id(std::int64_t exported);

// user123, chat123, channel123 → the marked chat id; 0 for anything else.
model::ChatId parse_peer(std::string_view text);

}  // namespace tg::export_file::detail
