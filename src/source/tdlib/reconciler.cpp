#include "source/tdlib/reconciler.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "journal/coverage.h"
#include "observe/log.h"
#include "source/tdlib/detail/server_pages.h"

namespace tg::tdlib {

using Clock = std::chrono::steady_clock;

namespace {

// An edit or a deletion of something this new may have been on its way when the process before was killed.
constexpr std::chrono::minutes kMayHaveChanged{10};
// The absence of a message from a page is believed once it is a minute old: then it is looked for again.
constexpr std::chrono::seconds kSettled{65};

struct Walk {
  model::ChatId chat;
  model::Scope scope;
  std::int64_t account = 0;
  journal::ChatCoverage known;
  model::MessageId oldest;  // stored; of an empty chat the largest id
  model::Time newest_date;  // of what is stored

  // Everything below is history: promised, but nothing of it was ever proven.
  model::MessageId history_below() const {
    return known.proven.ranges().empty() ? known.start : model::MessageId{known.proven.ranges().front().first};
  }
  // What lies between what was proven, and above it.
  std::vector<journal::Range> holes() const {
    const auto from = std::max(known.start, history_below()).value;
    return known.proven.gaps({from, known.newest.value}).minus(known.lost).ranges();
  }
  std::int64_t history_ids() const { return history_below().value - known.start.value; }
};

}  // namespace

struct Reconciler::Impl {
  Impl(Options o, Ports p)
      : options(o),
        ports(std::move(p)),
        pages({ports.client, ports.with_capture, ports.on_change,
               [this](model::ChatId chat, bool may, const std::string& reason, model::Time at) {
                 tell_access(chat, may, reason, at);
                 if (reason == "Chat not found") ports.not_known(chat);
               }},
              options.between) {}

  struct Wish {
    model::ChatId chat;
    std::int64_t ids = 0, done = 0;
    Clock::duration took{};
    model::Time began;
  };
  struct Next {
    model::ChatId chat;
    bool history = false;
    std::uint64_t wishes = 0;  // so many had been made when it began
  };
  struct Ended {
    std::uint64_t wishes = 0;  // as many as were made before it began are fulfilled
    source::Walk how;
  };

  const Options options;
  const Ports ports;
  ServerPages pages;
  mutable std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  std::deque<model::ChatId> queue;
  std::uint64_t wishes = 0;                        // that were made
  std::unordered_map<model::ChatId, Ended> ended;  // the last walk of each
  Next under_way;                                  // chat 0: no walk
  std::int64_t pages_taken = 0;                    // since the start
  std::deque<Wish> histories;
  std::unordered_map<model::ChatId, model::Time> to_begin;      // histories that are not promised yet: since when
  std::unordered_map<model::ChatId, Clock::time_point> walked;  // when each was walked last
  std::unordered_set<model::ChatId> walked_once;
  std::unordered_set<model::ChatId> topics_known;                   // forums: later names come as updates and messages
  std::unordered_map<model::ChatId, bool> sees;                     // as it was told last
  std::unordered_set<model::ChatId> asked;                          // for a reason: not by the hour, nor a second look
  std::vector<std::pair<Clock::time_point, model::ChatId>> second;  // looks at what was too new, in order
  Progress now;
  std::thread thread;

  void run() {
    while (const auto one = next()) {
      ports.on_change();
      const auto wanted = is_wanted(one->chat);
      if (!wanted.value_or(false)) {
        forget(one->chat);
        if (wanted && !one->history) end(*one, source::Walk::Stage::left, "it is not captured any more");
      } else if (one->history) {
        go_on_with_history(one->chat);
      } else {
        const auto newest = walk(one->chat);
        if (!is_wanted(one->chat).value_or(false)) forget(one->chat);  // its walk found that there is a history
        tell_end(*one, newest.has_value());
        const bool too_new = newest && model::Time::now().us - newest->us < kSettled / std::chrono::microseconds(1);
        const std::lock_guard lock(mutex);
        observe::debug("walked", {{"channel", one->chat.value},
                                  {"pages", now.pages},
                                  {"messages", now.messages},
                                  {"whole", newest ? "yes" : "no"}});
        walked[one->chat] = Clock::now();  // also one that was refused: it may be let in again
        if (asked.erase(one->chat) > 0 && too_new) second.emplace_back(Clock::now() + kSettled, one->chat);
      }
      {
        const std::lock_guard lock(mutex);
        now.walking = {};
        under_way = {};
      }
      ports.on_change();
    }
  }

