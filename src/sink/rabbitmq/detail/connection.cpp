#include "sink/rabbitmq/detail/connection.h"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace tg::sink::rabbitmq {
namespace {

constexpr amqp_channel_t kPublishing = 1, kDeclaring = 2;
constexpr int kHeartbeatS = 20;
constexpr timeval kToConnect{5, 0}, kToAnswer{10, 0}, kToSayGoodbye{1, 0};
constexpr unsigned kStuckMs = 10'000;

amqp_bytes_t bytes(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};  // rabbitmq-c only reads it
}

std::string text(amqp_bytes_t bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

amqp_table_entry_t flag(const char* name) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = 1;
  return entry;
}

template <class Close>
Closed closed(const void* decoded) {
  const auto* close = static_cast<const Close*>(decoded);
  return {close->reply_code, text(close->reply_text)};
}

}  // namespace

Connection::Connection(const Server& server) : server_(server), state_(amqp_new_connection()) {
  if (!state_) throw std::bad_alloc();
}

Connection::~Connection() {
  if (alive_) {
    amqp_set_rpc_timeout(state_, &kToSayGoodbye);
    (void)amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
  }
  amqp_destroy_connection(state_);
}

Result<std::unique_ptr<Connection>> Connection::open(const Server& server, const std::stop_token& stop) {
  auto connection = std::unique_ptr<Connection>(new Connection(server));
  if (auto done = connection->connect(); !done) return done.error();
  const std::stop_callback cut(stop, [&] { connection->cut(); });
  if (auto done = connection->sign_in(); !done) return done.error();
  if (auto done = connection->open_channels(); !done) return done.error();
  return connection;
}

void Connection::cut() { ::shutdown(amqp_get_sockfd(state_), SHUT_RDWR); }

Result<void> Connection::connect() {
  auto* socket = server_.tls ? amqp_ssl_socket_new(state_) : amqp_tcp_socket_new(state_);
  if (!socket) throw std::bad_alloc();
  if (server_.tls) {
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
    amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
    const bool trusts =
        server_.ca_file.empty()
            ? SSL_CTX_set_default_verify_paths(static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(socket))) == 1
            : amqp_ssl_socket_set_cacert(socket, server_.ca_file.c_str()) == AMQP_STATUS_OK;
    if (!trusts) {
      return Error{Code::invalid_input, fmt::format("rabbitmq.tls_ca_file {} cannot be read", server_.ca_file),
                   "It must be a PEM file with the authority's certificate"};
    }
  }
  const int status = amqp_socket_open_noblock(socket, server_.host.c_str(), server_.port, &kToConnect);
  if (status == AMQP_STATUS_OK) {
    // An answer that never comes is a deadline of rabbitmq-c's; what it writes it would wait to write for ever.
    ::setsockopt(amqp_get_sockfd(state_), IPPROTO_TCP, TCP_USER_TIMEOUT, &kStuckMs, sizeof kStuckMs);
    return {};
  }
  auto error = lost("connecting", status);
  if (status == AMQP_STATUS_SOCKET_ERROR) {
    error = {Code::unavailable, address(server_) + ": nobody listens there, or the way to it is closed",
             "Start it, or correct rabbitmq.host and rabbitmq.port"};
  } else if (status == AMQP_STATUS_SSL_PEER_VERIFY_FAILED) {
    error = {Code::permission, address(server_) + ": its certificate is of an authority that is not trusted",
             "Name that authority's certificate in rabbitmq.tls_ca_file"};
  } else if (status == AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED) {
    error = {Code::permission, fmt::format("{}: its certificate is not for {}", address(server_), server_.host),
             "Write the server's name as its certificate has it into rabbitmq.host"};
  } else if (server_.tls && status == AMQP_STATUS_SSL_CONNECTION_FAILED) {
    error.fix = "Check that rabbitmq.port is the one with TLS (5671 is usual)";
  }
  return error;
}

