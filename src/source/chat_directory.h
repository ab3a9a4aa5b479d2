#pragma once
// What a source that has accounts knows of chats that are not captured yet: who they are, how large, what it would
// take. Looking changes nothing and joins nothing; only join() does. Any thread but the source's own. `account` is a
// name of Control::accounts(); empty: the first user who is signed in. unavailable where none is.

#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/result.h"

namespace tg::source {

struct ChatProfile {
  model::ChatId chat;  // 0: not told before one has joined (a private invite)
  std::string title, username;
  std::string kind;     // channel, supergroup, group
  std::string picture;  // a JPEG of about 40 pixels, base64; empty = none
  bool member = false;
  bool asks_to_join = false;  // an administrator lets newcomers in
  std::int64_t members = 0;   // 0 = not told
  model::MessageId newest;    // 0 = none, or not told
  std::int64_t messages = 0;  // about how many there are: the newest id; of a basic group the server's count
  std::int64_t requests = 0;  // that its whole history takes
  std::int64_t fetch_s = 0;   // the same in seconds, at the account's request budget
};

struct ChatAnswer {
  std::optional<Error> problem;  // unavailable: not answered yet, ask again; the others are final
  model::Time again_at;          // where Telegram said until when to wait
  ChatProfile chat;              // without a problem
};

struct ChatFolder {
  std::int32_t id = 0;
  std::string name;
};

class ChatDirectory {
 public:
  virtual ~ChatDirectory() = default;

  // One answer a name (chat_name.h), in order. Takes a quarter of a minute at the most: what was not reached by then is
  // unavailable, and is reached by asking again, since what was found is remembered for some minutes.
  virtual Result<std::vector<ChatAnswer>> find_chats(const std::string& account,
                                                     const std::vector<std::string>& names) = 0;
  // The answer is that of a member, or why the account is none.
  virtual Result<ChatAnswer> join_chat(const std::string& account, const std::string& name) = 0;

  virtual Result<std::vector<ChatFolder>> folders(const std::string& account) = 0;
  // Channels and groups in the folder of that name, as Telegram shows it. not_found names those that are there.
  virtual Result<std::vector<model::ChatId>> chats_of_folder(const std::string& account, const std::string& folder) = 0;
};

}  // namespace tg::source
