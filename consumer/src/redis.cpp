#include "redis.h"

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <charconv>

namespace telegram_gateway {
namespace {

constexpr timeval kPatience{1, 0};
constexpr std::chrono::seconds kExchange{2};

std::optional<std::pair<std::string, int>> split(const std::string& host_port) {
  const auto colon = host_port.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  int port = 0;
  const char* end = host_port.data() + host_port.size();
  const auto done = std::from_chars(host_port.data() + colon + 1, end, port);
  if (done.ec != std::errc() || done.ptr != end || port < 1 || port > 65'535) return std::nullopt;
  auto host = host_port.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return std::pair(host, port);
}

RedisClient::Reply copy(const redisReply& reply) {
  RedisClient::Reply out;
  using Type = RedisClient::Reply::Type;
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      out.type = Type::text;
      out.text.assign(reply.str, reply.len);
      break;
    case REDIS_REPLY_ERROR:
      out.type = Type::error;
      out.text.assign(reply.str, reply.len);
      break;
    case REDIS_REPLY_INTEGER:
      out.type = Type::integer;
      out.integer = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      out.type = Type::array;
      for (std::size_t i = 0; i < reply.elements; ++i) out.items.push_back(copy(*reply.element[i]));
      break;
    default: break;
  }
  return out;
}

}  // namespace

void RedisClient::Close::operator()(redisContext* context) const { redisFree(context); }

RedisClient::RedisClient(Context& context, Redis options)
    : context_(context),
      options_(std::move(options)),
      password_(options_.password_file),
      sentinel_password_(options_.sentinel_password_file) {}

RedisClient::~RedisClient() = default;

Result<std::vector<RedisClient::Reply>> RedisClient::exchange(const std::vector<Command>& commands) {
  const std::scoped_lock lock(mutex_);
  const auto fails = [this](const std::string& why) {
    connection_.reset();
    next_attempt_ = std::chrono::steady_clock::now() + backoff_.next();
    bool was_up = false;
    context_.tally.change([&](Counters& c) {
      was_up = std::exchange(c.cache_up, false);
      ++c.errors;
    });
    if (was_up) context_.log("cache_lost why=\"" + why + "\"");
    return Failure{why};
  };
  if (!connection_) {
    if (std::chrono::steady_clock::now() < next_attempt_) return Failure{"Redis is gone"};
    auto made = connect();
    if (!made) return fails(made.why());
    connection_ = std::move(*made);
  }
  auto replies = send(*connection_, commands);
  if (!replies) return fails(replies.why());
  for (const auto& reply : *replies) {
    if (reply.type == Reply::Type::error) return fails(reply.text);  // READONLY after a failover, among others
  }
  backoff_.reset();
  context_.tally.change([](Counters& c) { c.cache_up = true; });
  return std::move(*replies);
}

Result<RedisClient::Connection> RedisClient::connect() {
  auto address = options_.sentinels.empty() ? Result<std::string>(options_.address) : master_address();
  if (!address) return Failure{address.why()};
  auto connection = open(*address, options_.user, password_);
  if (!connection) return connection;
  // One that was demoted, or came back as what it was, is not written to.
  const auto role = send(**connection, {{"ROLE"}});
  if (!role) return Failure{role.why()};
  const auto& reply = role->front();
  if (reply.type == Reply::Type::error) return Failure{"Redis at " + *address + ": " + reply.text};
  if (reply.items.empty() || reply.items[0].text != "master")
    return Failure{"Redis at " + *address + " is not the master"};
  return connection;
}

Result<std::string> RedisClient::master_address() {
  std::string why = "no Sentinel knows the master " + options_.master;
  for (std::size_t i = 0; i < options_.sentinels.size(); ++i) {
    const auto which = (first_sentinel_ + i) % options_.sentinels.size();
    auto connection = open(options_.sentinels[which], "", sentinel_password_);
    if (!connection) {
      why = connection.why();
      continue;
    }
    const auto replies = send(**connection, {{"SENTINEL", "get-master-addr-by-name", options_.master}});
    if (!replies || replies->front().items.size() != 2) continue;
    first_sentinel_ = which;
    const auto& host = replies->front().items[0].text;
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + replies->front().items[1].text;
  }
  return Failure{why};
}

Result<RedisClient::Connection> RedisClient::open(const std::string& host_port, const std::string& user,
                                                  const SecretFile& password) const {
  const auto address = split(host_port);
  if (!address) return Failure{"\"" + host_port + "\" is no HOST:PORT"};
  const auto secret = password.read();
  if (!secret) return Failure{"the password file " + password.path() + " cannot be read"};
  Connection connection(redisConnectWithTimeout(address->first.c_str(), address->second, kPatience));
  if (!connection || connection->err != 0) {
    return Failure{"Redis at " + host_port + " is not reached: " + (connection ? connection->errstr : "no memory")};
  }
  redisSetTimeout(connection.get(), kPatience);
  if (secret->empty()) return connection;
  const auto replies = send(*connection, {user.empty() ? Command{"AUTH", *secret} : Command{"AUTH", user, *secret}});
  if (!replies) return Failure{replies.why()};
  if (replies->front().type == Reply::Type::error)
    return Failure{"Redis at " + host_port + " refuses the password of " + password.path()};
  return connection;
}

Result<std::vector<RedisClient::Reply>> RedisClient::send(redisContext& connection,
                                                          const std::vector<Command>& commands) {
  for (const auto& command : commands) {
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const auto& word : command) {
      words.push_back(word.data());
      lengths.push_back(word.size());
    }
    redisAppendCommandArgv(&connection, static_cast<int>(words.size()), words.data(), lengths.data());
  }
  const auto deadline = std::chrono::steady_clock::now() + kExchange;
  std::vector<Reply> replies;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    void* raw = nullptr;
    if (redisGetReply(&connection, &raw) != REDIS_OK || !raw) {
      return Failure{std::string("Redis does not answer: ") + connection.errstr};
    }
    const std::unique_ptr<void, void (*)(void*)> reply(raw, freeReplyObject);
    replies.push_back(copy(*static_cast<redisReply*>(raw)));
    if (std::chrono::steady_clock::now() > deadline) return Failure{"Redis is too slow"};
  }
  return replies;
}

}  // namespace telegram_gateway