Result<void> Connection::sign_in() {
  amqp_set_handshake_timeout(state_, &kToAnswer);
  amqp_set_rpc_timeout(state_, &kToAnswer);
  amqp_table_entry_t abilities[]{flag("connection.blocked"), flag("publisher_confirms"), flag("basic.nack")};
  amqp_table_entry_t properties[2]{};
  properties[0].key = amqp_cstring_bytes("capabilities");
  properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
  properties[0].value.value.table = {static_cast<int>(std::size(abilities)), abilities};
  properties[1].key = amqp_cstring_bytes("connection_name");
  properties[1].value.kind = AMQP_FIELD_KIND_UTF8;
  properties[1].value.value.bytes = amqp_cstring_bytes("telegram-gateway");
  const amqp_table_t table{static_cast<int>(std::size(properties)), properties};
  const auto answer =
      amqp_login_with_properties(state_, server_.vhost.c_str(), 0, AMQP_DEFAULT_FRAME_SIZE, kHeartbeatS, &table,
                                 AMQP_SASL_METHOD_PLAIN, server_.user.c_str(), server_.password.c_str());
  if (auto done = reply("signing in as " + server_.user, answer); !done) return done.error();
  alive_ = true;
  return {};
}

Result<void> Connection::open_channels() {
  amqp_channel_open(state_, kPublishing);
  if (auto done = answered("opening a channel"); !done) return done;
  amqp_confirm_select(state_, kPublishing);
  return answered("switching publisher confirms on");
}

bool Connection::takes_more() const {
  pollfd socket{amqp_get_sockfd(state_), POLLOUT, 0};
  return ::poll(&socket, 1, 0) == 1;
}

Result<void> Connection::publish(const std::string& exchange, const std::string& key,
                                 const amqp_basic_properties_t& properties, std::string_view body) {
  const int status =
      amqp_basic_publish(state_, kPublishing, bytes(exchange), bytes(key), 1, 0, &properties, bytes(body));
  if (status != AMQP_STATUS_OK) return lost("publishing", status);
  return {};
}

Result<Incoming> Connection::next(std::chrono::milliseconds patience) {
  const timeval wait{patience.count() / 1'000, (patience.count() % 1'000) * 1'000};
  amqp_frame_t frame;
  const int status = amqp_simple_wait_frame_noblock(state_, &frame, &wait);
  if (status == AMQP_STATUS_TIMEOUT) return Incoming{Nothing{}};
  if (status != AMQP_STATUS_OK) return lost("waiting for confirms", status);
  auto incoming = read(frame);
  amqp_maybe_release_buffers(state_);
  return incoming;
}

Result<Incoming> Connection::read(const amqp_frame_t& frame) {
  if (frame.frame_type != AMQP_FRAME_METHOD) return Incoming{Nothing{}};  // of a returned message
  const void* decoded = frame.payload.method.decoded;
  switch (frame.payload.method.id) {
    case AMQP_BASIC_ACK_METHOD: {
      const auto* ack = static_cast<const amqp_basic_ack_t*>(decoded);
      return Incoming{Confirmed{ack->delivery_tag, ack->multiple != 0, true}};
    }
    case AMQP_BASIC_NACK_METHOD: {
      const auto* nack = static_cast<const amqp_basic_nack_t*>(decoded);
      return Incoming{Confirmed{nack->delivery_tag, nack->multiple != 0, false}};
    }
    case AMQP_BASIC_RETURN_METHOD: return Incoming{Returned{}};
    case AMQP_CONNECTION_BLOCKED_METHOD:
      alive_ = false;  // it reads nothing more from here, no goodbye either
      return Incoming{Blocked{text(static_cast<const amqp_connection_blocked_t*>(decoded)->reason)}};
    case AMQP_CHANNEL_CLOSE_METHOD: return Incoming{closed<amqp_channel_close_t>(decoded)};
    case AMQP_CONNECTION_CLOSE_METHOD:
      alive_ = false;
      return refusal(server_, "the connection was closed", closed<amqp_connection_close_t>(decoded));
    default: return Incoming{Nothing{}};
  }
}

