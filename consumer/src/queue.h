#pragma once
// The consumer's queues at RabbitMQ (rabbitmq-c), one a channel, declared by the gateway (docs/rabbitmq.md). One thread
// of its own that reconnects; settle(), feeds() and stop() are for any.
//
// A queue that is not there yet leaves the others alone and is looked for again. A message that is rejected comes again
// after the broker's pauses, and goes to the dead-letter queue the third time.

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "amqp_connection.h"
#include "backoff.h"
#include "context.h"
#include "desk.h"

namespace telegram_gateway {

class Queue {
 public:
  static constexpr int kTries = 3;  // then the broker makes it a dead letter

  // `changed`: queues have come or gone.
  Queue(Context& context, Desk& desk, std::function<void()> changed);
  ~Queue();

  enum class Answer { ack, reject };
  void settle(const Ticket& ticket, Answer answer);
  bool feeds(std::int64_t channel) const;

  void run();    // until stop(); answers what was settled by then, and closes
  void pause();  // takes nothing more; what is settled still goes out
  void stop();

 private:
  struct Settled {
    Ticket ticket;
    Answer answer;
  };
  Failure serve(AmqpConnection& connection);
  Result<bool> start_missing(AmqpConnection& connection);
  void take(const AmqpConnection::Delivery& delivery);
  Result<bool> answer(AmqpConnection& connection);
  void set_fed(std::size_t index, bool fed);
  void set_all_unfed();
  void wake() const;

  Context& context_;
  Desk& desk_;
  const std::function<void()> changed_;
  const int wake_fd_;

  mutable std::mutex mutex_;
  std::vector<Settled> settled_;
  std::vector<bool> fed_;  // by the index in Options::channels
  std::atomic<bool> paused_{false}, stopping_{false};

  // The thread's own.
  std::uint64_t connection_number_ = 0;  // of the newest
  SteadyTime look_again_at_;             // for queues that are missing
  bool told_missing_ = false;
};

// How often it was rejected before: the broker keeps that in the routing key, QUEUE.2 and QUEUE.3.
int tries_of(std::string_view routing_key, std::string_view queue);

}  // namespace telegram_gateway
