#include "sink/rabbitmq/rabbitmq.h"

#include "model/news.h"
#include "observe/log.h"
#include "sink/rabbitmq/detail/arguments.h"
#include "sink/rabbitmq/detail/topology.h"
#include "sink/rabbitmq/detail/window.h"

namespace tg::sink::rabbitmq {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kToDeliver{10}, kToPublish{5}, kToDeclare{5};
constexpr milliseconds kLook{100};             // between two looks at the stop token
constexpr milliseconds kGrace{1'000};          // for confirms, after a stop was requested
constexpr milliseconds kDeclareIdle{300};      // of a second without events
constexpr std::chrono::hours kDedupMemory{2};  // of consumers
constexpr std::size_t kUnlimited = SIZE_MAX;
constexpr std::size_t kAtOnce = 16;  // messages, between two looks at the socket
constexpr std::uint8_t kPersistent = 2;

// One call of deliver().
struct Round {
  explicit Round(std::span<const model::Event> all) : events(all) {}
  std::span<const model::Event> events;
  std::size_t next = 0;  // to be published
  std::vector<Refused> refused;
  Clock::time_point began = Clock::now();
};

class Rabbitmq final : public Sink {
 public:
  explicit Rabbitmq(Options options) : options_(std::move(options)), was_there_(options_.was_there) {}

  const std::string& name() const override { return name_; }
  bool wants(const model::Event& event) const override {
    return model::is_told(event) && model::is_news(event, options_.max_age);
  }
  Result<Resume> open(const std::stop_token& stop) override;
  Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override;
  Result<void> idle() override;
  void close() override;

 private:
  Result<void> declare_known(Clock::time_point until);
  Result<void> publish_some(Round& round, const std::stop_token& stop);
  Result<void> publish(const model::Event& event, std::size_t index, const std::string& body);
  Result<void> hear(milliseconds patience);  // what has come in; waits for the first
  Result<void> take(const Incoming& incoming);
  Error unconfirmed() const;

  const Options options_;
  const std::string name_ = "rabbitmq";
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Topology> topology_;  // uses it
  Window window_;
  std::vector<model::ChatId> undeclared_;
  bool proven_ = false;            // this connection has confirmed something
  std::size_t most_ = kUnlimited;  // bytes that the broker takes, once it has refused more
  bool just_refused_ = false;
  bool was_there_;
  bool lost_everything_ = false;
};

Result<Resume> Rabbitmq::open(const std::stop_token& stop) {
  // Its limit may have been raised when it was away for another reason.
  if (!std::exchange(just_refused_, false)) most_ = kUnlimited;
  auto opened = Connection::open(options_.server, stop);
  if (!opened) return opened.error();
  connection_ = std::move(*opened);
  topology_ = std::make_unique<Topology>(*connection_, options_.layout);
  window_ = {};
  proven_ = false;
  const std::stop_callback cut(stop, [this] { connection_->cut(); });
  const auto there = connection_->has_exchange(options_.layout.exchange);
  if (!there) return there.error();
  if (!*there && was_there_) {
    observe::warn("broker_is_empty", {{"sent_again_s", std::chrono::seconds(kDedupMemory).count()}});
    lost_everything_ = true;
  }
  if (auto done = topology_->declare(); !done) return done.error();
  auto known = options_.known_channels();
  if (!known) return known.error();
  undeclared_ = std::move(*known);
  if (auto done = declare_known(Clock::now() + kToDeclare); !done) return done.error();
  was_there_ = true;
  Resume resume;
  if (lost_everything_) resume.rewind = kDedupMemory;
  return resume;
}

Result<void> Rabbitmq::declare_known(Clock::time_point until) {
  while (!undeclared_.empty() && Clock::now() < until) {
    if (auto done = topology_->declare(undeclared_.back()); !done) return done;
    undeclared_.pop_back();
  }
  return {};
}

Delivery Rabbitmq::deliver(std::span<const model::Event> events, const std::stop_token& stop) {
  lost_everything_ = false;
  Round round(events);
  Delivery delivery;
  std::optional<Clock::time_point> stopped;
  while (!delivery.trouble) {
    const auto now = Clock::now();
    if (stop.stop_requested() && !stopped) stopped = now;
    const bool publishing = round.next < events.size() && !stopped && now < round.began + kToPublish;
    if (!publishing && window_.empty()) break;
    if (now >= round.began + kToDeliver || (stopped && now >= *stopped + kGrace)) {
      delivery.trouble = unconfirmed();
      break;
    }
    Result<void> went;
    if (publishing) went = publish_some(round, stop);
    if (went) went = hear(kLook);
    if (!went) delivery.trouble = went.error();
  }
  delivery.done = window_.lowest().value_or(round.next);
  for (auto& refused : round.refused) {
    if (refused.index < delivery.done) delivery.refused.push_back(std::move(refused));
  }
  return delivery;
}

// As many as the window and the socket take. A connection that has confirmed nothing yet gets one: a broker in alarm
// accepts connections, and reads what was written to each of them when the alarm is over.
Result<void> Rabbitmq::publish_some(Round& round, const std::stop_token& stop) {
  for (std::size_t i = 0; round.next < round.events.size(); ++i) {
    if (i % kAtOnce == 0) {
      if (auto done = hear(milliseconds(0)); !done) return done;
      if (!connection_->takes_more() || stop.stop_requested() || Clock::now() >= round.began + kToPublish) return {};
    }
    if (window_.size() >= (proven_ ? options_.window : 1)) return {};
    const auto& event = round.events[round.next];
    const auto body = model::to_json(event);
    if (body.size() > most_) {
      round.refused.push_back(
          {round.next, fmt::format("larger than the {} bytes that the broker takes (its max_message_size)", most_)});
    } else if (auto done = publish(event, round.next, body); !done) {
      return done;
    }
    ++round.next;
  }
  return {};
}

Result<void> Rabbitmq::publish(const model::Event& event, std::size_t index, const std::string& body) {
  if (auto done = topology_->declare(event.key.peer); !done) return done;
  const auto channel = std::to_string(event.key.peer.value);
  const auto key = model::event_key(event);
  auto headers = Arguments()
                     .add("x-source", model::name_of(event.source))
                     .add("x-channel-id", channel)
                     .add("x-origin", model::name_of(event.origin))
                     .add("x-kind", model::name_of(event.kind))
                     .add("x-seq", event.seq.value);
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
                      AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_HEADERS_FLAG;
  properties.content_type = amqp_cstring_bytes("application/json");
  properties.delivery_mode = kPersistent;
  properties.message_id = amqp_cstring_bytes(key.c_str());
  properties.timestamp = static_cast<std::uint64_t>(event.observed_at.to_seconds());
  properties.headers = headers.table();
  if (auto done = connection_->publish(options_.layout.exchange, routing_key(event.key.peer), properties, body);
      !done) {
    return done;
  }
  window_.sent(index, body.size());
  return {};
}

Result<void> Rabbitmq::hear(milliseconds patience) {
  while (true) {
    const auto incoming = connection_->next(patience);
    if (!incoming) return incoming.error();
    if (std::holds_alternative<Nothing>(*incoming)) return {};
    if (auto done = take(*incoming); !done) return done;
    patience = milliseconds(0);
  }
}

Result<void> Rabbitmq::take(const Incoming& incoming) {
  const auto place = address(options_.server);
  if (const auto* confirmed = std::get_if<Confirmed>(&incoming)) {
    if (!confirmed->taken) {
      return Error{Code::unavailable, place + " could not keep a message (basic.nack)",
                   "If this stays: rabbitmqctl list_queues -p " + options_.server.vhost +
                       " name state shows which queue is down; delete it, and it is made anew"};
    }
    proven_ = true;
    if (window_.confirm(confirmed->tag, confirmed->multiple)) return {};
    return Error{Code::internal, fmt::format("{} confirmed {}, which was never sent", place, confirmed->tag), ""};
  }
  if (std::holds_alternative<Returned>(incoming)) {
    return Error{Code::not_found, fmt::format("{} has no queue for a message, not even {}", place, kUnrouted),
                 "It is declared anew"};
  }
  if (const auto* blocked = std::get_if<Blocked>(&incoming)) {
    return Error{Code::unavailable, fmt::format("{} has blocked publishers: {}", place, blocked->reason),
                 "Its memory or disk alarm is on: let consumers catch up, or free some space"};
  }
  if (const auto* closed = std::get_if<Closed>(&incoming)) {
    if (const auto most = too_large(*closed)) {
      most_ = *most > 0 ? *most : window_.largest() - 1;
      just_refused_ = true;
    }
    return refusal(options_.server, "publishing", *closed);
  }
  return {};
}

Error Rabbitmq::unconfirmed() const {
  return {
      Code::timeout, fmt::format("{} has not confirmed {} messages", address(options_.server), window_.size()),
      "Is its memory or disk alarm on, so that publishers are blocked? See: rabbitmqctl list_connections name state"};
}

Result<void> Rabbitmq::idle() {
  lost_everything_ = false;
  if (auto done = hear(milliseconds(0)); !done) return done;
  return declare_known(Clock::now() + kDeclareIdle);
}

void Rabbitmq::close() {
  topology_.reset();
  connection_.reset();
}

}  // namespace

std::unique_ptr<Sink> make(Options options) { return std::make_unique<Rabbitmq>(std::move(options)); }

Result<std::vector<QueueState>> queue_states(const Server& server, const Layout& layout,
                                             const std::vector<model::ChatId>& channels) {
  auto connection = Connection::open(server, {});
  if (!connection) return connection.error();
  std::vector<std::string> names{kUnrouted, dead_letter_queue(layout)};
  for (const auto& consumer : layout.consumers) {
    for (const auto channel : channels) names.push_back(queue_of(consumer, channel));
  }
  std::vector<QueueState> states;
  states.reserve(names.size());
  for (const auto& name : names) {
    auto state = (*connection)->look_at(name);
    if (!state) return state.error();
    states.push_back(std::move(*state));
  }
  return states;
}

}  // namespace tg::sink::rabbitmq
