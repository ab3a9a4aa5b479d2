#pragma once
// One channel as its server remembers it: the newest posts, each with what became of it. Bounded; older posts are
// forgotten, and nothing is claimed about them any more. One thread.

#include <deque>
#include <utility>
#include <vector>

#include "source/demo/detail/story.h"

namespace tg::demo::detail {

struct Post {
  std::int64_t id = 0;
  model::Time date;
  int version = 0;
  model::Time edit_date;
  std::int64_t views = 0;
  bool gone = false;  // deleted by its author
  bool seen = false;  // the gateway was told
};

class Timeline {
 public:
  static constexpr std::size_t kRemembered = 400;

  Timeline(const Channel& channel, const Story& story) : channel_(&channel), story_(&story) {}

  void begin_after(std::int64_t id) { newest_ = id; }
  std::int64_t newest() const { return newest_; }
  // Everything from here on is remembered; newest() + 1 while there is nothing.
  std::int64_t oldest() const { return posts_.empty() ? newest_ + 1 : posts_.front().id; }

  // The next post: one id, or an album. Returns its ids; ids before the first that are no message are skipped.
  std::pair<std::int64_t, std::int64_t> post(model::Time date);

  Post* find(std::int64_t id);
  std::vector<Post*> between(std::int64_t first, std::int64_t last);
  std::vector<model::MessageId> present(std::int64_t first, std::int64_t last);  // told and not gone
  model::Message message(const Post& post) const;
  const Channel& channel() const { return *channel_; }

 private:
  const Channel* channel_;
  const Story* story_;
  std::deque<Post> posts_;  // by id
  std::int64_t newest_ = 0;
};

}  // namespace tg::demo::detail
