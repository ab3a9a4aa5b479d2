#include "store/local/detail/window.h"

#include "observe/log.h"
#include "store/local/detail/query.h"
#include "store/local/detail/scan.h"
#include "store/paging.h"

namespace tg::store::local {
namespace {

// More changes than this at once are no chat's news but an import.
constexpr std::size_t kMostDirty = 2'000;
// The view of all chats starts with so many rows and grows with what comes.
constexpr std::size_t kFirstRows = 500;
constexpr std::chrono::milliseconds kPauseAfterUnloading{1'000};

std::size_t bytes_of_row(const LoadedRow& row) {
  return sizeof(LoadedRow) + bytes_of(row.row.message) + row.row.chat_title.size() + row.row.topic_title.size() + 128;
}

Result<std::int64_t> total_of(journal::Connection& db, model::ChatId chat) {
  std::int64_t total = 0;
  auto& rows = chat ? db.prepared("SELECT sum(total - deleted) FROM chats WHERE peer = ?").with(chat)
                    : db.prepared("SELECT sum(total - deleted) FROM chats").reset();
  auto done = each(rows, [&](journal::Statement& row) { total = row.integer(0); });
  if (!done) return done.error();
  return total;
}

Result<bool> stands_alone(journal::Connection& db, model::ChatId chat) {
  bool alone = true;
  auto done =
      each(db.prepared("SELECT 1 FROM chats WHERE peer = ? AND (migrated_to <> 0 OR migrated_from <> 0)").with(chat),
           [&](journal::Statement&) { alone = false; });
  if (!done) return done.error();
  return alone;
}

}  // namespace

Window::Window(journal::Journal& journal, ContentCache& contents, StandingCache& standing, Limits limits)
    : journal_(journal), contents_(contents), standing_(standing), limits_(limits), thread_([this] { run(); }) {}

Window::~Window() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_.notify_all();
  thread_.join();
}

std::optional<Page> Window::newest(model::ChatId chat, std::size_t limit) {
  if (limit >= capacity(chat)) return std::nullopt;
  auto standing = standing_.remembered();
  if (!standing) {
    auto db = journal_.read();
    if (!db) return std::nullopt;
    auto read = standing_.get(**db);
    if (!read) return std::nullopt;
    standing = *read;
  }
  std::vector<std::shared_ptr<const LoadedRow>> rows;
  Page page;
  {
    const std::lock_guard lock(mutex_);
    // Whoever waited for a commit may come here before the note of it.
    if (journal_.head() > noted_) return std::nullopt;
    const auto found = views_.find(chat);
    if (found == views_.end() && views_.size() > 4 * limits_.chats) return std::nullopt;
    View& view = found == views_.end() ? views_[chat] : found->second;
    view.used_at = Clock::now();
    if (view.state == View::State::unknown && view.used_at >= view.not_before) {
      view.state = View::State::wanted;
      work_.notify_one();
    }
    if (view.state != View::State::loaded || view.reading || !view.dirty.empty()) return std::nullopt;
    if (view.rows.size() <= limit && !view.complete) {
      // Deletions have thinned it out.
      unload(view, std::chrono::milliseconds(0));
      return std::nullopt;
    }
    for (auto row = view.rows.begin(); row != view.rows.end() && rows.size() < limit; ++row)
      rows.push_back(row->second);
    page.has_more = view.rows.size() > limit;
    page.total = view.total;
  }
  page.rows.reserve(rows.size());
  for (const auto& row : rows) {
    page.rows.push_back(row->row);
    // The readers' cursors move on without an event.
    page.rows.back().status = status_of(row->head, !row->row.processed_by.empty(), *standing);
  }
  set_next(page, true);
  return page;
}

void Window::note(const std::vector<model::Event>& events) {
  const std::lock_guard lock(mutex_);
  if (!events.empty()) noted_ = std::max(noted_, events.back().seq);
  rested_.notify_all();
  if (views_.empty()) return;
  bool any = false;
  for (const auto& event : events) {
    const bool about_chat = event.kind == model::Kind::channel || event.kind == model::Kind::channel_migrated;
    for (const auto chat : {event.key.peer, model::ChatId{}}) {
      const auto found = views_.find(chat);
      if (found == views_.end()) continue;
      if (about_chat) {
        unload(found->second, std::chrono::milliseconds(0));
      } else {
        dirty(found->second, event.key);
        any = true;
      }
    }
  }
  if (any) work_.notify_one();
}

void Window::note(const std::vector<model::MessageKey>& keys) {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys) {
    for (const auto chat : {key.peer, model::ChatId{}}) {
      if (const auto found = views_.find(chat); found != views_.end()) dirty(found->second, key);
    }
  }
  work_.notify_one();
}