Result<void> Connection::declare_exchange(const std::string& name, const char* type, const amqp_table_t& arguments) {
  if (auto ready = ready_to_declare(); !ready) return ready;
  amqp_exchange_declare(state_, kDeclaring, bytes(name), amqp_cstring_bytes(type), 0, 1, 0, 0, arguments);
  return answered("declaring exchange " + name);
}

Result<void> Connection::declare_queue(const std::string& name, const amqp_table_t& arguments) {
  if (auto ready = ready_to_declare(); !ready) return ready;
  amqp_queue_declare(state_, kDeclaring, bytes(name), 0, 1, 0, 0, arguments);
  return answered("declaring queue " + name);
}

Result<void> Connection::bind(const std::string& queue, const std::string& exchange, const std::string& key) {
  if (auto ready = ready_to_declare(); !ready) return ready;
  amqp_queue_bind(state_, kDeclaring, bytes(queue), bytes(exchange), bytes(key), amqp_empty_table);
  return answered(fmt::format("binding queue {} to {}", queue, exchange));
}

Result<bool> Connection::has_exchange(const std::string& name) {
  if (auto ready = ready_to_declare(); !ready) return ready.error();
  amqp_exchange_declare(state_, kDeclaring, bytes(name), amqp_cstring_bytes("topic"), 1, 1, 0, 0, amqp_empty_table);
  const auto there = answered("looking for exchange " + name);
  if (!there && there.error().code != Code::not_found) return there.error();
  return there.ok();
}

Result<QueueState> Connection::look_at(const std::string& queue) {
  if (auto ready = ready_to_declare(); !ready) return ready.error();
  const auto* found = amqp_queue_declare(state_, kDeclaring, bytes(queue), 1, 1, 0, 0, amqp_empty_table);
  const auto there = answered("looking at queue " + queue);
  if (!there && there.error().code != Code::not_found) return there.error();
  if (!there || !found) return QueueState{queue, false, 0, 0};
  return QueueState{queue, true, found->message_count, found->consumer_count};
}

Result<void> Connection::ready_to_declare() {
  amqp_maybe_release_buffers(state_);
  if (can_declare_) return {};
  amqp_channel_open(state_, kDeclaring);
  auto opened = answered("opening a channel");
  can_declare_ = opened.ok();
  return opened;
}

Result<void> Connection::answered(const std::string& doing) { return reply(doing, amqp_get_rpc_reply(state_)); }

Result<void> Connection::reply(const std::string& doing, const amqp_rpc_reply_t& reply) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return {};
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) {
    alive_ = false;
    return lost(doing, reply.library_error);
  }
  if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto why = closed<amqp_channel_close_t>(reply.reply.decoded);
    amqp_channel_close_ok_t agreed{};
    (void)amqp_send_method(state_, kDeclaring, AMQP_CHANNEL_CLOSE_OK_METHOD, &agreed);
    can_declare_ = false;
    auto error = refusal(server_, doing, why);
    if (why.code == AMQP_NOT_FOUND) error.code = Code::not_found;
    return error;
  }
  alive_ = false;
  if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    return refusal(server_, doing, closed<amqp_connection_close_t>(reply.reply.decoded));
  }
  return Error{Code::internal, fmt::format("{}: {}: unexpected answer", address(server_), doing), ""};
}

Error Connection::lost(const std::string& doing, int status) {
  alive_ = false;
  const auto code = status == AMQP_STATUS_TIMEOUT ? Code::timeout : Code::unavailable;
  return {code, fmt::format("{}: {}: {}", address(server_), doing, amqp_error_string2(status)),
          "Check that it runs and that rabbitmq.host and rabbitmq.port are right"};
}

}  // namespace tg::sink::rabbitmq
