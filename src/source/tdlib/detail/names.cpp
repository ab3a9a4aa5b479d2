#include "source/tdlib/detail/names.h"

#include "source/fields.h"

namespace tg::tdlib {

using source::Fields;

void Names::learn_user(const boost::json::object& user) {
  const Fields f(user);
  User& known = users_[f.number("id").value_or(0)];
  known.name = f.text("first_name");
  if (const auto last = f.text("last_name"); !last.empty()) known.name.append(known.name.empty() ? 0 : 1, ' ') += last;
  known.username.clear();
  const auto* usernames = f.object("usernames");
  if (!usernames) return;
  if (const auto* active = Fields(*usernames).array("active_usernames"); active && !active->empty()) {
    if (active->front().is_string()) known.username = active->front().as_string();
  }
}

std::string Names::user(std::int64_t id) const {
  const auto found = users_.find(id);
  return found == users_.end() ? std::string() : found->second.name;
}

std::string Names::username(std::int64_t id) const {
  const auto found = users_.find(id);
  return found == users_.end() ? std::string() : found->second.username;
}

std::string Names::chat(model::ChatId id) const {
  const auto found = chats_.find(id);
  return found == chats_.end() ? std::string() : found->second;
}

}  // namespace tg::tdlib
