#include "source/tdlib/reconciler.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "journal/coverage.h"
#include "observe/log.h"
#include "source/fields.h"

namespace tg::tdlib {

using source::Fields;
namespace json = boost::json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::int64_t kPage = 100;  // the most that TDLib gives
constexpr std::chrono::seconds kPatience{90};
constexpr std::chrono::seconds kFirstRetry{1}, kLastRetry{60};

struct Page {
  std::vector<pipeline::Seen> seen;         // newest first
  std::vector<model::MessageId> ids;        // ascending
  std::vector<model::ChatId> predecessors;  // basic groups that this chat continues
};

bool is_transient(const Refusal& refusal) {
  return refusal.code == 408 || refusal.code == 420 || refusal.code == 429 || refusal.code >= 500;
}

}  // namespace

struct Reconciler::Impl {
  Impl(Options o, Ports p) : options(o), ports(std::move(p)) {}

  const Options options;
  const Ports ports;
  mutable std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  std::deque<model::ChatId> queue;
  std::set<model::ChatId> whole;                                // history wanted from 1 on
  std::unordered_map<model::ChatId, Clock::time_point> walked;  // when it was proven last
  std::deque<model::ChatId> open;
  Progress now;
  Clock::time_point last_request;
  std::thread thread;

  void run() {
    while (const auto chat = next()) {
      ports.on_change();
      const bool done = walk(*chat);
      {
        const std::lock_guard lock(mutex);
        now.walking = {};
        walked[*chat] = Clock::now();  // also one that was refused: it may be let in again
        if (done) whole.erase(*chat);
      }
      ports.on_change();
    }
  }

