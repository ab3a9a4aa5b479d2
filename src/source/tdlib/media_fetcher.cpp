#include "source/tdlib/media_fetcher.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "model/message_json.h"
#include "observe/log.h"
#include "pipeline/heads.h"
#include "source/tdlib/detail/file_finder.h"
#include "source/tdlib/detail/media_queue.h"
#include "source/tdlib/detail/message_reader.h"

namespace tg::tdlib {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;
using Rank = MediaQueue::Class;

namespace {

using Clock = MediaQueue::Clock;

constexpr std::int64_t kSpared = 1LL << 30;  // bytes of disk that files of messages leave free
constexpr std::int64_t kScanned = 200;       // messages with media that are looked at in one read
constexpr auto kLookEvery = 1s;              // whether an account is signed in by now
constexpr auto kLongestRetry = 300s;
constexpr auto kLongestDownload = 24h;  // then it is asked for again, and TDLib goes on with what it has
constexpr std::size_t kMostTroubles = 10'000;
constexpr int kRulePriority = 1, kAskedPriority = 32;  // of TDLib's downloads, 1…32

struct Done {};
struct Later {
  std::chrono::seconds wait;
  bool all = false;  // nothing else can be fetched either
};
struct NoRoom {
  Error why;
};
using Outcome = std::variant<Done, Later, NoRoom, Error>;

struct Wanted {
  model::Message message;
  std::int64_t account = 0;  // that saw it
};

Outcome outcome_of(const Refusal& refusal, int tries) {
  if (const auto flood = refusal.retry_after_s(); flood > 0) return Later{std::chrono::seconds(flood)};
  if (refusal.code == 499) return Later{kLookEvery, true};
  if (refusal.code == 408 || refusal.code == 420 || refusal.code == 429 || refusal.code >= 500) {
    return Later{std::min<std::chrono::seconds>(1s * (1 << std::min(tries, 9)), kLongestRetry)};
  }
  return Error{Code::not_found, fmt::format("Telegram does not give the file: {}", refusal.message), ""};
}

// Of this machine, or of the bound.
Outcome outcome_of(const Error& error) {
  if (error.code == Code::unsupported) return NoRoom{error};
  return Later{60s, true};
}

// With a file that is not here, and that is not kept out on purpose.
bool may_be_fetched(const model::Media& media) {
  return media.blob.empty() && !media.unique_id.empty() && media.absent != "destroys_itself";
}

}  // namespace

bool MediaRule::wants(const model::Message& message) const {
  const auto& media = message.media;
  if (!may_be_fetched(media) || media.absent == "removed" || media.size > max_file_bytes) return false;
  const bool channel =
      channels.empty() || std::find(channels.begin(), channels.end(), message.key.peer) != channels.end();
  return channel && std::find(kinds.begin(), kinds.end(), media.type) != kinds.end();
}

struct MediaFetcher::Impl {
  Impl(MediaRule r, MediaShelf::Place p, FindSession f)
      : rule(std::move(r)), place(p), find_session(std::move(f)), shelf(std::move(p)) {}

  const MediaRule rule;
  const MediaShelf::Place place;
  const FindSession find_session;
  MediaShelf shelf;

  mutable std::mutex mutex;
  std::condition_variable wake;
  std::stop_source stop;
  MediaQueue queue;
  std::unordered_set<std::string> busy;  // files under way, by their id at Telegram
  std::unordered_map<model::MessageKey, Error> troubles;
  Clock::time_point paused_until{};
  std::unordered_map<std::int64_t, Clock::time_point> floods;  // accounts that are to ask nothing before

