#pragma once
// One connection to the broker, and rabbitmq-c behind it: a channel for publishing with confirms, another for
// declaring, so that a declaration that is refused disturbs no confirm. One thread; cut() is for any.
//
// Every wait has an end: to connect 5 s, an answer 10 s, a socket that takes nothing 10 s.

#include <amqp.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <variant>

#include "sink/rabbitmq/detail/refusal.h"

namespace tg::sink::rabbitmq {

struct Nothing {};  // within the patience
struct Confirmed {
  std::uint64_t tag = 0;
  bool multiple = false;
  bool taken = true;  // false: basic.nack
};
struct Returned {};  // no queue takes it, not even the one for what nobody wants
struct Blocked {
  std::string reason;  // "low on memory", "low on disk"
};
// Closed: by the broker, the channel for publishing.
using Incoming = std::variant<Nothing, Confirmed, Returned, Blocked, Closed>;

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Server& server, const std::stop_token& stop);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void cut();  // ends every wait at once; of no more use then

  bool takes_more() const;  // publish() would not wait
  Result<void> publish(const std::string& exchange, const std::string& key, const amqp_basic_properties_t& properties,
                       std::string_view body);
  Result<Incoming> next(std::chrono::milliseconds patience);  // also sends and watches heartbeats

  // What is there already in the same way stays as it is.
  Result<void> declare_exchange(const std::string& name, const char* type, const amqp_table_t& arguments);
  Result<void> declare_queue(const std::string& name, const amqp_table_t& arguments);
  Result<void> bind(const std::string& queue, const std::string& exchange, const std::string& key);
  Result<bool> has_exchange(const std::string& name);
  Result<QueueState> look_at(const std::string& queue);

 private:
  explicit Connection(const Server& server);

  Result<void> connect();
  Result<void> sign_in();
  Result<void> open_channels();
  Result<Incoming> read(const amqp_frame_t& frame);
  Result<void> ready_to_declare();
  // Of the answer to a request on the channel for declaring; Code::not_found where the broker said so.
  Result<void> answered(const std::string& doing);
  Result<void> reply(const std::string& doing, const amqp_rpc_reply_t& reply);
  Error lost(const std::string& doing, int status);

  const Server server_;
  const amqp_connection_state_t state_;
  bool alive_ = false;
  bool can_declare_ = false;  // its channel is open
};

}  // namespace tg::sink::rabbitmq
