#include "store/bare_ids.h"

#include <algorithm>

namespace tg::store {
namespace {

model::Time newest(const std::vector<Served>& messages) {
  model::Time at;
  for (const auto& served : messages) at = std::max(at, served.at);
  return at;
}

}  // namespace

std::vector<Served> meant(std::set<model::MessageId> ids, const std::vector<Served>& served) {
  std::map<std::pair<model::ChatId, model::Scope>, std::vector<Served>> chats;
  for (const auto& one : served) {
    if (ids.contains(one.key.message)) chats[{one.key.peer, one.key.scope}].push_back(one);
  }
  std::vector<Served> found;
  while (!chats.empty()) {
    const auto best = std::max_element(chats.begin(), chats.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second.size(), newest(a.second)) < std::pair(b.second.size(), newest(b.second));
    });
    for (const auto& one : best->second) {
      found.push_back(one);
      ids.erase(one.key.message);
    }
    chats.erase(best);
    for (auto& [chat, messages] : chats) {
      std::erase_if(messages, [&](const Served& one) { return !ids.contains(one.key.message); });
    }
    std::erase_if(chats, [](const auto& chat) { return chat.second.empty(); });
  }
  return found;
}

}  // namespace tg::store
