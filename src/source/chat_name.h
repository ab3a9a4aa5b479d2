#pragma once
// How a person names a chat: @name, a link, an id, an invite. Read without asking anyone, so it says only what the
// words mean, not whether such a chat exists. Which links there are: LinkManager.cpp of TDLib.

#include <string>
#include <string_view>

#include "model/ids.h"
#include "model/result.h"

namespace tg::source {

struct ChatName {
  enum class Kind : std::uint8_t { username, id, invite };
  Kind kind = Kind::username;
  std::string text;    // username: without @, as written; invite: https://t.me/+…
  model::ChatId chat;  // id
};

// invalid_input says what the text is instead and what to write. A link to a message names the message's chat.
Result<ChatName> parse_chat_name(std::string_view text);

}  // namespace tg::source
