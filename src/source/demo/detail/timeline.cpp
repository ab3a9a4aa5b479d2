#include "source/demo/detail/timeline.h"

namespace tg::demo::detail {

std::pair<std::int64_t, std::int64_t> Timeline::post(model::Time date) {
  // Dates never go back in a channel.
  if (!posts_.empty()) date = std::max(date, posts_.back().date);
  auto first = newest_ + 1;
  while (story_->shape(*channel_, first) == Shape::empty) ++first;
  const auto last = story_->last_of_post(*channel_, first);
  for (auto id = first; id <= last; ++id) posts_.push_back({id, date, 0, {}, 0, false, false});
  newest_ = last;
  while (posts_.size() > kRemembered) posts_.pop_front();
  return {first, last};
}

Post* Timeline::find(std::int64_t id) {
  const auto at =
      std::lower_bound(posts_.begin(), posts_.end(), id, [](const Post& p, std::int64_t i) { return p.id < i; });
  return at != posts_.end() && at->id == id ? &*at : nullptr;
}

std::vector<Post*> Timeline::between(std::int64_t first, std::int64_t last) {
  std::vector<Post*> found;
  auto at =
      std::lower_bound(posts_.begin(), posts_.end(), first, [](const Post& p, std::int64_t i) { return p.id < i; });
  for (; at != posts_.end() && at->id <= last; ++at) found.push_back(&*at);
  return found;
}

std::vector<model::MessageId> Timeline::present(std::int64_t first, std::int64_t last) {
  std::vector<model::MessageId> ids;
  for (const auto* post : between(first, last)) {
    if (post->seen && !post->gone) ids.emplace_back(post->id);
  }
  return ids;
}

model::Message Timeline::message(const Post& post) const {
  auto message = story_->message(*channel_, post.id, post.version, post.date);
  message->edit_date = post.edit_date;
  if (!channel_->group) message->counters.views = post.views;
  return std::move(*message);
}

}  // namespace tg::demo::detail
