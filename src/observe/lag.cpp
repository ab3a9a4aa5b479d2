#include "observe/lag.h"

namespace tg::observe {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;

std::int64_t minute_of(model::Time time) { return time.us / (60 * kSecondUs); }

}  // namespace

void Lag::note(model::ChatId chat, model::Time posted, model::Time stored) {
  const auto seconds = std::max<std::int64_t>(0, (stored.us - posted.us) / kSecondUs);
  const std::lock_guard lock(mutex_);
  auto& slot = chats_[chat][static_cast<std::size_t>(minute_of(stored)) % kMinutes];
  if (minute_of(slot.at) == minute_of(stored) && slot.seconds >= seconds) return;
  slot = {seconds, stored};
}

std::map<model::ChatId, Late> Lag::worst(model::Time now) const {
  const auto oldest = minute_of(now) - static_cast<std::int64_t>(kMinutes) + 1;
  std::map<model::ChatId, Late> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [chat, ring] : chats_) {
    for (const auto& late : ring) {
      if (!late.at || minute_of(late.at) < oldest) continue;
      auto& worst = all.try_emplace(chat, late).first->second;
      if (late.seconds > worst.seconds) worst = late;
    }
  }
  return all;
}

}  // namespace tg::observe
