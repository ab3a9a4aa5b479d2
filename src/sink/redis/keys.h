#pragma once
// What stands in Redis, for readers outside. docs/redis-cache.md says how to read it.
//
//   telegram:msg:{channel}:{message}                 newest state: the event's JSON as SSE and long poll give it
//                                                    (model::to_json: key, seq, kind, message), until `ttl` after the
//                                                    message's arrival; `:{scope}` behind where the scope is not 0
//   telegram:channel:{channel}:recent                sorted set of what is in the cache and not deleted: members are
//                                                    {channel}:{message} (API ids), scores their arrival in ms
//   telegram:dedup:{consumer}:{channel}:{message}    when the consumer reported success, in ms; 2 h. ':' and '%' of
//                                                    the name are written %3A and %25
//   telegram:gateway:cursor                          hash: journal_id, seq and at (arrival of that event, ms) of the
//                                                    last event that is in; since, run_id and evicted belong to:
//   telegram:gateway:complete_since                  a time S in ms. While this key is there, all news that arrived
//                                                    from S until 10 s ago, and not before the ttl, is in the cache
//
// A message arrives when consumers are first offered it, or again (a person's request, a message that was restored).

#include <chrono>
#include <string>
#include <string_view>

#include "model/ids.h"

namespace tg::redis {

inline constexpr std::string_view kPrefix = "telegram:";
inline constexpr std::string_view kMessagePattern = "telegram:msg:*";
inline constexpr std::string_view kCursorKey = "telegram:gateway:cursor";
inline constexpr std::string_view kCompleteKey = "telegram:gateway:complete_since";

inline constexpr std::chrono::hours kDedupTtl{2};
inline constexpr std::chrono::hours kRewind{2};
// How long complete_since stays unless it is renewed, and how late the newest event may be then: together below 10 s.
inline constexpr std::chrono::milliseconds kClaimTtl{6'000};
inline constexpr std::chrono::milliseconds kClaimLag{2'000};

std::string message_key(const model::MessageKey& key);
std::string recent_key(model::ChatId channel);
std::string dedup_key(std::string_view consumer, const model::MessageKey& key);

}  // namespace tg::redis