  // Nothing: the session ends.
  std::optional<bool> is_wanted(model::ChatId chat) {
    bool wanted = false;
    if (!ports.with_capture([&](const Capture&) { wanted = ports.wanted(chat); })) return std::nullopt;
    return wanted;
  }

  void end(const Next& one, source::Walk::Stage stage, std::string reason) {
    const std::lock_guard lock(mutex);
    ended[one.chat] = {one.wishes, {one.chat, stage, std::move(reason)}};
  }

  void tell_end(const Next& one, bool whole) {
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;
    }
    if (whole) return end(one, source::Walk::Stage::done, "");
    const auto refused = pages.refused();
    const auto word = refused.find(one.chat);
    if (word != refused.end()) return end(one, source::Walk::Stage::refused, word->second);
    end(one, source::Walk::Stage::left,
        "it was broken off: the account closes, or the journal cannot be read or written");
  }

  void forget(model::ChatId chat) {
    const std::lock_guard lock(mutex);
    asked.erase(chat);
    to_begin.erase(chat);
    std::erase_if(histories, [&](const Wish& wish) { return wish.chat == chat; });
  }

  const Wish* next_history() const {
    const auto first = std::find_if(histories.begin(), histories.end(),
                                    [&](const Wish& wish) { return !ports.held_since(wish.chat); });
    return first == histories.end() ? nullptr : &*first;
  }