void Window::begin_at(model::Seq head) {
  const std::lock_guard lock(mutex_);
  noted_ = std::max(noted_, head);
}

void Window::forget(model::ChatId chat) {
  const std::lock_guard lock(mutex_);
  for (const auto id : {chat, model::ChatId{}}) {
    if (const auto found = views_.find(id); found != views_.end()) unload(found->second, std::chrono::milliseconds(0));
  }
}

std::size_t Window::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

bool Window::idle() const {
  return std::none_of(views_.begin(), views_.end(), [](const auto& entry) {
    const View& view = entry.second;
    return view.state == View::State::wanted || view.state == View::State::loading || view.reading ||
           !view.dirty.empty();
  });
}

bool Window::wait_idle(std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return rested_.wait_for(lock, patience, [this] { return idle() && journal_.head() <= noted_; });
}

void Window::dirty(View& view, const model::MessageKey& key) {
  if (view.state != View::State::loaded && view.state != View::State::loading) return;
  view.dirty.insert(key);
  if (view.dirty.size() > kMostDirty) unload(view, kPauseAfterUnloading);
}

void Window::unload(View& view, std::chrono::milliseconds pause) {
  bytes_ -= view.bytes;
  const auto used_at = view.used_at;
  view = {};
  view.used_at = used_at;
  view.not_before = Clock::now() + pause;
  rested_.notify_all();
}

void Window::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const Work work = next_work(lock);
    if (stop_) return;
    lock.unlock();
    auto found = read(work);
    lock.lock();
    if (!found) {
      observe::warn("window_unreadable", {{"reason", found.error().what}});
      for (auto& [chat, view] : views_) unload(view, kPauseAfterUnloading);
      continue;
    }
    apply(work, *found);
    shrink();
    if (idle()) rested_.notify_all();
  }
}

Window::Work Window::next_work(std::unique_lock<std::mutex>& lock) {
  Work work;
  while (!stop_) {
    for (auto& [chat, view] : views_) {
      if (view.state == View::State::wanted) {
        view.state = View::State::loading;
        work.wanted.push_back(chat);
      } else if (view.state == View::State::loaded && !view.dirty.empty()) {
        work.changed[chat] = std::move(view.dirty);
        view.dirty.clear();
        view.reading = true;
      }
    }
    if (!work.empty()) break;
    work_.wait(lock);
  }
  return work;
}

Result<Window::Read> Window::read(const Work& work) {
  auto db = journal_.read();
  if (!db) return db.error();
  const Snapshot snapshot(**db);
  auto standing = standing_.get(**db);
  if (!standing) return standing.error();
  RowLoader loader(**db, contents_, *standing);
  Read read;
  const auto load = [&](const Head& head) -> Result<std::shared_ptr<const LoadedRow>> {
    auto& slot = read.rows[head.key];
    if (slot) return slot;
    auto row = loader.load(head);
    if (!row) return row.error();
    slot = std::make_shared<const LoadedRow>(LoadedRow{head, std::move(*row)});
    return slot;
  };
  for (const auto& [chat, keys] : work.changed) {
    for (const auto& key : keys) {
      auto head = find_head(**db, key);
      if (!head) return head.error();
      read.rows.try_emplace(key);
      if (!*head || !(*head)->date || (*head)->deleted()) continue;
      if (auto loaded = load(**head); !loaded) return loaded.error();
    }
    auto total = total_of(**db, chat);
    if (!total) return total.error();
    read.totals[chat] = *total;
  }
  for (const auto chat : work.wanted) {
    auto alone = stands_alone(**db, chat);
    if (!alone) return alone.error();
    if (!*alone) {
      read.refused.insert(chat);
      continue;
    }
    const std::size_t count = std::min(capacity(chat), kFirstRows);
    Range range;
    range.first_chunk = count + 1;
    auto heads = scan_heads(**db, chat ? std::vector{chat} : std::vector<model::ChatId>{}, range);
    auto& rows = read.loaded[chat];
    while (rows.size() <= count) {
      auto head = heads->next();
      if (!head) return head.error();
      if (!*head) break;
      if ((*head)->deleted()) continue;
      auto loaded = load(**head);
      if (!loaded) return loaded.error();
      rows.push_back(*loaded);
    }
    auto total = total_of(**db, chat);
    if (!total) return total.error();
    read.totals[chat] = *total;
  }
  return read;
}

