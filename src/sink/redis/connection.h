#pragma once
// One connection to a Redis server or a Sentinel (hiredis, RESP2, no TLS). Commands are collected and go in one round
// trip. One thread at a time; every call ends within its deadline, and soon after a stop is requested. After an error
// of exchange() the connection is of no use any more.

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

struct redisContext;

namespace tg::redis {

using Command = std::vector<std::string>;

struct Address {
  std::string host;
  int port = 0;

  bool operator==(const Address&) const = default;
  std::string to_string() const;  // [::1]:6379
};

std::optional<Address> parse_address(std::string_view text);  // HOST:PORT, [::1]:6379

struct Login {
  std::string user, password;  // no password: none is asked for
  std::string set_by;          // the key of the configuration, for errors
};

struct Reply {
  enum class Type : std::uint8_t { nil, status, text, integer, array, error };

  Type type = Type::nil;
  std::string text;          // of a status, a text or an error
  std::int64_t integer = 0;  // of an integer
  std::vector<Reply> items;

  bool is_error() const { return type == Type::error; }
  const Reply& operator[](std::size_t index) const;  // nil where there is none
};

// What an error reply means and what to do; `login` names the password's place.
Error error_of(const Reply& reply, const Address& server, const Login& login);

class Connection {
 public:
  static constexpr std::chrono::milliseconds kConnectPatience{1'000}, kPatience{3'000};

  // Signs in where there is a password.
  static Result<std::unique_ptr<Connection>> open(const Address& server, const Login& login,
                                                  const std::stop_token& stop);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const Address& server() const { return server_; }

  void add(const Command& command);
  void add(std::initializer_list<std::string_view> command);
  // Sends what was added; the replies in that order, errors among them.
  Result<std::vector<Reply>> exchange(const std::stop_token& stop, std::chrono::milliseconds patience = kPatience);
  // One command; an error reply is an error.
  Result<Reply> ask(std::initializer_list<std::string_view> command, const std::stop_token& stop,
                    std::chrono::milliseconds patience = kPatience);
  Error error_of(const Reply& reply) const { return redis::error_of(reply, server_, login_); }

 private:
  Connection(redisContext* context, Address server, Login login);
  Result<void> wait_for(short events, std::chrono::steady_clock::time_point deadline, const std::stop_token& stop);
  Result<void> connected(const std::stop_token& stop);

  redisContext* context_;
  Address server_;
  Login login_;
  std::size_t waiting_ = 0;  // commands without a reply
};

}  // namespace tg::redis
