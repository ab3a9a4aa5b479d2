#pragma once
// What the rows of one message mean: its contents, oldest first, who processed it, whether it was deleted. Pure.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "legacy/detail/row.h"
#include "model/message.h"

namespace tg::legacy::detail {

// Of a message that was marked by nobody who gave a name.
inline constexpr std::string_view kNobody = "predecessor";

enum class Json : std::uint8_t { absent, good, twice, bad };  // twice: JSON in a JSON string

struct Content {
  model::Message message;
  model::Time observed_at;  // when the row was written
  Json metadata = Json::absent;
};

struct SetAside {
  std::string place, reason, payload;
};

struct Group {
  model::MessageKey key;
  std::vector<Content> contents;
  std::vector<SetAside> set_aside;
  std::map<std::string, model::Time> marks;  // consumer: when it processed the message
  model::Time deleted_at;                    // 0 = a row of it is not deleted
  bool date_taken = false;                   // no row has Telegram's date
  bool pending = false;                      // nobody had marked it
  bool has_photo = false;                    // a file of it is in the photo cache
  std::string chat_title, chat_username;
  model::Time named_at;
};

// `has_photo`: a file of it is in the photo cache.
Group understand(std::span<const Row> rows, bool has_photo);

}  // namespace tg::legacy::detail
