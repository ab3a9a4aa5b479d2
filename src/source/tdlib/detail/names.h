#pragma once
// Names of people and chats, as TDLib told them: messages carry ids only. One thread.

#include <boost/json/object.hpp>
#include <string>
#include <unordered_map>

#include "model/ids.h"

namespace tg::tdlib {

class Names {
 public:
  // Of a TDLib `user` or `chat` object.
  void learn_user(const boost::json::object& user);
  void learn_chat(model::ChatId chat, std::string title) { chats_[chat] = std::move(title); }

  // Empty where nothing was told.
  std::string user(std::int64_t id) const;
  std::string username(std::int64_t id) const;
  std::string chat(model::ChatId id) const;

 private:
  struct User {
    std::string name, username;
  };
  std::unordered_map<std::int64_t, User> users_;
  std::unordered_map<model::ChatId, std::string> chats_;
};

}  // namespace tg::tdlib
