#include "amqp_connection.h"

#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <poll.h>

#include "context.h"

namespace telegram_gateway {
namespace {

constexpr timeval kToConnect{3, 0}, kToAnswer{5, 0};
constexpr int kHeartbeatS = 10;
constexpr int kFrameBytes = 131'072;
constexpr std::uint16_t kNotFound = 404;
constexpr const char* kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

std::string text_of(const amqp_bytes_t& bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

amqp_bytes_t bytes_of(const std::string& text) { return {text.size(), const_cast<char*>(text.data())}; }

struct Refusal {
  std::uint16_t code = 0;
  std::string text;
  bool of_channel = false;
};

std::optional<Refusal> refusal_of(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_channel_close_t*>(method.decoded);
    return Refusal{close->reply_code, text_of(close->reply_text), true};
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_connection_close_t*>(method.decoded);
    return Refusal{close->reply_code, text_of(close->reply_text), false};
  }
  return std::nullopt;
}

// Nothing: it went well.
std::optional<Refusal> refused(const amqp_rpc_reply_t& reply) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return std::nullopt;
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) {
    if (auto refusal = refusal_of(reply.reply)) return refusal;
    return Refusal{0, "the broker answers something else"};
  }
  return Refusal{0, amqp_error_string2(reply.library_error)};
}

}  // namespace

Result<std::unique_ptr<AmqpConnection>> AmqpConnection::open(const Rabbitmq& options, const std::string& name,
                                                             std::size_t queues) {
  const std::string place = "RabbitMQ at " + options.host + ":" + std::to_string(options.port);
  const SecretFile file(options.password_file);
  const auto password = file.read();
  if (!password) return Failure{"the password file " + file.path() + " cannot be read"};
  std::unique_ptr<AmqpConnection> made(new AmqpConnection(amqp_new_connection()));
  made->alive_ = false;
  auto* state = made->state_;
  amqp_socket_t* socket = nullptr;
  if (options.tls) {
    socket = amqp_ssl_socket_new(state);
    if (!socket) return Failure{"no TLS socket"};
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
    const auto trusted = options.ca_file.empty() ? std::string(kSystemCertificates) : options.ca_file;
    if (amqp_ssl_socket_set_cacert(socket, trusted.c_str()) != AMQP_STATUS_OK)
      return Failure{"the certificates to trust cannot be read: " + trusted};
  } else {
    socket = amqp_tcp_socket_new(state);
    if (!socket) return Failure{"no socket"};
  }
  timeval patience = kToConnect;
  if (const int status = amqp_socket_open_noblock(socket, options.host.c_str(), options.port, &patience);
      status != AMQP_STATUS_OK) {
    return Failure{place + " is not reached: " + amqp_error_string2(status)};
  }
  timeval answer = kToAnswer;
  amqp_set_handshake_timeout(state, &answer);
  amqp_set_rpc_timeout(state, &answer);
  amqp_table_entry_t told{};  // that a queue is gone
  told.key = amqp_cstring_bytes("consumer_cancel_notify");
  told.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  told.value.value.boolean = 1;
  amqp_table_entry_t entries[2]{};
  const std::string shown = "telegram-gateway-consumer " + name;
  entries[0].key = amqp_cstring_bytes("connection_name");
  entries[0].value.kind = AMQP_FIELD_KIND_UTF8;
  entries[0].value.value.bytes = bytes_of(shown);
  entries[1].key = amqp_cstring_bytes("capabilities");
  entries[1].value.kind = AMQP_FIELD_KIND_TABLE;
  entries[1].value.value.table = {1, &told};
  const amqp_table_t properties{2, entries};
  const auto login =
      amqp_login_with_properties(state, options.vhost.c_str(), static_cast<int>(queues) + 1, kFrameBytes, kHeartbeatS,
                                 &properties, AMQP_SASL_METHOD_PLAIN, options.user.c_str(), password->c_str());
  if (const auto refusal = refused(login)) {
    return Failure{place + " refuses " + options.user + " at the virtual host " + options.vhost + ": " + refusal->text};
  }
  if (amqp_get_channel_max(state) != 0 && static_cast<std::size_t>(amqp_get_channel_max(state)) < queues) {
    return Failure{place + " allows fewer channels than there are queues"};
  }
  made->alive_ = true;
  made->open_channels_.resize(queues + 1);
  return made;
}

