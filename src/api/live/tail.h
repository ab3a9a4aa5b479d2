#pragma once
// The newest events, kept in memory for whoever follows live: a thousand streams read a commit once, not a thousand
// times. Older ones come from the journal.
//
//   commit ──▶ [ … 96 97 98 99 ] ──▶ streams and polls (wake)
//               └ bounded by count and bytes; forgotten while nobody follows

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/event.h"

namespace tg::api {

// An event and its two encodings, each made once, by the first reader that needs it.
class TailEvent {
 public:
  explicit TailEvent(model::Event event) : event_(std::move(event)) {}
  const model::Event& event() const { return event_; }
  const std::string& sse() const;  // a whole Server-Sent Event with the journal's JSON
  // The dashboard's `message` event; nothing until somebody made it (it needs the store).
  std::shared_ptr<const std::string> message() const { return std::atomic_load(&message_); }
  void set_message(std::string text) const {
    std::atomic_store(&message_, std::make_shared<const std::string>(std::move(text)));
  }
  std::size_t bytes() const { return event_.message.size() * 2 + 512; }

 private:
  model::Event event_;
  mutable std::once_flag once_;
  mutable std::string sse_;
  mutable std::shared_ptr<const std::string> message_;
};

using TailEvents = std::vector<std::shared_ptr<const TailEvent>>;

class Tail {
 public:
  Tail(journal::Journal& journal, std::size_t max_events, std::size_t max_bytes, std::function<void()> wake);
  ~Tail();

  void detach() { subscription_.reset(); }  // no commit is followed any more

  model::Seq head() const { return model::Seq{head_.load(std::memory_order_acquire)}; }
  std::uint64_t commits() const { return commits_.load(std::memory_order_acquire); }

  // Events behind `after`, from memory; nothing when the first of them is no longer (or not yet) there.
  std::optional<TailEvents> newer(model::Seq after, std::size_t most) const;
  // The same from memory or the journal; blocks. Code::gapped when it is trimmed.
  Result<TailEvents> read(model::Seq after, std::size_t most);

  // Events are kept only while somebody follows.
  class Follower {
   public:
    explicit Follower(Tail& tail) : tail_(tail) { ++tail_.followers_; }
    ~Follower() { --tail_.followers_; }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

   private:
    Tail& tail_;
  };

 private:
  void committed(const std::vector<model::Event>& events);

  journal::Journal& journal_;
  const std::size_t max_events_, max_bytes_;
  const std::function<void()> wake_;
  std::atomic<std::int64_t> head_;
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<int> followers_{0};
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const TailEvent>> events_;
  std::int64_t complete_after_;  // every event behind this one is in events_
  std::size_t bytes_ = 0;
  std::shared_ptr<journal::Journal::Subscription> subscription_;  // last: it calls committed()
};

}  // namespace tg::api