  // Of the walk through what is stored, newest first; nothing: it has not begun, or is over.
  struct Position {
    std::int64_t date, scope, peer, message;
  };
  static constexpr Position kNewest{INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
  std::optional<Position> scanned = kNewest;
  bool scanning = false;    // a worker is at it
  bool overlooked = false;  // the queue was full: walk again

  std::shared_ptr<journal::Journal::Subscription> subscription;
  std::vector<std::thread> workers;

  void note_size() { place.metrics.media_waiting.Set(static_cast<double>(queue.size())); }

  // The writer's thread: only what a look at the text tells.
  void committed(const std::vector<model::Event>& events) {
    bool added = false;
    for (const auto& event : events) {
      using model::Kind;
      const bool content = event.kind == Kind::created || event.kind == Kind::edited || event.kind == Kind::restored ||
                           event.kind == Kind::filled;
      const auto has = [&event](std::string_view part) { return event.message.find(part) != std::string::npos; };
      if (!content || !has("\"unique_id\":\"") || has("\"blob\":\"")) continue;
      // An edit of a message keeps the file that is here, whatever the rule.
      if (rule.kinds.empty() && event.kind != Kind::edited) continue;
      const std::lock_guard lock(mutex);
      if (!queue.add({event.key, Rank::fresh})) overlooked = true;
      added = true;
      note_size();
    }
    if (added) wake.notify_all();
  }

  void run() {
    while (const auto job = next()) settle(*job, fetch(*job));
  }

  std::optional<MediaQueue::Job> next() {
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const auto now = Clock::now();
      if (now >= paused_until) {
        if (auto job = queue.take(now)) {
          note_size();
          return job;
        }
      }
      if (queue.idle() && !scanning && !rule.kinds.empty()) {
        if (!scanned && std::exchange(overlooked, false)) scanned = kNewest;
        if (scanned) {
          look_through_more(lock);
          continue;
        }
      }
      wake.wait_until(lock, std::max(paused_until, queue.next(now + kLookEvery * 30)));
    }
    return std::nullopt;
  }

  void look_through_more(std::unique_lock<std::mutex>& lock) {
    scanning = true;
    auto at = *scanned;
    lock.unlock();
    std::vector<model::MessageKey> found;
    const auto more = look_through(at, found);
    lock.lock();
    scanning = false;
    scanned = more ? std::optional(at) : std::nullopt;
    for (const auto& key : found) {
      if (!troubles.contains(key)) (void)queue.add({key, Rank::history});
    }
    note_size();
  }

  // False: that was the end.
  bool look_through(Position& at, std::vector<model::MessageKey>& found) const {
    auto db = place.journal.read();
    if (!db) return false;
    auto& rows = (*db)->prepared(
        "SELECT h.date, h.scope, h.peer, h.message, e.body FROM heads h JOIN events e ON e.seq = h.seq "
        "WHERE h.date IS NOT NULL AND (h.date, h.scope, h.peer, h.message) < (?, ?, ?, ?) AND h.flags & 4 "
        "AND h.deleted_at = 0 ORDER BY h.date DESC, h.scope DESC, h.peer DESC, h.message DESC LIMIT ?");
    rows.with(at.date, at.scope, at.peer, at.message, kScanned);
    std::int64_t seen = 0;
    while (true) {
      const auto more = rows.step();
      if (!more || !*more) break;
      ++seen;
      at = {rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3)};
      const auto message = model::message_from_json(rows.text(4));
      if (message && rule.wants(*message)) {
        found.push_back({model::Scope{at.scope}, model::ChatId{at.peer}, model::MessageId{at.message}});
      }
    }
    rows.reset();
    return seen == kScanned;
  }

  // Nothing: there is none, it has no content, or it was deleted.
  Result<std::optional<Wanted>> look_at(const model::MessageKey& key) const {
    auto db = place.journal.read();
    if (!db) return db.error();
    auto& row = (*db)->prepared(
        "SELECT h.seq, e.account FROM heads h JOIN events e ON e.seq = h.seq "
        "WHERE h.peer = ? AND h.message = ? AND h.scope = ? AND h.deleted_at = 0");
    row.with(key.peer, key.message, key.scope);
    const auto found = row.step();
    if (!found) return found.error();
    std::optional<Wanted> wanted;
    if (*found) {
      const auto account = row.integer(1);
      if (auto message = pipeline::load_body(**db, model::Seq{row.integer(0)})) {
        message->key = key;
        wanted = Wanted{std::move(*message), account};
      }
    }
    row.reset();
    return wanted;
  }

