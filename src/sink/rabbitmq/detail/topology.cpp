#include "sink/rabbitmq/detail/topology.h"

#include <array>

#include "sink/rabbitmq/detail/arguments.h"

namespace tg::sink::rabbitmq {
namespace {

constexpr std::int64_t kMostKept = 10'000;  // messages
constexpr std::int64_t kLongestKeptMs = 24LL * 3'600 * 1'000;
constexpr std::array<std::int64_t, 2> kBackoffMs{5'000, 20'000};

std::string dead_letter_exchange(const Layout& layout) { return layout.exchange + ".dlx"; }
std::string retry_exchange(const Layout& layout) { return layout.exchange + ".retry"; }
std::string rejected_by(const std::string& consumer) { return "telegram.consumer." + consumer; }

Arguments queue_arguments(const Layout& layout) {
  Arguments arguments;
  arguments.add("x-queue-type", layout.quorum ? "quorum" : "classic");
  return arguments;
}

// A dead letter leaves its queue when another has it. A quorum queue would also count deliveries that nobody
// answered, and beyond its limit (20 since RabbitMQ 4) the broker drops what comes back by the retries as a cycle
// without a rejection; so the limit is out of reach, and only a rejection is a try.
Arguments safe_queue_arguments(const Layout& layout) {
  auto arguments = queue_arguments(layout);
  if (layout.quorum) {
    arguments.add("x-dead-letter-strategy", "at-least-once").add("x-overflow", "reject-publish");
    arguments.add("x-delivery-limit", std::int64_t{1'000'000'000});
  }
  return arguments;
}

}  // namespace

std::string routing_key(model::ChatId channel) { return fmt::format("telegram.channel.{}", channel.value); }

std::string queue_of(const std::string& consumer, model::ChatId channel) {
  return fmt::format("telegram.consumer.{}.{}", consumer, channel.value);
}

std::string dead_letter_queue(const Layout& layout) { return layout.exchange + ".dlq"; }

Result<void> Topology::declare() {
  const auto dlx = dead_letter_exchange(layout_);
  if (auto done = connection_.declare_exchange(kUnrouted, "fanout", amqp_empty_table); !done) return done;
  if (auto done = bounded_queue(kUnrouted, kUnrouted); !done) return done;
  if (auto done = connection_.declare_exchange(dlx, "fanout", amqp_empty_table); !done) return done;
  if (auto done = bounded_queue(dead_letter_queue(layout_), dlx); !done) return done;
  if (auto done = connection_.declare_exchange(retry_exchange(layout_), "direct", amqp_empty_table); !done) return done;
  for (const auto& consumer : layout_.consumers) {
    auto arguments = Arguments().add("alternate-exchange", dlx);
    if (auto done = connection_.declare_exchange(rejected_by(consumer), "direct", arguments.table()); !done) {
      return done;
    }
  }
  // Last: where it is missing the broker has lost everything, or was never complete.
  auto arguments = Arguments().add("alternate-exchange", kUnrouted);
  return connection_.declare_exchange(layout_.exchange, "topic", arguments.table());
}

Result<void> Topology::declare(model::ChatId channel) {
  if (declared_.contains(channel)) return {};
  for (const auto& consumer : layout_.consumers) {
    if (auto done = consumer_queues(consumer, channel); !done) return done;
  }
  declared_.insert(channel);
  return {};
}

Result<void> Topology::bounded_queue(const std::string& name, const std::string& exchange) {
  auto arguments = queue_arguments(layout_);
  arguments.add("x-max-length", kMostKept).add("x-overflow", "drop-head").add("x-message-ttl", kLongestKeptMs);
  if (auto done = connection_.declare_queue(name, arguments.table()); !done) return done;
  return connection_.bind(name, exchange, "");
}

Result<void> Topology::consumer_queues(const std::string& consumer, model::ChatId channel) {
  const auto queue = queue_of(consumer, channel);
  const auto rejected = rejected_by(consumer);
  const auto retry = retry_exchange(layout_);
  auto arguments = safe_queue_arguments(layout_);
  arguments.add("x-dead-letter-exchange", rejected);
  if (auto done = connection_.declare_queue(queue, arguments.table()); !done) return done;
  auto key = routing_key(channel);  // of the try before
  for (std::size_t i = 0; i < kBackoffMs.size(); ++i) {
    const auto waiting = fmt::format("{}.retry.{}", queue, i + 1);
    const auto next = fmt::format("{}.{}", queue, i + 2);
    auto waits = safe_queue_arguments(layout_);
    waits.add("x-message-ttl", kBackoffMs[i]).add("x-dead-letter-exchange", retry);
    waits.add("x-dead-letter-routing-key", next);
    if (auto done = connection_.declare_queue(waiting, waits.table()); !done) return done;
    if (auto done = connection_.bind(waiting, rejected, key); !done) return done;
    if (auto done = connection_.bind(queue, retry, next); !done) return done;
    key = next;
  }
  return connection_.bind(queue, layout_.exchange, routing_key(channel));
}

}  // namespace tg::sink::rabbitmq