  std::optional<Next> next() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      while (!second.empty() && second.front().first <= Clock::now()) {
        queue.push_back(second.front().second);
        second.erase(second.begin());
      }
      const auto due = queue_what_is_due();
      if (!queue.empty()) {
        now.walking = queue.front();
        queue.pop_front();
        now.pages = now.messages = 0;
        under_way = {now.walking, false, wishes};
        return under_way;
      }
      if (const auto* history = next_history()) {
        now.walking = history->chat;
        return Next{now.walking, true};
      }
      wake.wait_until(lock, due, [&] { return stopping || !queue.empty() || next_history(); });
    }
    return std::nullopt;
  }

  // Also before history: a post whose push was lost is found within the hour. When the next one is due.
  Clock::time_point queue_what_is_due() {
    const auto at_the_latest = Clock::now() - options.every;
    auto due = second.empty() ? Clock::now() + options.every : second.front().first;
    std::erase_if(walked, [&](const auto& one) {
      if (one.second > at_the_latest) {
        due = std::min(due, one.second + options.every);
        return false;
      }
      if (std::find(queue.begin(), queue.end(), one.first) == queue.end()) queue.push_back(one.first);
      return true;
    });
    return due;
  }

  // The date of the newest message; nothing: stopped, refused, or the journal cannot be read.
  std::optional<model::Time> walk(model::ChatId chat) {
    Walk w;
    w.chat = chat;
    model::MessageId told;
    bool member = true, forum = false;
    const bool known = ports.with_capture([&](const Capture& capture) {
      w.account = capture.account();
      if (const auto* facts = capture.facts(chat)) {
        told = facts->newest;
        member = facts->member;
        forum = facts->forum;
      }
    });
    ports.open(chat, member);
    w.scope = scope_of(chat, w.account);
    if (!known || !look(w) || !newest_ones(w, told)) return std::nullopt;
    // Then every hole, newest first: what was away is wanted before history.
    const auto holes = w.holes();
    for (auto hole = holes.rbegin(); hole != holes.rend(); ++hole) {
      if (!down(w, model::MessageId{hole->last + 1}, hole->first)) return std::nullopt;
    }
    if (!settle(w)) return std::nullopt;
    if (w.history_ids() > 0) remember_history(w);
    if (forum && !topics_known.contains(chat)) learn_topics(w);
    return w.newest_date;
  }

  void learn_topics(const Walk& w) {
    auto topics = pages.topics(w.chat, w.account);
    if (!topics) return;
    for (auto& topic : *topics) {
      if (!push(std::move(topic))) return;
    }
    topics_known.insert(w.chat);
  }

  // From the newest down to what was proven before, and further: edits and deletions there may never have been told.
  bool newest_ones(Walk& w, model::MessageId told) {
    const auto holes = w.holes();
    const auto unproven = holes.empty() ? w.known.newest.value + 1 : holes.back().first;
    auto newest = pages.ask(w.chat, {}, w.history_below());
    if (!newest || !take(w, {}, *newest)) return false;
    const auto top = newest->ids.empty() ? told : newest->ids.back();
    // Another account, or a group that became this chat, may have promised more meanwhile.
    if (!settle(w)) return false;
    if (!w.known.start && !promise(w, std::max(top, model::MessageId{1}))) return false;
    if (!begin_history(w) || !settle(w)) return false;
    if (newest->ids.empty()) return true;
    auto goal = std::min(unproven, newest->ids.back().value) - options.rewalk;
    if (walked_once.insert(w.chat).second) {
      auto db = ports.journal.read();
      if (!db) return false;
      const auto recent = journal::first_within(**db, w.chat, w.scope, kMayHaveChanged);
      if (!recent) return false;
      if (*recent) goal = std::min(goal, recent->value);
    }
    // Older than was promised is only what was imported: it is looked at again as far as the re-walk goes.
    goal = std::max(goal, w.history_ids() > 0 ? w.history_below().value : std::min(w.known.start, w.oldest).value);
    return down(w, newest->ids.front(), goal) && settle(w);
  }

  // Promised from where it was asked for; what is promised already stays so.
  bool begin_history(Walk& w) {
    std::optional<model::Time> from;
    {
      const std::lock_guard lock(mutex);
      if (const auto found = to_begin.find(w.chat); found != to_begin.end()) from = found->second;
    }
    if (!from) return true;
    const auto start = *from ? pages.first_since(w.chat, *from) : std::optional(model::MessageId{1});
    // What was promised just before, or by another account meanwhile, stays.
    if (!settle(w) || (start && *start < w.known.start && !promise(w, *start))) return false;
    const std::lock_guard lock(mutex);
    if (stopping) return false;
    if (!start) {  // refused: asked for again with the next walk; what is newer is walked all the same
      observe::warn("history_not_begun", {{"channel", w.chat.value}});
      return true;
    }
    // Unless more of it was asked for meanwhile.
    if (const auto found = to_begin.find(w.chat); found != to_begin.end() && found->second == *from)
      to_begin.erase(found);
    return true;
  }

  // Pages below `from`, until one reaches `goal`.
  bool down(Walk& w, model::MessageId from, std::int64_t goal) {
    while (from.value > goal) {
      const auto reached = page_below(w, from);
      if (!reached) return false;
      if (*reached == from) return true;  // nothing is visible further down
      from = *reached;
    }
    return true;
  }

  // One page, taken; the lowest id of it, or `from` where nothing is below. Nothing: stopped, or refused.
  std::optional<model::MessageId> page_below(Walk& w, model::MessageId from) {
    auto older = pages.ask(w.chat, from, w.history_below());
    if (!older) return std::nullopt;
    if (older->ids.empty()) return begins_at(w, from) ? std::optional(from) : std::nullopt;
    if (!take(w, from, *older)) return std::nullopt;
    return older->ids.front();
  }

  // Nothing is visible below: completeness is promised from the first message on that the server shows. Where older
  // ones are stored it is not believed: an empty page proves nothing.
  bool begins_at(Walk& w, model::MessageId first) {
    return first <= w.known.start || w.oldest < first || promise(w, first);
  }

  void remember_history(const Walk& w) {
    const std::lock_guard lock(mutex);
    for (const auto& wish : histories) {
      if (wish.chat == w.chat) return;
    }
    histories.push_back({w.chat, w.history_ids(), 0, {}, model::Time::now()});
    observe::info("history_begun", {{"channel", w.chat.value}, {"ids", histories.back().ids}});
  }

  // One page: then whatever is newer comes first.
  void go_on_with_history(model::ChatId chat) {
    Walk w;
    w.chat = chat;
    if (!ports.with_capture([&](const Capture& capture) { w.account = capture.account(); })) return;
    w.scope = scope_of(chat, w.account);
    const auto began = Clock::now();
    std::optional<model::MessageId> reached;
    model::MessageId from;
    bool known = look(w);
    if (known && w.history_ids() > 0) {
      from = w.history_below();
      reached = page_below(w, from);
      // Settled before it ends: who sees no job any more sees what it proved.
      known = reached && settle(w);
    }
    const bool whole = known && w.history_ids() <= 0;
    if (whole) ports.history_ended(chat);
    const bool goes_on = known && !whole && *reached != from;
    const std::lock_guard lock(mutex);
    if (stopping) return;
    const auto wish =
        std::find_if(histories.begin(), histories.end(), [&](const Wish& one) { return one.chat == chat; });
    if (wish == histories.end()) return;  // it was forgotten meanwhile
    if (reached) wish->done += from.value - reached->value;
    wish->took += Clock::now() - began;
    if (goes_on) return;
    histories.erase(wish);
    observe::info("history_ended", {{"channel", chat.value}, {"reached", reached.value_or(from).value}});
  }

  bool promise(const Walk& w, model::MessageId start) {
    pipeline::ChatSeen seen;
    seen.from = {model::SourceKind::tdlib, model::Origin::backfill, w.account, model::Time::now()};
    seen.peer = w.chat;
    seen.scope = w.scope;
    seen.start = start;
    return push(std::move(seen));
  }

  bool take(const Walk& w, model::MessageId below, Page& page) {
    if (page.ids.empty()) return true;
    pipeline::Proof proof;
    proof.from = {model::SourceKind::tdlib, model::Origin::catchup, w.account, page.seen.front().from.observed_at};
    proof.kind = pipeline::ProofKind::walk;
    proof.scope = w.scope;
    proof.peer = w.chat;
    proof.first = page.ids.front();
    proof.last = below ? model::MessageId{below.value - 1} : page.ids.back();
    proof.present = page.ids;
    for (auto one = page.seen.rbegin(); one != page.seen.rend(); ++one) {
      if (!push(std::move(*one))) return false;
    }
    if (!push(std::move(proof))) return false;
    const std::lock_guard lock(mutex);
    ++now.pages;
    ++pages_taken;
    now.messages += static_cast<std::int64_t>(page.ids.size());
    return true;
  }

  // Where it is news.
  void tell_access(model::ChatId chat, bool may, const std::string& reason, model::Time at) {
    const auto known = sees.find(chat);
    if (known != sees.end() && known->second == may) return;
    std::int64_t account = 0;
    if (!ports.with_capture([&](const Capture& capture) { account = capture.account(); })) return;
    pipeline::AccessSeen seen;
    seen.from = {model::SourceKind::tdlib, model::Origin::live, account, at};
    seen.peer = chat;
    seen.scope = scope_of(chat, account);
    seen.sees = may;
    seen.reason = reason;
    if (push(std::move(seen))) sees[chat] = may;
    if (!may) observe::warn("access_lost", {{"channel", chat.value}, {"reason", reason}});
  }

  bool push(pipeline::Observation observation) {
    const auto done = ports.push(std::move(observation));
    return done.ok();
  }

  // Everything that was pushed is on disk, and known here.
  bool settle(Walk& w) {
    const auto done = ports.flush();
    return done.ok() && look(w);
  }

  bool look(Walk& w) {
    auto db = ports.journal.read();
    if (!db) return false;
    auto known = journal::coverage(**db, w.chat, w.scope, model::Time::now());
    const auto stored = journal::stored_of(**db, w.chat, w.scope);
    if (!known || !stored) return false;
    w.known = std::move(*known);
    w.oldest = model::MessageId{stored->messages == 0 ? INT32_MAX : stored->first};
    w.newest_date = stored->newest_date;
    return true;
  }
};

