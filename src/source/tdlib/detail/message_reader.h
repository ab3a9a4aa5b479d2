#pragma once
// TDLib's JSON of a message to ours. Field names and meanings: td_api.tl of TDLib 1.8.62.
//
// TDLib's message id is the server's id × 2^20; what is not a multiple has no server id yet (being sent) or never
// gets one (local), and is no message here.

#include <boost/json/object.hpp>
#include <optional>

#include "model/message.h"
#include "source/tdlib/detail/names.h"

namespace tg::tdlib {

inline constexpr std::int64_t kIdStep = 1 << 20;

// 0 for one that the server does not know.
constexpr model::MessageId server_id(std::int64_t tdlib_id) {
  return model::MessageId{tdlib_id > 0 && tdlib_id % kIdStep == 0 ? tdlib_id / kIdStep : 0};
}
constexpr std::int64_t tdlib_id(model::MessageId id) { return id.value * kIdStep; }

// The account's user id for basic groups and private chats, whose ids are the account's own.
constexpr model::Scope scope_of(model::ChatId peer, std::int64_t account) {
  return model::is_channel(peer) ? model::Scope{} : model::Scope{account};
}

struct Read {
  model::Message message;
  model::ChatId migrated_to;    // from messageChatUpgradeTo
  model::ChatId migrated_from;  // from messageChatUpgradeFrom
};

// Nothing for a message without a server id.
std::optional<Read> read_message(const boost::json::object& message, const Names& names, std::int64_t account);

model::Counters read_counters(const boost::json::object& interaction_info);

}  // namespace tg::tdlib
