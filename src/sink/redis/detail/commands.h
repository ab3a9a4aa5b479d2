#pragma once
// A batch of the journal's events as commands for Redis. No I/O.

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "model/event.h"
#include "sink/redis/connection.h"

namespace tg::redis {

// What is to be seen of a message, and since when consumers are offered it.
struct Change {
  const model::Event* event = nullptr;
  model::Time arrival;
};

// Oldest first. Of several states of one message only the newest goes; what is older than `ttl` already goes not at
// all, so that sending it again prolongs nothing.
std::vector<Command> commands_for(std::span<const Change> changes, model::Time now, std::chrono::milliseconds ttl);

// The seq of a cached state, from its first bytes; 0 where it is none of ours.
model::Seq seq_of_state(std::string_view json);
inline constexpr std::string_view kBytesWithSeq = "47";  // the last of these bytes, as GETRANGE takes it

}  // namespace tg::redis
