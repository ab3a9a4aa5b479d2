#pragma once
// What is declared at the broker, all of it durable and with a type of queue by configuration:
//
//   {exchange}                    topic   ──telegram.channel.{channel}──▶ Q = telegram.consumer.{name}.{channel}
//     └ alternate: telegram.unrouted (fanout) ──▶ queue telegram.unrouted, 24 h, 10,000 messages
//   Q, rejected ──▶ telegram.consumer.{name} (direct)
//                     ├ telegram.channel.{channel} ──▶ Q.retry.1 (5 s)  ──Q.2──▶ {exchange}.retry (direct) ──▶ Q
//                     ├ Q.2 ──▶                        Q.retry.2 (20 s) ──Q.3──▶ {exchange}.retry          ──▶ Q
//                     └ alternate, so also Q.3: {exchange}.dlx (fanout) ──▶ {exchange}.dlq, 24 h, 10,000 messages
//
// The routing key counts the tries, since the broker keeps it when a message is rejected: so three rejections end in
// the dead letters, with classic and quorum queues alike, and a consumer needs to count nothing.

#include <set>

#include "sink/rabbitmq/detail/connection.h"

namespace tg::sink::rabbitmq {

std::string routing_key(model::ChatId channel);
std::string queue_of(const std::string& consumer, model::ChatId channel);
inline const std::string kUnrouted = "telegram.unrouted";

class Topology {
 public:
  Topology(Connection& connection, const Layout& layout) : connection_(connection), layout_(layout) {}

  Result<void> declare();                       // what all channels share
  Result<void> declare(model::ChatId channel);  // its queues, once

 private:
  Result<void> bounded_queue(const std::string& name, const std::string& exchange);
  Result<void> consumer_queues(const std::string& consumer, model::ChatId channel);

  Connection& connection_;
  const Layout& layout_;
  std::set<model::ChatId> declared_;
};

}  // namespace tg::sink::rabbitmq