Reconciler::Reconciler(Options options, Ports ports) : impl_(std::make_unique<Impl>(options, std::move(ports))) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

Reconciler::~Reconciler() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->pages.stop();
  impl_->thread.join();
}

std::uint64_t Reconciler::want(model::ChatId chat, bool first) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    number = ++impl_->wishes;
    impl_->asked.insert(chat);
    auto& queue = impl_->queue;
    const auto waiting = std::find(queue.begin(), queue.end(), chat);
    if (waiting != queue.end()) {
      if (!first) return number;
      queue.erase(waiting);
    }
    if (first)
      queue.push_front(chat);
    else
      queue.push_back(chat);
  }
  impl_->wake.notify_all();
  return number;
}

void Reconciler::want_history(model::ChatId chat, model::Time from) {
  {
    const std::lock_guard lock(impl_->mutex);
    auto& since = impl_->to_begin.try_emplace(chat, from).first->second;
    since = std::min(since, from);
  }
  want(chat);
}

void Reconciler::holds_changed() {
  {
    const std::lock_guard lock(impl_->mutex);  // whoever looked before waits by now
  }
  impl_->wake.notify_all();
}

void Reconciler::forget(model::ChatId chat) { impl_->forget(chat); }

Reconciler::Progress Reconciler::progress() const {
  const std::lock_guard lock(impl_->mutex);
  auto now = impl_->now;
  now.waiting.assign(impl_->queue.begin(), impl_->queue.end());
  for (const auto& wish : impl_->histories) {
    History history{wish.chat, wish.ids,   std::min(wish.done, wish.ids),
                    {},        wish.began, impl_->ports.held_since(wish.chat)};
    if (wish.done > 0 && !history.held_since) {
      const auto seconds = std::chrono::duration<double>(wish.took).count();
      history.seconds_left = static_cast<std::int64_t>(seconds / static_cast<double>(wish.done) *
                                                       static_cast<double>(history.ids - history.done));
    }
    now.histories.push_back(history);
  }
  now.flood_until = impl_->pages.flood_until();
  now.refused = impl_->pages.refused();
  now.requests = impl_->pages.requests();
  return now;
}

source::AccountWalks Reconciler::how_far(const std::unordered_map<model::ChatId, std::uint64_t>& wishes) const {
  source::AccountWalks far;
  far.known = true;
  far.flood_until = impl_->pages.flood_until();
  const std::lock_guard lock(impl_->mutex);
  far.pages = impl_->pages_taken;
  for (const auto& [chat, number] : wishes) {
    const auto ended = impl_->ended.find(chat);
    if (ended != impl_->ended.end() && ended->second.wishes >= number) {
      far.chats.push_back(ended->second.how);
      continue;
    }
    const bool walking = impl_->under_way.chat == chat && impl_->under_way.wishes >= number;
    far.chats.push_back({chat, walking ? source::Walk::Stage::walking : source::Walk::Stage::waiting, ""});
  }
  return far;
}

}  // namespace tg::tdlib
