#pragma once
// What a receiver checks, and what it knows a batch by.

#include <span>
#include <string>
#include <string_view>

#include "model/event.h"

namespace tg::sink::detail {

// t=UNIX,v1=HEX: HMAC-SHA256 with the secret over "UNIX.body". The time is signed too, so that a receiver can refuse
// what somebody recorded and sends again.
std::string signature(std::string_view secret, std::int64_t unix_time, std::string_view body);

// 32 hex digits, the same whenever these events go together.
std::string delivery_id(std::span<const model::Event> events);

}  // namespace tg::sink::detail