  Outcome fetch(const MediaQueue::Job& job) {
    const auto wanted = look_at(job.key);
    if (!wanted) return Later{kLookEvery};
    if (!*wanted || !may_be_fetched((*wanted)->message.media)) return Done{};
    const auto& id = (*wanted)->message.media.unique_id;
    {
      const std::lock_guard lock(mutex);
      if (!busy.insert(id).second) return Later{kLookEvery};
    }
    auto outcome = fetch(job, **wanted);
    const std::lock_guard lock(mutex);
    busy.erase(id);
    return outcome;
  }

  Outcome fetch(const MediaQueue::Job& job, const Wanted& wanted) {
    const auto& media = wanted.message.media;
    const bool asked = job.rank == Rank::asked;
    const auto held = shelf.find(media.unique_id);
    if (!held) return Later{kLookEvery};
    if (!*held && !asked && !rule.wants(wanted.message)) return Done{};
    const auto young = asked ? std::max(wanted.message.date, model::Time::now()) : wanted.message.date;
    ledger::Entry entry{"", media.unique_id, job.key, media.size, young};

    const auto port = find_session(wanted.account);
    if (!port.session) return Later{kLookEvery, true};
    const auto answer =
        ask(*port.session,
            {{"@type", "getMessage"}, {"chat_id", job.key.peer.value}, {"message_id", tdlib_id(job.key.message)}});
    if (const auto* refusal = std::get_if<Refusal>(&answer)) return outcome_of(*refusal, job.tries);
    auto file = find_file(std::get<json::object>(answer), media.unique_id);
    if (!file) return Error{Code::not_found, "Telegram shows another file in this message by now", ""};
    if (*held) {
      entry.sha256 = (*held)->sha256;
      entry.size = (*held)->size;
      if (const auto shared = shelf.share(entry); !shared) return outcome_of(shared.error());
    } else {
      if (!asked && file->size > rule.max_file_bytes) return Done{};
      auto downloaded = download(job, *port.session, port.files, *file, entry);
      if (!std::holds_alternative<Done>(downloaded)) return downloaded;
    }
    if (file->begun || !*held) (void)ask(*port.session, {{"@type", "deleteFile"}, {"file_id", file->id}});
    if (const auto told = shelf.tell(entry, wanted.account); !told) return outcome_of(told.error());
    return Done{};
  }

  Outcome download(const MediaQueue::Job& job, Session& session, const fs::path& files, const FoundFile& file,
                   ledger::Entry& entry) {
    // The file is there twice for a while, and never may it take the place that messages need.
    if (!place.journal.room() || place.journal.disk_free() < kSpared + 2 * std::max(file.size, entry.size))
      return Later{60s, true};
    const auto room = shelf.make_room(std::max(file.size, entry.size), entry.young);
    if (!room) return outcome_of(room.error());
    const auto answer = ask(session, {{"@type", "downloadFile"},
                                      {"file_id", file.id},
                                      {"priority", job.rank == Rank::asked ? kAskedPriority : kRulePriority},
                                      {"offset", 0},
                                      {"limit", 0},
                                      {"synchronous", true}});
    if (const auto* refusal = std::get_if<Refusal>(&answer)) return outcome_of(*refusal, job.tries);
    const auto whole = read_found(std::get<json::object>(answer));
    if (!whole.complete) return Later{kLookEvery};
    auto put = shelf.put(entry, files, whole.path);
    if (!put) return outcome_of(put.error());
    entry = std::move(*put);
    place.metrics.media_fetched.Increment();
    place.metrics.media_fetched_bytes.Increment(static_cast<double>(entry.size));
    return Done{};
  }

