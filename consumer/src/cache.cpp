#include "cache.h"

#include <charconv>

namespace telegram_gateway {
namespace {

using std::chrono::milliseconds;

constexpr const char* kCompleteSince = "telegram:gateway:complete_since";
constexpr const char* kDedupSeconds = "7200";
constexpr std::chrono::seconds kUnsettled{12};  // the claim leaves out ten seconds; two for rounding and clocks
constexpr std::chrono::minutes kOldest{10};     // much less than the cache keeps (redis.message_ttl_s)
constexpr std::size_t kMost = 5'000;            // members a poll

std::int64_t ms_of(SystemTime time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

std::optional<std::int64_t> whole(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto done = std::from_chars(text.data(), end, number);
  if (done.ec != std::errc() || (done.ptr != end && *done.ptr != '.')) return std::nullopt;
  return number;
}

}  // namespace

Cache::News Cache::newer(std::int64_t channel, SystemTime since, SystemTime now) {
  News news;
  const auto doubt = [&news](std::string why) {
    news.state = State::doubtful;
    news.why = std::move(why);
    news.work.clear();
    return news;
  };
  if (now - since > kOldest) return doubt("the last proof is too old");
  const auto from = ms_of(since);
  // The claim is read first: what it covers is in the set by then.
  auto replies = redis_.exchange({{"GET", kCompleteSince},
                                  {"ZRANGEBYSCORE", "telegram:channel:" + std::to_string(channel) + ":recent",
                                   std::to_string(from), "+inf", "WITHSCORES", "LIMIT", "0", std::to_string(kMost)}});
  if (!replies) {
    news.why = replies.why();
    return news;
  }
  const auto claim = whole((*replies)[0].text);
  if (!claim) return doubt("the gateway does not claim that the cache is complete");
  if (*claim > from) return doubt("the cache is complete only since later");
  const auto& found = (*replies)[1].items;
  if (found.size() >= 2 * kMost) return doubt("too much is new");

  auto& given = given_[channel];
  std::erase_if(given, [from](const auto& one) { return one.second < from; });
  RedisClient::Command get{"MGET"};
  std::vector<std::pair<std::string, std::int64_t>> members;
  for (std::size_t i = 0; i + 1 < found.size(); i += 2) {
    const auto score = whole(found[i + 1].text);
    if (!score) return doubt("a score is no number");
    const auto known = given.find(found[i].text);
    if (known != given.end() && known->second == *score) continue;
    members.emplace_back(found[i].text, *score);
    get.push_back("telegram:msg:" + found[i].text);
  }
  if (!members.empty()) {
    auto messages = redis_.exchange({get});
    if (!messages) {
      news.why = messages.why();
      return news;
    }
    const auto& items = messages->front().items;
    if (items.size() != members.size()) return doubt("MGET gave another number of messages");
    for (const auto& item : items) {
      if (item.type != RedisClient::Reply::Type::text) return doubt("a message is no longer in the cache");
      auto work = work_from_event(item.text, Way::cache);
      if (!work) return doubt(work.why());
      if (work->message.channel != channel) return doubt("a message is of another channel");
      news.work.push_back(std::move(*work));
    }
    for (auto& [member, score] : members) given[member] = score;
  }
  news.state = State::proven;
  news.proven_to = std::max(since, now - kUnsettled);
  return news;
}

Result<bool> DoneKeys::has(const std::string& identity) {
  const auto replies = redis_.exchange({{"EXISTS", prefix_ + identity}});
  if (!replies) return Failure{replies.why()};
  return replies->front().integer == 1;
}

Result<bool> DoneKeys::add(const std::vector<std::string>& identities, SystemTime now) {
  std::vector<RedisClient::Command> commands;
  commands.reserve(identities.size());
  for (const auto& identity : identities) {
    commands.push_back({"SETEX", prefix_ + identity, kDedupSeconds, std::to_string(ms_of(now))});
  }
  const auto replies = redis_.exchange(commands);
  if (!replies) return Failure{replies.why()};
  return true;
}

}  // namespace telegram_gateway
