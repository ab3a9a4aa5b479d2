#pragma once
// The newest messages of all chats, and of each chat that is asked for, in memory: the pages that pollers and the
// dashboard ask for again and again. Commits name what changed; one thread reads that again from the file, many at a
// time, and a page is given only while nothing named is still to be read: it equals the file's page exactly, or there
// is none and the file answers. A chat enters when a page of it was missed, and leaves when changes come faster than
// they can be followed (an import) or memory is short (least lately used first).

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "journal/journal.h"
#include "store/local/detail/row.h"

namespace tg::store::local {

class Window {
 public:
  struct Limits {
    std::size_t rows_overall = 5'000;
    std::size_t rows_a_chat = 200;
    std::size_t chats = 500;
    std::size_t bytes = 64u << 20;
  };

  Window(journal::Journal& journal, ContentCache& contents, StandingCache& standing, Limits limits);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // The newest rows of a chat (0: of all) that are not deleted; nothing when memory cannot say.
  std::optional<Page> newest(model::ChatId chat, std::size_t limit);

  // After a commit and before anyone is told of it.
  void note(const std::vector<model::Event>& events);
  void note(const std::vector<model::MessageKey>& keys);
  // Once commits are followed: what was committed until then needs no note, for nothing is in memory yet.
  void begin_at(model::Seq head);
  void forget(model::ChatId chat);  // its title, or all of it, changed

  std::size_t bytes() const;
  // Waits until nothing that was noted is still to be read.
  bool wait_idle(std::chrono::milliseconds patience) const;

 private:
  using Rows = std::map<Position, std::shared_ptr<const LoadedRow>, std::greater<>>;
  using Clock = std::chrono::steady_clock;

  struct View {
    enum class State { unknown, wanted, loading, loaded } state = State::unknown;
    Rows rows;
    bool complete = false;              // there is nothing older than the oldest row
    std::int64_t total = 0;             // not deleted
    std::set<model::MessageKey> dirty;  // changed since the rows were read
    bool reading = false;               // what was dirty is being read
    std::size_t bytes = 0;
    Clock::time_point used_at{}, not_before{};
  };

  struct Work {
    std::map<model::ChatId, std::set<model::MessageKey>> changed;
    std::vector<model::ChatId> wanted;
    bool empty() const { return changed.empty() && wanted.empty(); }
  };
  struct Read {
    std::map<model::MessageKey, std::shared_ptr<const LoadedRow>> rows;  // null: not in pages any more
    std::map<model::ChatId, std::vector<std::shared_ptr<const LoadedRow>>> loaded;
    std::map<model::ChatId, std::int64_t> totals;
    std::set<model::ChatId> refused;  // their pages hold more than one chat
  };

  void run();
  bool idle() const;
  Work next_work(std::unique_lock<std::mutex>& lock);
  Result<Read> read(const Work& work);
  void apply(const Work& work, const Read& read);
  void dirty(View& view, const model::MessageKey& key);
  void put(View& view, const std::shared_ptr<const LoadedRow>& row);
  void remove(View& view, Rows::iterator row);
  // The view is empty from here on, and not asked for again during the pause.
  void unload(View& view, std::chrono::milliseconds pause);
  void shrink();
  std::size_t capacity(model::ChatId chat) const { return chat ? limits_.rows_a_chat : limits_.rows_overall; }

  journal::Journal& journal_;
  ContentCache& contents_;
  StandingCache& standing_;
  const Limits limits_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  mutable std::condition_variable rested_;
  model::Seq noted_;                     // newest event that was told of
  std::map<model::ChatId, View> views_;  // 0: all chats
  std::size_t bytes_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace tg::store::local
