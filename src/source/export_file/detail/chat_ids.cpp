#include "source/export_file/detail/chat_ids.h"

#include <limits>

namespace tg::export_file::detail {
namespace {

// Beyond it the marked id of a channel would not fit; Telegram's are far smaller.
constexpr std::int64_t kMaxBareId = 1'000'000'000'000'000;

}  // namespace

std::optional<ChatIdentity> identify(std::string_view type, std::int64_t bare_id) {
  // Some writers put the marked id.
  if (bare_id < -1'000'000'000'000) bare_id = -bare_id - 1'000'000'000'000;
  if (bare_id < 0) bare_id = -bare_id;
  if (bare_id == 0 || bare_id > kMaxBareId) return std::nullopt;
  if (type == "public_channel" || type == "private_channel") {
    return ChatIdentity{model::channel_peer(bare_id), "channel", false};
  }
  if (type == "public_supergroup" || type == "private_supergroup") {
    return ChatIdentity{model::channel_peer(bare_id), "supergroup", false};
  }
  if (type == "private_group") return ChatIdentity{model::ChatId{-bare_id}, "group", true};
  if (type == "personal_chat" || type == "bot_chat" || type == "saved_messages" || type == "replies" ||
      type == "verification_codes") {
    return ChatIdentity{model::ChatId{bare_id}, "private", true};
  }
  return std::nullopt;
}

std::optional<MappedId> map_message_id(std::int64_t exported) {
  if (exported > 0 && exported <= std::numeric_limits<std::int32_t>::max()) {
    return MappedId{model::MessageId{exported}, false};
  }
  if (exported < 0 && exported > -kMigratedShift) return MappedId{model::MessageId{exported + kMigratedShift}, true};
  return std::nullopt;
}

model::ChatId parse_peer(std::string_view text) {
  const auto number = [&](std::string_view prefix) -> std::int64_t {
    if (!text.starts_with(prefix)) return 0;
    const auto id = model::parse_int(text.substr(prefix.size()));
    return id && *id > 0 && *id <= kMaxBareId ? *id : 0;
  };
  if (const auto id = number("user")) return model::ChatId{id};
  if (const auto id = number("channel")) return model::channel_peer(id);
  if (const auto id = number("chat")) return model::ChatId{-id};
  return {};
}

}  // namespace tg::export_file::detail
