#pragma once
// Walks a Telegram Desktop export and hands over one message at a time; nothing else of the file is kept in memory.
//
//   one chat        {name, type, id, messages: [ … ]}
//   whole account   {personal_information: {user_id}, chats: {list: [ one chat, … ]}, left_chats: {list: [ … ]}, …}
//
// Bounded: depth 64, a string 4 MiB, a message 16 MiB. Owned by the importing thread.

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace tg::export_file::detail {

inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxString = 4 << 20;         // bytes
inline constexpr std::size_t kMaxMessageBytes = 16 << 20;  // of keys and strings, and 32 a value

// What stands before the messages of a chat.
struct ChatHead {
  std::string name;  // empty for deleted accounts
  std::string type;  // public_channel, personal_chat, …
  std::optional<std::int64_t> id;
  bool of_account = false;  // one of many in the export of an account
};

// Called while the file is read. An error ends the reading and is returned by write().
class Listener {
 public:
  virtual ~Listener() = default;
  virtual Result<void> on_account(std::int64_t user_id) = 0;
  virtual Result<void> on_chat(const ChatHead& head, std::int64_t at_byte) = 0;  // its messages follow
  virtual Result<void> on_message(const boost::json::value& message, std::int64_t at_byte) = 0;
};

class JsonStream {
 public:
  explicit JsonStream(Listener& listener);
  ~JsonStream();
  JsonStream(const JsonStream&) = delete;
  JsonStream& operator=(const JsonStream&) = delete;

  Result<void> write(std::string_view bytes);
  Result<void> finish();  // an error when the document is not complete, or was no export

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::export_file::detail
