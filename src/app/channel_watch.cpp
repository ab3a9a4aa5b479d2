#include "app/channel_watch.h"

#include "observe/log.h"

namespace tg::app {

void ChannelWatch::look(model::Time now, bool captures) {
  look_at_lag(now);
  if (captures) return look_at_silence(now);
  const std::lock_guard lock(mutex_);
  silences_.clear();
  parts_.metrics.channels_silent.Set(0);
}

void ChannelWatch::look_at_lag(model::Time now) {
  std::int64_t worst = 0;
  std::set<model::ChatId> late;
  for (const auto& [chat, lag] : parts_.lag.worst(now)) {
    worst = std::max(worst, lag.seconds);
    if (lag.seconds <= parts_.alarm.count()) continue;
    late.insert(chat);
    if (!late_.contains(chat)) observe::warn("channel_late", {{"channel", chat.value}, {"seconds", lag.seconds}});
  }
  late_ = std::move(late);
  parts_.metrics.channel_lag_seconds.Set(static_cast<double>(worst));
  parts_.metrics.channels_late.Set(static_cast<double>(late_.size()));
  const std::lock_guard lock(mutex_);
  alarm_ = late_.empty()
               ? ""
               : fmt::format("messages of {} {} came up to {} s late: telegram-gateway channels names {}", late_.size(),
                             late_.size() == 1 ? "channel" : "channels", worst, late_.size() == 1 ? "it" : "them");
}

void ChannelWatch::look_at_silence(model::Time now) {
  auto db = parts_.journal.read();
  if (!db) return;
  const auto silent = journal::silent_chats(**db, now, parts_.all, pauses_);
  if (!silent) return;
  std::vector<model::ChatId> ask;
  std::vector<journal::Silence> proven;
  for (const auto& one : *silent) {
    const auto usual_us = std::chrono::microseconds(one.usual).count();
    if (one.proven()) proven.push_back(one);
    const bool fresh = one.proven() && now.us - one.proven_at.us < usual_us;
    if (!fresh && now.us - asked_[one.peer].us >= usual_us) ask.push_back(one.peer);
  }
  if (!ask.empty() && parts_.ask && parts_.ask(ask)) {
    for (const auto chat : ask) asked_[chat] = now;
  }
  parts_.metrics.channels_silent.Set(static_cast<double>(proven.size()));
  const std::lock_guard lock(mutex_);
  for (const auto& one : proven) {
    const bool known =
        std::any_of(silences_.begin(), silences_.end(), [&](const auto& other) { return other.peer == one.peer; });
    if (!known) {
      observe::info("channel_silent", {{"channel", one.peer.value},
                                       {"since", model::to_rfc3339(one.since)},
                                       {"usual_hours", static_cast<std::int64_t>(one.usual.count())}});
    }
  }
  silences_ = std::move(proven);
}

std::string ChannelWatch::alarm() const {
  const std::lock_guard lock(mutex_);
  return alarm_;
}

std::vector<journal::Silence> ChannelWatch::silences() const {
  const std::lock_guard lock(mutex_);
  return silences_;
}

}  // namespace tg::app