  // Of an account that Telegram told to wait nothing is asked: 429 with what is left.
  Answer ask(Session& session, json::object query) {
    const auto user = session.account().standing().user;
    {
      const std::lock_guard lock(mutex);
      const auto left = std::chrono::ceil<std::chrono::seconds>(floods[user] - Clock::now());
      if (left > 0s) return Refusal{429, fmt::format("{}{}", Refusal::kRetryAfter, left.count())};
    }
    auto answer = session.account().client().ask(std::move(query), kLongestDownload, stop.get_token());
    if (const auto* refusal = std::get_if<Refusal>(&answer); refusal && refusal->retry_after_s() > 0) {
      const std::lock_guard lock(mutex);
      floods[user] = Clock::now() + std::chrono::seconds(refusal->retry_after_s());
    }
    return answer;
  }

  void settle(MediaQueue::Job job, const Outcome& outcome) {
    std::optional<Error> trouble;
    {
      const std::lock_guard lock(mutex);
      if (stop.stop_requested()) return;
      if (const auto* later = std::get_if<Later>(&outcome)) {
        ++job.tries;
        job.not_before = Clock::now() + later->wait;
        if (later->all) paused_until = std::max(paused_until, job.not_before);
        if (!queue.add(job)) overlooked = true;
      } else if (const auto* full = std::get_if<NoRoom>(&outcome)) {
        if (job.rank == Rank::asked) trouble = full->why;
        if (job.rank == Rank::history) {
          queue.drop_history();  // what follows is older still
          scanned.reset();
        }
      } else if (const auto* refused = std::get_if<Error>(&outcome)) {
        trouble = *refused;
      }
      if (trouble) {
        if (troubles.size() >= kMostTroubles) troubles.clear();
        troubles.insert_or_assign(job.key, *trouble);
      }
      note_size();
    }
    wake.notify_all();
    if (!trouble) return;
    place.metrics.media_refused.Increment();
    observe::warn(
        "media_refused",
        {{"channel", job.key.peer.value}, {"message", job.key.message.value}, {"reason", trouble->to_string()}});
  }
};

MediaFetcher::MediaFetcher(MediaRule rule, MediaShelf::Place place, FindSession find)
    : impl_(std::make_unique<Impl>(std::move(rule), std::move(place), std::move(find))) {
  if (const auto opened = impl_->shelf.open(); !opened) {
    observe::error("media_off", {{"reason", opened.error().to_string()}});
    return;
  }
  impl_->subscription =
      impl_->place.journal.on_commit([impl = impl_.get()](const auto& events) { impl->committed(events); });
  for (std::size_t i = 0; i < impl_->rule.parallel; ++i) {
    impl_->workers.emplace_back([impl = impl_.get()] { impl->run(); });
  }
}

MediaFetcher::~MediaFetcher() { stop(); }

void MediaFetcher::stop() {
  impl_->subscription.reset();
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stop.request_stop();
  }
  impl_->wake.notify_all();
  for (auto& worker : impl_->workers) worker.join();
  impl_->workers.clear();
}

Result<void> MediaFetcher::want(const model::MessageKey& message) {
  const auto wanted = impl_->look_at(message);
  if (!wanted) return wanted.error();
  if (!*wanted) return Error{Code::not_found, "the message is not there, or was deleted", ""};
  const auto& media = (*wanted)->message.media;
  if (!media.blob.empty()) return {};
  if (!may_be_fetched(media)) {
    return Error{Code::not_found, "no account has seen a file of this message that could be fetched",
                 "Import the export again with its media"};
  }
  if (!impl_->find_session((*wanted)->account).session) {
    return Error{Code::unavailable, "the file is not here, and no signed-in account can fetch it now",
                 "Sign in: telegram-gateway account add NAME"};
  }
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->troubles.erase(message);
    if (!impl_->queue.add({message, Rank::asked})) {
      return Error{Code::unavailable, fmt::format("{} files that were asked for wait", MediaQueue::kMostAsked),
                   "Ask again when some of them are here"};
    }
    impl_->note_size();
  }
  impl_->wake.notify_all();
  return {};
}

std::optional<Error> MediaFetcher::trouble(const model::MessageKey& message) const {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->troubles.find(message);
  return found == impl_->troubles.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace tg::tdlib
