#include "api/routes/sync.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "observe/log.h"
#include "store/chat_list.h"

namespace tg::api {
namespace {

constexpr std::chrono::milliseconds kLook{100};
constexpr std::size_t kNamed = 5;  // channels that an error names; each says why itself

// Empty where every channel is done.
std::string error_of(const std::vector<FetchedChannel>& channels) {
  std::vector<std::string> named;
  std::size_t others = 0;
  for (const auto& one : channels) {
    if (one.state == FetchState::done) continue;
    if (named.size() == kNamed) {
      ++others;
      continue;
    }
    named.push_back(
        fmt::format("{} ({}): {}", one.label.empty() ? "a channel" : one.label, one.peer.value, one.reason));
  }
  if (named.empty()) return "";
  const auto more = others > 0 ? fmt::format("; and {} more", others) : std::string();
  return fmt::format("{} of {} not fetched whole: {}{}", named.size() + others, channels.size(), fmt::join(named, "; "),
                     more);
}

}  // namespace

std::string_view state_of(const Syncs::Progress& progress) {
  if (!progress.completed) return "running";
  if (progress.cancelled) return "cancelled";
  return progress.error.empty() ? "done" : "failed";
}

boost::json::array channels_json(const Syncs::Progress& progress) {
  boost::json::array rows;
  for (const auto& channel : progress.channels) {
    boost::json::object row{{"channelId", std::to_string(channel.peer.value)},
                            {"label", channel.label},
                            {"messagesSynced", channel.synced},
                            {"messagesSaved", channel.saved},
                            {"missing", channel.missing},
                            {"state", name_of(channel.state)}};
    if (!channel.reason.empty()) row["reason"] = channel.reason;
    rows.push_back(std::move(row));
  }
  return rows;
}

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
    const auto wait = now_.wait_until ? "; Telegram asked it to wait until " + model::to_rfc3339(now_.wait_until) : "";
    return Error{Code::conflict, fmt::format("the fetch {} of other channels is running{}", now_.job, wait),
                 fmt::format("Ask again when GET /api/telegram-gateway/jobs/{} says that it is done", now_.job)};
  }
  if (!running_) {
    if (thread_.joinable()) thread_.join();  // ended already
    running_ = true;
    now_ = {};
    cancelled_ = false;
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

void Syncs::work(const std::vector<model::ChatId>& channels) {
  Fetch fetch(parts_, channels, quiet_);
  Labels labels;
  const auto asked = fetch.ask();
  Result<bool> ended = asked ? Result<bool>(false) : Result<bool>(asked.error());
  while (ended && !*ended) {
    ended = fetch.look();
    publish(fetch, labels);
    std::unique_lock lock(mutex_);
    if (!ended || *ended || !changed_.wait_for(lock, kLook, [this] { return stopping_ || cancelled_; })) continue;
    now_.cancelled = cancelled_;
    lock.unlock();
    fetch.cut_short(stopping_ ? "the gateway stopped" : "it was cancelled");
    publish(fetch, labels);
    break;
  }
  finish(ended);
}

void Syncs::publish(const Fetch& fetch, Labels& labels) {
  auto channels = fetch.channels();
  if (labels.size() != channels.size()) labels = labels_of(channels);
  {
    const std::lock_guard lock(mutex_);
    now_.wait_until = fetch.wait_until();
    now_.synced = now_.saved = 0;
    for (auto& channel : channels) {
      channel.label = labels[channel.peer];
      now_.synced += channel.synced;
      now_.saved += channel.saved;
    }
    now_.channels = std::move(channels);
  }
  wake_();
}

Syncs::Labels Syncs::labels_of(const std::vector<FetchedChannel>& channels) const {
  Labels labels;
  for (const auto& channel : channels) labels[channel.peer];
  auto chats = parts_.store.chats();
  if (!chats) return labels;
  for (const auto& chat : store::one_an_id(std::move(*chats))) {
    const auto asked = labels.find(chat.peer);
    if (asked != labels.end()) asked->second = chat.label.empty() ? chat.title : chat.label;
  }
  return labels;
}

void Syncs::finish(const Result<bool>& ended) {
  {
    const std::lock_guard lock(mutex_);
    now_.error = ended ? error_of(now_.channels) : ended.error().to_string();
    now_.completed = true;
    now_.wait_until = {};
    now_.finished_at = model::Time::now();
    running_ = false;
    past_.push_back(now_);
    if (past_.size() > kJobsKept) past_.erase(past_.begin());
    observe::info("sync_finished", {{"state", state_of(now_)}, {"saved", now_.saved}, {"seen", now_.synced}});
  }
  wake_();
}

std::vector<Job> Syncs::jobs() const {
  std::lock_guard lock(mutex_);
  std::vector<Job> all;
  const auto add = [&](const Progress& progress) {
    Job job;
    job.id = progress.job;
    job.kind = "sync";
    job.state = state_of(progress);
    job.started_at = progress.started_at;
    job.finished_at = progress.finished_at;
    job.wait_until = progress.wait_until;
    job.detail = fmt::format("{} new of {} seen", progress.saved, progress.synced);
    if (progress.wait_until) {
      job.detail += "; Telegram asked to wait until " + model::to_rfc3339(progress.wait_until);
    }
    job.error = progress.error;
    if (progress.channels.size() == 1) {
      job.channel = progress.channels.front().peer;
      job.title = progress.channels.front().label;
    }
    if (!progress.channels.empty()) {
      const auto over = std::count_if(progress.channels.begin(), progress.channels.end(), [](const auto& one) {
        return one.state != FetchState::waiting && one.state != FetchState::walking;
      });
      job.progress = static_cast<double>(over) / static_cast<double>(progress.channels.size());
    }
    all.push_back(std::move(job));
  };
  if (running_) add(now_);
  for (auto past = past_.rbegin(); past != past_.rend(); ++past) add(*past);
  return all;
}

Result<void> Syncs::cancel(const std::string& job) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_ || now_.job != job) {
      const bool over = std::any_of(past_.begin(), past_.end(), [&](const auto& past) { return past.job == job; });
      if (over) return Error{Code::conflict, fmt::format("the fetch {} is over", job), ""};
      return Error{Code::not_found, fmt::format("there is no fetch '{}'", job),
                   "A history can be paused; switch its channel off to give it up"};
    }
    cancelled_ = true;
  }
  changed_.notify_all();
  return {};
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