  std::optional<model::ChatId> next() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (!queue.empty()) {
        const auto chat = queue.front();
        queue.pop_front();
        now.walking = chat;
        now.pages = now.messages = 0;
        return chat;
      }
      auto due = Clock::now() + options.every;
      for (const auto& [chat, at] : walked) {
        if (at + options.every <= Clock::now()) queue.push_back(chat);
        due = std::min(due, at + options.every);
      }
      for (const auto chat : queue) walked.erase(chat);
      if (queue.empty()) wake.wait_until(lock, due, [&] { return stopping || !queue.empty(); });
    }
    return std::nullopt;
  }

  // False when it is to be stopped, or when the server refuses this chat.
  bool walk(model::ChatId chat) {
    keep_open(chat);
    std::int64_t account = 0;
    model::MessageId told;
    const bool asked = ports.with_capture([&](const Capture& capture) {
      account = capture.account();
      if (const auto* facts = capture.facts(chat)) told = facts->newest;
    });
    if (!asked) return false;
    const auto scope = scope_of(chat, account);
    auto known = coverage(chat, scope);
    if (!known) return false;

    // From the newest down to what was proven before, and further by the re-walk: edits and deletions there may never
    // have been told.
    const auto gaps_before = known->proven.gaps({known->start.value, known->newest.value}).ranges();
    const auto unproven = gaps_before.empty() ? known->newest.value + 1 : gaps_before.back().first;
    auto newest = page(chat, {}, *known);
    if (!newest || !take(chat, scope, account, {}, *newest)) return false;
    const auto top = newest->ids.empty() ? told : newest->ids.back();
    if (!known->start && !promise(chat, scope, account, std::max(top, model::MessageId{1}))) return false;
    if (newest->ids.empty()) return settle();
    if (!settle() || !(known = coverage(chat, scope))) return false;
    const bool history = wants_history(chat);
    if (history && known->start.value > 1) {
      if (!promise(chat, scope, account, model::MessageId{1}) || !settle()) return false;
      if (!(known = coverage(chat, scope))) return false;
    }
    const auto oldest = oldest_stored(chat, scope);
    if (!oldest) return false;
    const auto goal =
        std::max(std::min(known->start, *oldest).value, std::min(unproven, newest->ids.back().value) - options.rewalk);
    if (!down(chat, scope, account, newest->ids.front(), goal, *known)) return false;

    // Then every hole, newest first: what was away is wanted before history.
    if (!settle() || !(known = coverage(chat, scope))) return false;
    const auto gaps = known->proven.gaps({known->start.value, known->newest.value}).ranges();
    for (auto gap = gaps.rbegin(); gap != gaps.rend(); ++gap) {
      if (!down(chat, scope, account, model::MessageId{gap->last + 1}, gap->first, *known)) return false;
    }
    return settle();
  }

  bool wants_history(model::ChatId chat) const {
    const std::lock_guard lock(mutex);
    return whole.contains(chat);
  }

  // Pages below `from`, until one reaches `goal`.
  bool down(model::ChatId chat, model::Scope scope, std::int64_t account, model::MessageId from, std::int64_t goal,
            const journal::ChatCoverage& known) {
    while (from.value > goal) {
      auto older = page(chat, from, known);
      if (!older) return false;
      if (older->ids.empty()) return begins_at(chat, scope, account, from, known);
      if (!take(chat, scope, account, from, *older)) return false;
      from = older->ids.front();
    }
    return true;
  }

  // Nothing is visible below: completeness is promised from the first message on that the server shows. Where older
  // ones are stored it is not believed: an empty page proves nothing.
  bool begins_at(model::ChatId chat, model::Scope scope, std::int64_t account, model::MessageId first,
                 const journal::ChatCoverage& known) {
    const auto oldest = oldest_stored(chat, scope);
    if (!oldest) return false;
    return first <= known.start || *oldest < first || promise(chat, scope, account, first);
  }

  // Nothing: it could not be read. Of an empty chat the largest id.
  std::optional<model::MessageId> oldest_stored(model::ChatId chat, model::Scope scope) {
    auto db = ports.journal.read();
    if (!db) return std::nullopt;
    const auto stored = journal::stored_of(**db, chat, scope);
    if (!stored) return std::nullopt;
    return model::MessageId{stored->messages == 0 ? INT32_MAX : stored->first};
  }

  bool promise(model::ChatId chat, model::Scope scope, std::int64_t account, model::MessageId start) {
    pipeline::ChatSeen seen;
    seen.from = {model::SourceKind::tdlib, model::Origin::backfill, account, model::Time::now()};
    seen.peer = chat;
    seen.scope = scope;
    seen.start = start;
    return push(std::move(seen));
  }

  bool take(model::ChatId chat, model::Scope scope, std::int64_t account, model::MessageId below, Page& page) {
    if (page.ids.empty()) return true;
    const auto asked_at = page.seen.front().from.observed_at;
    for (auto one = page.seen.rbegin(); one != page.seen.rend(); ++one) {
      if (!push(std::move(*one))) return false;
    }
    pipeline::Proof proof;
    proof.from = {model::SourceKind::tdlib, model::Origin::catchup, account, asked_at};
    proof.kind = pipeline::ProofKind::walk;
    proof.scope = scope;
    proof.peer = chat;
    proof.first = page.ids.front();
    proof.last = below ? model::MessageId{below.value - 1} : page.ids.back();
    proof.present = page.ids;
    if (!push(std::move(proof))) return false;
    const std::lock_guard lock(mutex);
    ++now.pages;
    now.messages += static_cast<std::int64_t>(page.ids.size());
    return true;
  }

  // The newest messages with ids below `below` (0: the newest of all). Nothing: stopped, or refused.
  std::optional<Page> page(model::ChatId chat, model::MessageId below, const journal::ChatCoverage& known) {
    auto retry = kFirstRetry;
    while (true) {
      if (!wait_for_turn()) return std::nullopt;
      const auto asked_at = model::Time::now();
      const auto answer = ports.client.ask({{"@type", "searchChatMessages"},
                                            {"chat_id", chat.value},
                                            {"query", ""},
                                            {"from_message_id", tdlib_id(below)},
                                            {"offset", 0},
                                            {"limit", kPage}},
                                           kPatience);
      if (const auto* found = std::get_if<json::object>(&answer)) {
        note(chat, "");
        return read_page(*found, below, asked_at, known);
      }
      const auto& refusal = std::get<Refusal>(answer);
      if (refusal.code == 499) return std::nullopt;
      if (!is_transient(refusal)) {
        note(chat, refusal.message);
        observe::warn("reconcile_refused", {{"channel", chat.value}, {"reason", refusal.message}});
        return std::nullopt;
      }
      const auto flood = std::chrono::seconds(refusal.retry_after_s());
      if (!pause(flood.count() > 0 ? flood : retry, flood.count() > 0)) return std::nullopt;
      retry = std::min(retry * 2, kLastRetry);
    }
  }

  // Nothing: the session ends. That is no empty page, from which something would follow.
  std::optional<Page> read_page(const json::object& found, model::MessageId below, model::Time asked_at,
                                const journal::ChatCoverage& known) {
    Page page;
    const auto* messages = Fields(found).array("messages");
    if (!messages) return page;
    const auto& proven = known.proven.ranges();
    const bool read_all = ports.with_capture([&](const Capture& capture) {
      for (const auto& one : *messages) {
        const auto* object = one.if_object();
        auto read = object ? read_message(*object, capture.names(), capture.account()) : std::nullopt;
        if (!read || (below && read->message.key.message >= below)) continue;
        const auto id = read->message.key.message;
        // What lies below everything that was ever proven is history; the rest was missed.
        const bool history = proven.empty() || id.value < proven.front().first;
        pipeline::Seen seen;
        seen.from = {model::SourceKind::tdlib, history ? model::Origin::backfill : model::Origin::catchup,
                     capture.account(), asked_at};
        seen.freshness = pipeline::Freshness::page;
        seen.message = std::move(read->message);
        page.ids.push_back(id);
        page.seen.push_back(std::move(seen));
      }
    });
    if (!read_all) return std::nullopt;
    std::sort(page.ids.begin(), page.ids.end());
    return page;
  }

  bool push(pipeline::Observation observation) {
    const auto done = ports.push(std::move(observation));
    return done.ok();
  }

  bool settle() {
    const auto done = ports.flush();
    return done.ok();
  }

  std::optional<journal::ChatCoverage> coverage(model::ChatId chat, model::Scope scope) {
    auto db = ports.journal.read();
    if (!db) return std::nullopt;
    auto found = journal::coverage(**db, chat, scope, model::Time::now());
    if (!found) return std::nullopt;
    return std::move(*found);
  }

  void keep_open(model::ChatId chat) {
    std::erase(open, chat);
    open.push_back(chat);
    ports.client.send({{"@type", "openChat"}, {"chat_id", chat.value}});
    if (open.size() <= options.open_chats) return;
    ports.client.send({{"@type", "closeChat"}, {"chat_id", open.front().value}});
    open.pop_front();
  }

  bool wait_for_turn() {
    std::unique_lock lock(mutex);
    wake.wait_until(lock, last_request + options.between, [&] { return stopping; });
    last_request = Clock::now();
    ++now.requests;
    return !stopping;
  }

  bool pause(std::chrono::seconds how_long, bool flood) {
    std::unique_lock lock(mutex);
    if (flood) now.flood_until = model::Time{model::Time::now().us + how_long.count() * 1'000'000};
    lock.unlock();
    ports.on_change();
    lock.lock();
    wake.wait_for(lock, how_long, [&] { return stopping; });
    now.flood_until = {};
    return !stopping;
  }

  void note(model::ChatId chat, const std::string& reason) {
    const std::lock_guard lock(mutex);
    if (reason.empty())
      now.refused.erase(chat);
    else
      now.refused[chat] = reason;
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
  impl_->thread.join();
}

void Reconciler::want(model::ChatId chat, bool first) {
  {
    const std::lock_guard lock(impl_->mutex);
    auto& queue = impl_->queue;
    const auto waiting = std::find(queue.begin(), queue.end(), chat);
    if (waiting != queue.end()) {
      if (!first) return;
      queue.erase(waiting);
    }
    if (first)
      queue.push_front(chat);
    else
      queue.push_back(chat);
  }
  impl_->wake.notify_all();
}

void Reconciler::want_history(model::ChatId chat) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->whole.insert(chat);
  }
  want(chat);
}

Reconciler::Progress Reconciler::progress() const {
  const std::lock_guard lock(impl_->mutex);
  auto now = impl_->now;
  now.waiting.assign(impl_->queue.begin(), impl_->queue.end());
  return now;
}

}  // namespace tg::tdlib
