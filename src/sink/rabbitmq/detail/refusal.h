#pragma once
// What the broker said when it closed a connection or channel, in words that say what to do.

#include <cstdint>
#include <optional>
#include <string>

#include "model/result.h"
#include "sink/rabbitmq/rabbitmq.h"

namespace tg::sink::rabbitmq {

struct Closed {
  std::uint16_t code = 0;  // AMQP 0-9-1 reply code
  std::string text;
};

// `doing`: signing in, declaring queue X, …
Error refusal(const Server& server, const std::string& doing, const Closed& closed);

// The most that the broker takes (bytes), where that was why it closed the channel; 0 where it does not say how much.
std::optional<std::size_t> too_large(const Closed& closed);

std::string address(const Server& server);  // RabbitMQ at host:port

}  // namespace tg::sink::rabbitmq
