#pragma once
// One message of a Telegram Desktop export → model::Message, or the reason why it cannot be read.

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <variant>

#include "model/message.h"
#include "source/export_file/detail/chat_ids.h"
#include "source/export_file/detail/local_time.h"

namespace tg::export_file::detail {

struct ChatContext {
  ChatIdentity identity;
  model::Scope scope;
  std::int64_t account = 0;  // 0 = not known
  std::string title;
};

struct ReadMessage {
  model::Message message;
  std::string media_path;   // beside the export; empty = none
  std::string topic_title;  // of the topic that it began; empty = none
};

struct Fault {
  std::string reason;  // with what to do about it
};

// `zone` is for dates without one; null = such messages are faults.
std::variant<ReadMessage, Fault> read_message(const boost::json::value& value, const ChatContext& chat,
                                              const LocalTime* zone);

}  // namespace tg::export_file::detail
