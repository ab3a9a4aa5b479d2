#include "sink/redis/detail/commands.h"

#include <charconv>

#include "sink/redis/keys.h"

namespace tg::redis {
namespace {

std::int64_t milliseconds(model::Time time) { return time.us / 1'000; }

struct Channel {
  Command add, remove;
};

}  // namespace

std::vector<Command> commands_for(std::span<const Change> changes, model::Time now, std::chrono::milliseconds ttl) {
  std::unordered_map<model::MessageKey, std::size_t> newest;
  for (std::size_t i = 0; i < changes.size(); ++i) newest[changes[i].event->key] = i;

  std::vector<Command> commands;
  commands.reserve(newest.size() + 16);
  std::map<model::ChatId, Channel> channels;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& event = *changes[i].event;
    if (newest.at(event.key) != i) continue;
    const auto arrived = milliseconds(changes[i].arrival);
    const auto left = std::min(arrived - milliseconds(now), std::int64_t{0}) + ttl.count();
    const bool deleted = event.kind == model::Kind::deleted;
    auto& channel = channels[event.key.peer];
    if (left > 0) {
      commands.push_back({"SET", message_key(event.key), model::to_json(event), "PX", std::to_string(left)});
    }
    auto& list = deleted ? channel.remove : channel.add;
    if (!deleted && left <= 0) continue;
    if (!deleted) list.push_back(std::to_string(arrived));
    list.push_back(model::to_api_id(event.key));
  }
  const auto expired = std::to_string(milliseconds(now) - ttl.count());
  for (auto& [peer, channel] : channels) {
    const auto key = recent_key(peer);
    const auto send = [&](const char* name, Command& members) {
      if (members.empty()) return;
      members.insert(members.begin(), {name, key});
      commands.push_back(std::move(members));
    };
    send("ZREM", channel.remove);
    send("ZADD", channel.add);
    commands.push_back({"ZREMRANGEBYSCORE", key, "-inf", expired});
    commands.push_back({"PEXPIRE", key, std::to_string(ttl.count())});
  }
  return commands;
}

model::Seq seq_of_state(std::string_view json) {
  constexpr std::string_view kStart = R"({"v":1,"seq":)";
  std::int64_t seq = 0;
  if (json.starts_with(kStart)) std::from_chars(json.data() + kStart.size(), json.data() + json.size(), seq);
  return model::Seq{seq};
}

}  // namespace tg::redis
