#pragma once
// One connection to the Redis master (hiredis, RESP2), found through the Sentinels where there are any, shared by all
// threads. Each exchange ends within two seconds; while the server is gone, calls fail at once between two attempts.

#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backoff.h"
#include "context.h"
#include "result.h"

struct redisContext;

namespace telegram_gateway {

class RedisClient {
 public:
  RedisClient(Context& context, Redis options);
  ~RedisClient();

  struct Reply {
    enum class Type { nil, text, integer, array, error } type = Type::nil;
    std::string text;
    std::int64_t integer = 0;
    std::vector<Reply> items;
  };
  using Command = std::vector<std::string>;
  // In one round trip. A reply that is an error is a failure of the whole, and closes the connection.
  Result<std::vector<Reply>> exchange(const std::vector<Command>& commands);

 private:
  struct Close {
    void operator()(redisContext* context) const;
  };
  using Connection = std::unique_ptr<redisContext, Close>;

  Result<Connection> connect();
  Result<Connection> open(const std::string& host_port, const std::string& user, const SecretFile& password) const;
  Result<std::string> master_address();
  static Result<std::vector<Reply>> send(redisContext& connection, const std::vector<Command>& commands);

  Context& context_;
  const Redis options_;
  const SecretFile password_, sentinel_password_;

  std::mutex mutex_;
  Connection connection_;
  Backoff backoff_{std::chrono::milliseconds(200), std::chrono::milliseconds(5'000)};
  SteadyTime next_attempt_;
  std::size_t first_sentinel_ = 0;  // the one that answered last
};

}  // namespace telegram_gateway
