#include "api/routes/sync.h"

#include "journal/coverage.h"
#include "observe/log.h"
#include "store/chat_list.h"

namespace tg::api {
namespace {

constexpr std::chrono::milliseconds kLook{100};
constexpr int kWholeLooks = 3;  // nothing missing and nothing new this often in a row: it is done

bool among(const std::vector<model::ChatId>& channels, model::ChatId peer) {
  return channels.empty() || std::find(channels.begin(), channels.end(), peer) != channels.end();
}

}  // namespace

Result<std::string> Syncs::begin(std::vector<model::ChatId> channels) {
  if (!parts_.sync) {
    return Error{Code::unavailable, "no source here can fetch history",
                 "Sign in to Telegram, or import an export file with 'telegram-gateway import'"};
  }
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  std::lock_guard lock(mutex_);
  if (stopping_) return Error{Code::unavailable, "the gateway is stopping", ""};
  if (running_ && channels != channels_) {
    return Error{Code::conflict, fmt::format("the fetch {} of other channels is running", now_.job),
                 fmt::format("Ask again when GET /api/telegram-gateway/jobs/{} says that it is done", now_.job)};
  }
  if (!running_) {
    if (thread_.joinable()) thread_.join();  // ended already
    running_ = true;
    now_ = {};
    now_.job = fmt::format("sync-{}", ++number_);
    now_.started_at = model::Time::now();
    channels_ = channels;
    thread_ = std::thread([this, asked = std::move(channels)] { work(asked); });
  }
  return now_.job;
}

std::optional<Syncs::Progress> Syncs::progress(const std::string& job) const {
  std::lock_guard lock(mutex_);
  if (now_.job == job) return now_;
  for (const auto& past : past_) {
    if (past.job == job) return past;
  }
  return std::nullopt;
}

Result<void> Syncs::look(Look& look, const std::vector<model::ChatId>& channels) {
  auto db = parts_.journal.read();
  if (!db) return db.error();
  const auto all = journal::all_coverage(**db, model::Time::now());
  if (!all) return all.error();
  look.missing = 0;
  for (const auto& one : *all) {
    if (!among(channels, one.peer)) continue;
    look.missing += one.missing;
    look.found.try_emplace(one.peer);
  }
  // What came by itself meanwhile, and what somebody imports, was not fetched.
  auto& rows = (*db)->prepared(
      "SELECT seq, peer, origin IN (?2, ?3) AND kind IN (?4, ?5, ?6), kind = ?4 FROM events WHERE seq > ?1 ORDER BY "
      "seq");
  rows.with(look.counted_to, static_cast<int>(model::Origin::catchup), static_cast<int>(model::Origin::backfill),
            static_cast<int>(model::Kind::created), static_cast<int>(model::Kind::edited),
            static_cast<int>(model::Kind::restored));
  for (;;) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) break;
    look.counted_to = model::Seq{rows.integer(0)};
    const model::ChatId peer{rows.integer(1)};
    if (rows.integer(2) == 0 || !among(channels, peer)) continue;
    auto& found = look.found[peer];
    ++found.synced;
    found.saved += rows.integer(3);
  }
  rows.reset();
  std::lock_guard lock(mutex_);
  now_.synced = now_.saved = 0;
  now_.channels.clear();
  for (const auto& [peer, found] : look.found) {
    now_.synced += found.synced;
    now_.saved += found.saved;
    now_.channels.push_back({peer, "", found.synced});
  }
  return {};
}

void Syncs::work(const std::vector<model::ChatId>& channels) {
  using Clock = std::chrono::steady_clock;
  Look seen;
  seen.counted_to = parts_.journal.head();
  auto done = parts_.sync(channels);
  const auto until = Clock::now() + kLongest;
  auto moved_at = Clock::now();
  int whole = 0;
  std::int64_t synced = -1, least_missing = INT64_MAX;
  while (done && Clock::now() < until) {
    done = look(seen, channels);
    if (!done) break;
    std::unique_lock lock(mutex_);
    whole = seen.missing == 0 && now_.synced == synced ? whole + 1 : 0;
    if (now_.synced != synced || seen.missing < least_missing) moved_at = Clock::now();
    synced = now_.synced;
    least_missing = std::min(least_missing, seen.missing);
    wake_();
    if (whole >= kWholeLooks || Clock::now() - moved_at >= quiet_) break;
    if (changed_.wait_for(lock, kLook, [this] { return stopping_; })) break;
  }
  std::map<model::ChatId, std::string> labels;
  if (auto chats = parts_.store.chats()) {
    for (const auto& chat : store::one_an_id(std::move(*chats)))
      labels[chat.peer] = chat.label.empty() ? chat.title : chat.label;
  }
  std::unique_lock lock(mutex_);
  for (auto& channel : now_.channels) channel.label = labels[channel.peer];
  if (!done) now_.error = done.error().to_string();
  now_.completed = true;
  now_.finished_at = model::Time::now();
  running_ = false;
  past_.push_back(now_);
  if (past_.size() > kJobsKept) past_.erase(past_.begin());
  observe::info("sync_finished", {{"saved", now_.saved}, {"seen", now_.synced}});
  wake_();
}

std::vector<Job> Syncs::jobs() const {
  std::lock_guard lock(mutex_);
  std::vector<Job> all;
  const auto add = [&](const Progress& progress) {
    Job job;
    job.id = progress.job;
    job.kind = "sync";
    job.state = !progress.completed ? "running" : progress.error.empty() ? "done" : "failed";
    job.started_at = progress.started_at;
    job.finished_at = progress.finished_at;
    job.detail = fmt::format("{} new of {} seen", progress.saved, progress.synced);
    job.error = progress.error;
    all.push_back(std::move(job));
  };
  if (running_) add(now_);
  for (auto past = past_.rbegin(); past != past_.rend(); ++past) add(*past);
  return all;
}

void Syncs::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace tg::api
