#include "api/routes/sync.h"

#include "journal/coverage.h"
#include "observe/log.h"
#include "store/chat_list.h"

namespace tg::api {
namespace {

constexpr std::chrono::milliseconds kLook{100};
constexpr int kQuietLooks = 3;  // nothing missing and nothing new this often in a row: it is done

bool among(const std::vector<model::ChatId>& channels, model::ChatId peer) {
  return channels.empty() || std::find(channels.begin(), channels.end(), peer) != channels.end();
}

}  // namespace

Result<std::string> Syncs::begin(const std::vector<model::ChatId>& channels) {
  if (!parts_.sync) {
    return Error{Code::unavailable, "no source here can fetch history",
                 "Sign in to Telegram, or import an export file with 'telegram-gateway import'"};
  }
  std::lock_guard lock(mutex_);
  if (stopping_) return Error{Code::unavailable, "the gateway is stopping", ""};
  if (!running_) {
    if (thread_.joinable()) thread_.join();  // ended already
    running_ = true;
    now_ = {};
    now_.job = fmt::format("sync-{}", ++number_);
    now_.started_at = model::Time::now();
    thread_ = std::thread([this, channels] { work(channels); });
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

bool Syncs::look(const Before& before, const std::vector<model::ChatId>& channels) {
  auto db = parts_.journal.read();
  if (!db) return false;
  const auto all = journal::all_coverage(**db, model::Time::now());
  if (!all) return false;
  std::int64_t missing = 0;
  std::vector<Channel> counted;
  for (const auto& one : *all) {
    if (!among(channels, one.peer)) continue;
    missing += one.missing;
    const auto was = before.stored.find(one.peer);
    counted.push_back(
        {one.peer, "", std::max<std::int64_t>(0, one.stored - (was == before.stored.end() ? 0 : was->second))});
  }
  const auto totals = parts_.intake.totals();
  std::lock_guard lock(mutex_);
  now_.saved = static_cast<std::int64_t>(totals.created) - before.created;
  now_.synced = now_.saved + static_cast<std::int64_t>(totals.known) - before.known;
  now_.channels = std::move(counted);
  return missing == 0;
}

void Syncs::work(const std::vector<model::ChatId>& channels) {
  const auto totals = parts_.intake.totals();
  Before before{static_cast<std::int64_t>(totals.created), static_cast<std::int64_t>(totals.known), {}};
  if (auto db = parts_.journal.read()) {
    if (const auto all = journal::all_coverage(**db, model::Time::now())) {
      for (const auto& one : *all) before.stored[one.peer] = one.stored;
    }
  }
  const auto asked = parts_.sync();
  const auto until = std::chrono::steady_clock::now() + kLongest;
  int quiet = 0;
  std::int64_t last = -1;
  while (asked && std::chrono::steady_clock::now() < until) {
    const bool whole = look(before, channels);
    std::unique_lock lock(mutex_);
    quiet = whole && now_.synced == last ? quiet + 1 : 0;
    last = now_.synced;
    wake_();
    if (quiet >= kQuietLooks) break;
    if (changed_.wait_for(lock, kLook, [this] { return stopping_; })) break;
  }
  std::map<model::ChatId, std::string> labels;
  if (auto chats = parts_.store.chats()) {
    for (const auto& chat : store::one_an_id(std::move(*chats)))
      labels[chat.peer] = chat.label.empty() ? chat.title : chat.label;
  }
  std::unique_lock lock(mutex_);
  for (auto& channel : now_.channels) channel.label = labels[channel.peer];
  if (!asked) now_.error = asked.error().to_string();
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
