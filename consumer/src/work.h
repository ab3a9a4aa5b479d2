#pragma once
// A message on its way to the handler.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "result.h"
#include "telegram_gateway/consumer.h"

namespace telegram_gateway {

enum class Way : std::uint8_t { gateway, cache, queue };

struct Work {
  Message message;
  // What makes it the same thing as another copy: the message's id; of what a person asked for again id#seq; of an edit
  // or a deletion id#key. The Redis key of what is done ends with it.
  std::string identity;
  Way way = Way::gateway;
  bool wanted = true;  // false: nothing about one message
  // From the cache, false: something else happened to it since it was offered, so that one which is done may have been
  // offered again.
  bool offered_as_new = true;
};

// By which delivery the queue knows it; one of an earlier connection means nothing any more.
struct Ticket {
  std::uint64_t connection = 0;
  std::uint16_t channel = 0;  // of AMQP
  std::uint64_t delivery = 0;
};

// One object of GET /api/messages/unprocessed, as JSON text.
Result<Work> work_from_api(std::string_view json);
// An event as it stands in the cache and in the queue.
Result<Work> work_from_event(std::string_view json, Way way);

}  // namespace telegram_gateway
