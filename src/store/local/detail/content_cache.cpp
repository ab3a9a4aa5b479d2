#include "store/local/detail/content_cache.h"

namespace tg::store::local {

std::size_t bytes_of(const model::Message& message) {
  std::size_t bytes = sizeof(model::Message) + message.text.size() + message.raw.size() + message.sender.size() +
                      message.chat_title.size() + message.media.miniature.size() + message.media.file_name.size() +
                      message.entities.size() * sizeof(model::Entity) +
                      message.counters.reactions.size() * sizeof(model::Reaction);
  if (message.reply) bytes += message.reply->text.size();
  if (message.link_preview) bytes += message.link_preview->description.size() + message.link_preview->image.size();
  if (message.poll) bytes += message.poll->options.size() * (sizeof(model::PollOption) + 64);
  return bytes;
}

std::shared_ptr<const Content> ContentCache::find(model::Seq seq) {
  const std::lock_guard lock(mutex_);
  const auto found = by_seq_.find(seq.value);
  if (found == by_seq_.end()) return nullptr;
  newest_used_first_.splice(newest_used_first_.begin(), newest_used_first_, found->second);
  return found->second->content;
}

void ContentCache::add(model::Seq seq, std::shared_ptr<const Content> content) {
  const std::size_t bytes = bytes_of(content->message) + sizeof(Entry) + 64;
  const std::lock_guard lock(mutex_);
  if (by_seq_.contains(seq.value)) return;
  newest_used_first_.push_front({seq, std::move(content), bytes});
  by_seq_.emplace(seq.value, newest_used_first_.begin());
  bytes_ += bytes;
  while (bytes_ > max_bytes_ && !newest_used_first_.empty()) {
    const auto& oldest = newest_used_first_.back();
    bytes_ -= oldest.bytes;
    by_seq_.erase(oldest.seq.value);
    newest_used_first_.pop_back();
  }
}

std::size_t ContentCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace tg::store::local
