#include "store/chat_list.h"

#include <algorithm>
#include <unordered_map>

namespace tg::store {
namespace {

void join(Chat& one, Chat other) {
  if (other.scope < one.scope) std::swap(one, other);
  for (auto field : {&Chat::title, &Chat::username, &Chat::kind, &Chat::label, &Chat::description}) {
    if ((one.*field).empty()) one.*field = std::move(other.*field);
  }
  one.registered = one.registered || other.registered;
  one.created_at = std::min(one.created_at, other.created_at);
  one.updated_at = std::max(one.updated_at, other.updated_at);
  one.total += other.total;
  one.deleted += other.deleted;
  one.media += other.media;
  if (!one.migrated_to) one.migrated_to = other.migrated_to;
  if (one.topics.empty()) one.topics = std::move(other.topics);
  one.last_date = std::max(one.last_date, other.last_date);
}

}  // namespace

std::vector<Chat> one_an_id(std::vector<Chat> chats) {
  std::vector<Chat> list;
  std::unordered_map<model::ChatId, std::size_t> place;
  for (auto& chat : chats) {
    const auto [at, first] = place.try_emplace(chat.peer, list.size());
    if (first) {
      list.push_back(std::move(chat));
    } else {
      join(list[at->second], std::move(chat));
    }
  }
  return list;
}

}  // namespace tg::store
