#pragma once
// Publishes what is told and is news to RabbitMQ, each event once for whoever looks at the message id.
//
//   event ──▶ telegram.messages ──telegram.channel.{channel}──▶ telegram.consumer.{name}.{channel} ──▶ consumer
//                    └ nobody's ──▶ telegram.unrouted             └ rejected ──▶ retries ──▶ telegram.messages.dlq
//
// The exchanges and queues are declared by open() (detail/topology.h, docs/rabbitmq.md). Publisher confirms with a
// window: what counts as done is what the broker has confirmed, without a gap. A broker that has lost everything is
// given again what was recorded in the last two hours: so long consumers remember what they have handled.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/ids.h"
#include "sink/sink.h"

namespace tg::sink::rabbitmq {

struct Server {
  std::string host;
  std::uint16_t port = 5'672;
  std::string vhost;
  std::string user;
  std::string password;
  bool tls = false;     // the certificate is checked, and that it is for `host`
  std::string ca_file;  // PEM; empty = the system's authorities
};

struct Layout {
  std::string exchange;
  bool quorum = true;                  // else classic queues
  std::vector<std::string> consumers;  // each gets a queue for every channel
};

struct Options {
  Server server;
  Layout layout;
  std::size_t window = 1'000;         // published and not confirmed yet, at most
  std::chrono::seconds max_age{600};  // of catch-up that is still news
  bool was_there = false;             // something was delivered by an earlier run
  // Channels that have queues before their first event; called by open().
  std::function<Result<std::vector<model::ChatId>>()> known_channels;
};

// Named "rabbitmq": the status `queued` of a message is read from the cursor of this name.
std::unique_ptr<Sink> make(Options options);

std::string dead_letter_queue(const Layout& layout);

struct QueueState {
  std::string name;
  bool exists = false;
  std::int64_t messages = 0;  // ready for consumers
  std::int64_t consumers = 0;
};

// How the queues of these channels, of dead letters and of what nobody wanted are; changes nothing.
Result<std::vector<QueueState>> queue_states(const Server& server, const Layout& layout,
                                             const std::vector<model::ChatId>& channels);

}  // namespace tg::sink::rabbitmq