AmqpConnection::~AmqpConnection() {
  if (alive_) amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
  amqp_destroy_connection(state_);
}

Result<bool> AmqpConnection::consume(std::uint16_t channel, const std::string& queue, int prefetch) {
  const auto failed = [this](const Refusal& refusal) {
    alive_ = false;
    return Failure{"the broker is lost: " + refusal.text};
  };
  if (!open_channels_[channel]) {
    amqp_channel_open(state_, channel);
    if (const auto refusal = refused(amqp_get_rpc_reply(state_))) return failed(*refusal);
    amqp_basic_qos(state_, channel, 0, static_cast<std::uint16_t>(prefetch), 0);
    if (const auto refusal = refused(amqp_get_rpc_reply(state_))) return failed(*refusal);
    open_channels_[channel] = true;
  }
  amqp_basic_consume(state_, channel, bytes_of(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  const auto refusal = refused(amqp_get_rpc_reply(state_));
  if (!refusal) return true;
  if (!refusal->of_channel) return failed(*refusal);
  amqp_channel_close_ok_t ok{};
  if (auto done = sent(amqp_send_method(state_, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok)); !done)
    return Failure{done.why()};
  open_channels_[channel] = false;
  if (refusal->code == kNotFound) return false;
  return Failure{"the broker refuses the queue " + queue + ": " + refusal->text};
}

Result<AmqpConnection::Incoming> AmqpConnection::next(std::chrono::milliseconds patience, int wake_fd) {
  amqp_maybe_release_buffers(state_);
  if (!amqp_frames_enqueued(state_) && !amqp_data_in_buffer(state_)) {
    pollfd waits[2]{{amqp_get_sockfd(state_), POLLIN, 0}, {wake_fd, POLLIN, 0}};
    poll(waits, 2, static_cast<int>(patience.count()));
  }
  amqp_envelope_t envelope{};
  timeval now{0, 0};
  const auto reply = amqp_consume_message(state_, &envelope, &now, 0);
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
    Delivery delivery{envelope.channel, envelope.delivery_tag, text_of(envelope.routing_key),
                      text_of(envelope.message.body)};
    amqp_destroy_envelope(&envelope);
    return Incoming(std::move(delivery));
  }
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) {
    if (reply.library_error == AMQP_STATUS_TIMEOUT) return Incoming(Nothing{});
    if (reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) return read_other();
  }
  alive_ = false;
  return Failure{"the broker is lost: " + refused(reply)->text};
}

// What is no delivery.
Result<AmqpConnection::Incoming> AmqpConnection::read_other() {
  amqp_frame_t frame{};
  timeval now{0, 0};
  const int status = amqp_simple_wait_frame_noblock(state_, &frame, &now);
  if (status == AMQP_STATUS_TIMEOUT) return Incoming(Nothing{});
  if (status != AMQP_STATUS_OK) {
    alive_ = false;
    return Failure{std::string("the broker is lost: ") + amqp_error_string2(status)};
  }
  if (frame.frame_type != AMQP_FRAME_METHOD) return Incoming(Nothing{});
  const auto& method = frame.payload.method;
  if (method.id == AMQP_BASIC_CANCEL_METHOD) return Incoming(Ended{frame.channel});
  const auto refusal = refusal_of(method);
  if (!refusal) return Incoming(Nothing{});
  // Opened anew it would count its deliveries from 1 again: what is in hand would be answered as another one.
  if (refusal->of_channel) return Failure{"the broker ended a channel: " + refusal->text};
  amqp_connection_close_ok_t ok{};
  amqp_send_method(state_, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &ok);
  alive_ = false;
  return Failure{"the broker ended the connection: " + refusal->text};
}

Result<bool> AmqpConnection::sent(int status) {
  if (status == AMQP_STATUS_OK) return true;
  alive_ = false;
  return Failure{std::string("the broker is lost: ") + amqp_error_string2(status)};
}

Result<bool> AmqpConnection::ack(std::uint16_t channel, std::uint64_t tag) {
  return sent(amqp_basic_ack(state_, channel, tag, 0));
}

Result<bool> AmqpConnection::reject(std::uint16_t channel, std::uint64_t tag) {
  return sent(amqp_basic_reject(state_, channel, tag, 0));
}

}  // namespace telegram_gateway