void Window::apply(const Work& work, const Read& read) {
  for (const auto& [chat, keys] : work.changed) {
    const auto found = views_.find(chat);
    if (found == views_.end() || !found->second.reading) continue;  // unloaded meanwhile
    View& view = found->second;
    view.reading = false;
    view.total = read.totals.at(chat);
    for (const auto& key : keys) {
      const auto& row = read.rows.at(key);
      // Its old row stands at the same place: a message's date never changes.
      const auto old = row ? view.rows.find(row->head.position())
                           : std::find_if(view.rows.begin(), view.rows.end(),
                                          [&](const auto& entry) { return entry.second->head.key == key; });
      if (old != view.rows.end()) remove(view, old);
      if (row) put(view, row);
    }
    while (view.rows.size() > capacity(chat)) {
      remove(view, std::prev(view.rows.end()));
      view.complete = false;
    }
  }
  for (const auto chat : work.wanted) {
    const auto found = views_.find(chat);
    if (found == views_.end() || found->second.state != View::State::loading) continue;
    View& view = found->second;
    if (read.refused.contains(chat)) {
      unload(view, std::chrono::hours(1));
      continue;
    }
    view.state = View::State::loaded;
    view.total = read.totals.at(chat);
    const auto& rows = read.loaded.at(chat);
    view.complete = true;
    const std::size_t count = std::min(capacity(chat), kFirstRows);
    for (std::size_t i = 0; i < std::min(rows.size(), count); ++i) put(view, rows[i]);
    view.complete = rows.size() <= count;
  }
}

// Below the oldest row of a view that is not complete, others may be missing: nothing is put there.
void Window::put(View& view, const std::shared_ptr<const LoadedRow>& row) {
  const Position place = row->head.position();
  if (!view.complete && (view.rows.empty() || place < std::prev(view.rows.end())->first)) return;
  if (!view.rows.emplace(place, row).second) return;
  view.bytes += bytes_of_row(*row);
  bytes_ += bytes_of_row(*row);
}

void Window::remove(View& view, Rows::iterator row) {
  const std::size_t bytes = bytes_of_row(*row->second);
  view.bytes -= bytes;
  bytes_ -= bytes;
  view.rows.erase(row);
}

void Window::shrink() {
  while (true) {
    std::size_t chats = 0;
    View* stalest = nullptr;
    model::ChatId stalest_chat;
    for (auto& [chat, view] : views_) {
      if (view.state != View::State::loaded) continue;
      ++chats;
      if (!stalest || view.used_at < stalest->used_at) {
        stalest = &view;
        stalest_chat = chat;
      }
    }
    if (stalest == nullptr || (bytes_ <= limits_.bytes && chats <= limits_.chats + 1)) break;
    bytes_ -= stalest->bytes;
    views_.erase(stalest_chat);
  }
  // What was asked for once and is not kept needs no memory either.
  if (views_.size() > 2 * limits_.chats) {
    std::erase_if(views_, [](const auto& entry) { return entry.second.state == View::State::unknown; });
  }
}

}  // namespace tg::store::local
