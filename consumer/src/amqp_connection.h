#pragma once
// One connection to RabbitMQ (rabbitmq-c), a channel of AMQP for each queue. One thread. Every call ends within ten
// seconds, a delivery that the broker stops in the middle of within twenty (heartbeats).

#include <amqp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "result.h"
#include "telegram_gateway/consumer.h"

namespace telegram_gateway {

class AmqpConnection {
 public:
  static Result<std::unique_ptr<AmqpConnection>> open(const Rabbitmq& options, const std::string& name,
                                                      std::size_t queues);
  ~AmqpConnection();
  AmqpConnection(const AmqpConnection&) = delete;
  AmqpConnection& operator=(const AmqpConnection&) = delete;

  // False: there is no such queue. `channel`: 1…, one for each queue.
  Result<bool> consume(std::uint16_t channel, const std::string& queue, int prefetch);

  struct Delivery {
    std::uint16_t channel = 0;
    std::uint64_t tag = 0;
    std::string routing_key, body;
  };
  struct Ended {
    std::uint16_t channel = 0;  // of the queue that was removed, or refused to us
  };
  struct Nothing {};
  using Incoming = std::variant<Nothing, Delivery, Ended>;
  // Waits until something comes in, or something can be read from `wake_fd`, or the patience ends.
  Result<Incoming> next(std::chrono::milliseconds patience, int wake_fd);

  Result<bool> ack(std::uint16_t channel, std::uint64_t tag);
  Result<bool> reject(std::uint16_t channel, std::uint64_t tag);

 private:
  explicit AmqpConnection(amqp_connection_state_t state) : state_(state) {}
  Result<Incoming> read_other();
  Result<bool> sent(int status);

  amqp_connection_state_t state_;
  bool alive_ = true;
  std::vector<bool> open_channels_;
};

}  // namespace telegram_gateway
