#include "api/cache.h"

namespace tg::api {

std::shared_ptr<const Encoded> Cache::find(std::string_view target) {
  std::lock_guard lock(mutex_);
  const auto found = by_target_.find(target);
  if (found == by_target_.end()) return nullptr;
  if (found->second != entries_.begin()) entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->answer;
}

void Cache::put(std::string_view target, std::shared_ptr<const Encoded> answer) {
  // One page must not push out everything else.
  if (answer->body.view.size() > max_bytes_ / 8) return;
  std::lock_guard lock(mutex_);
  if (const auto found = by_target_.find(target); found != by_target_.end()) drop(found->second);
  entries_.push_front({std::string(target), std::move(answer)});
  by_target_[entries_.front().target] = entries_.begin();
  bytes_ += entries_.front().size();
  while (bytes_ > max_bytes_ && entries_.size() > 1) drop(std::prev(entries_.end()));
}

void Cache::drop(Entries::iterator entry) {
  bytes_ -= entry->size();
  by_target_.erase(entry->target);
  entries_.erase(entry);
}

std::size_t Cache::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

std::string etag_of(std::string_view bytes) {
  return fmt::format("\"{:016x}-{:x}\"", std::hash<std::string_view>{}(bytes), bytes.size());
}

bool matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const auto end = std::min(if_none_match.find(','), if_none_match.size());
    auto tag = if_none_match.substr(0, end);
    if_none_match.remove_prefix(std::min(end + 1, if_none_match.size()));
    while (tag.starts_with(' ')) tag.remove_prefix(1);
    while (tag.ends_with(' ')) tag.remove_suffix(1);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

}  // namespace tg::api
