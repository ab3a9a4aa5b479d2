#include "sink/redis/connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <system_error>

namespace tg::redis {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookAtStop{100};
constexpr std::size_t kLongestReply = 64UL << 20;  // bytes that wait to be taken apart

Error unreachable(const Address& server, std::string_view why) {
  return {Code::unavailable, fmt::format("Redis at {}: {}", server.to_string(), why),
          "See that it runs, and that redis.address, or redis.sentinels, is right"};
}

Reply reply_of(const redisReply& raw) {
  Reply reply;
  switch (raw.type) {
    case REDIS_REPLY_INTEGER:
      reply.type = Reply::Type::integer;
      reply.integer = raw.integer;
      break;
    case REDIS_REPLY_STRING: reply.type = Reply::Type::text; break;
    case REDIS_REPLY_STATUS: reply.type = Reply::Type::status; break;
    case REDIS_REPLY_ERROR: reply.type = Reply::Type::error; break;
    case REDIS_REPLY_ARRAY:
      reply.type = Reply::Type::array;
      reply.items.reserve(raw.elements);
      for (std::size_t i = 0; i < raw.elements; ++i) reply.items.push_back(reply_of(*raw.element[i]));
      break;
    default: break;
  }
  if (raw.str != nullptr) reply.text.assign(raw.str, raw.len);
  return reply;
}

struct Meaning {
  std::string_view word;  // the first of the error reply
  Code code;
  std::string_view what, fix;
};

constexpr std::array<Meaning, 10> kMeanings{{
    {"READONLY", Code::unavailable, "it is a replica and takes no writes",
     "A failover is probably under way; without Sentinels, let redis.address name the master"},
    {"LOADING", Code::unavailable, "it still loads its data", "It is tried again until it is ready"},
    {"MASTERDOWN", Code::unavailable, "it is a replica that has lost its master",
     "It is tried again until there is a master"},
    {"OOM", Code::out_of_space, "its memory is full and nothing may be evicted",
     "Set maxmemory-policy allkeys-lru in its configuration, or give it more memory"},
    {"MISCONF", Code::unavailable, "it refuses writes because it cannot save to its disk",
     "A cache needs no disk: set save \"\" in its configuration"},
    {"NOREPLICAS", Code::unavailable, "it refuses writes for want of replicas",
     "Start the replica, or lower min-replicas-to-write"},
    {"NOPERM", Code::permission, "the user may not do this",
     "Give it ~telegram:* and +@read +@write +@transaction +info +role (see docs/redis-cache.md)"},
    {"NOAUTH", Code::permission, "it asks for a password", "Name the file that holds it"},
    {"WRONGPASS", Code::permission, "it does not take this password", "Put the right one into the file"},
    {"BUSY", Code::unavailable, "a script keeps it busy", "End the script, e.g. with SCRIPT KILL"},
}};

}  // namespace

std::string Address::to_string() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  Address address;
  const auto digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (address.port < 1 || address.port > 65'535) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  address.host = host;
  return address;
}

const Reply& Reply::operator[](std::size_t index) const {
  static const Reply kNil;
  return index < items.size() ? items[index] : kNil;
}

Error error_of(const Reply& reply, const Address& server, const Login& login) {
  const std::string_view text = reply.text;
  const auto word = text.substr(0, text.find(' '));
  const auto says = [&](const Meaning& meaning) {
    return meaning.word == word || (word == "ERR" && meaning.word == "WRONGPASS" && text.find("AUTH") != text.npos);
  };
  const auto* const meaning = std::find_if(kMeanings.begin(), kMeanings.end(), says);
  if (meaning == kMeanings.end()) return unreachable(server, fmt::format("it answers {}", text));
  std::string fix(meaning->fix);
  if (word == "NOAUTH" || meaning->word == "WRONGPASS") {
    fix += fmt::format(": {}, with the user in redis.user where it is not the default one", login.set_by);
  }
  return {meaning->code, fmt::format("Redis at {}: {}", server.to_string(), meaning->what), std::move(fix)};
}

Connection::Connection(redisContext* context, Address server, Login login)
    : context_(context), server_(std::move(server)), login_(std::move(login)) {}

Connection::~Connection() { redisFree(context_); }

Result<std::unique_ptr<Connection>> Connection::open(const Address& server, const Login& login,
                                                     const std::stop_token& stop) {
  auto* context = redisConnectNonBlock(server.host.c_str(), server.port);
  if (context == nullptr) return unreachable(server, "no memory");
  std::unique_ptr<Connection> connection(new Connection(context, server, login));
  if (auto there = connection->connected(stop); !there) return there.error();
  if (login.password.empty()) return connection;
  const auto answer = login.user.empty()
                          ? connection->ask({"AUTH", login.password}, stop, kConnectPatience)
                          : connection->ask({"AUTH", login.user, login.password}, stop, kConnectPatience);
  if (!answer) return answer.error();
  return connection;
}

Result<void> Connection::connected(const std::stop_token& stop) {
  if (context_->err != 0) return unreachable(server_, context_->errstr);
  if (auto there = wait_for(POLLOUT, Clock::now() + kConnectPatience, stop); !there) return there.error();
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(context_->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return unreachable(server_, std::generic_category().message(error));
  return {};
}

Result<void> Connection::wait_for(short events, Clock::time_point deadline, const std::stop_token& stop) {
  while (true) {
    if (stop.stop_requested()) return Error{Code::unavailable, "the gateway stops", ""};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      return Error{Code::timeout, fmt::format("Redis at {} does not answer in time", server_.to_string()),
                   "It is paused, overloaded or cut off: look at that machine and the way to it"};
    }
    pollfd waiting{context_->fd, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::min(left, kLookAtStop).count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return unreachable(server_, std::generic_category().message(errno));
  }
}

void Connection::add(const Command& command) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  texts.reserve(command.size());
  sizes.reserve(command.size());
  for (const auto& part : command) {
    texts.push_back(part.data());
    sizes.push_back(part.size());
  }
  redisAppendCommandArgv(context_, static_cast<int>(command.size()), texts.data(), sizes.data());
  ++waiting_;
}

void Connection::add(std::initializer_list<std::string_view> command) { add(Command(command.begin(), command.end())); }

Result<std::vector<Reply>> Connection::exchange(const std::stop_token& stop, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  std::vector<Reply> replies;
  replies.reserve(waiting_);
  int sent = 0;
  while (waiting_ > 0) {
    if (sent == 0 && redisBufferWrite(context_, &sent) != REDIS_OK) return unreachable(server_, context_->errstr);
    const auto wanted = static_cast<short>(sent != 0 ? POLLIN : POLLIN | POLLOUT);
    if (auto ready = wait_for(wanted, deadline, stop); !ready) return ready.error();
    if (redisBufferRead(context_) != REDIS_OK) {
      return unreachable(server_, context_->err == REDIS_ERR_EOF ? "it closed the connection" : context_->errstr);
    }
    if (context_->reader->len > kLongestReply) return unreachable(server_, "an answer without end");
    while (waiting_ > 0) {
      void* raw = nullptr;
      if (redisGetReplyFromReader(context_, &raw) != REDIS_OK) return unreachable(server_, context_->errstr);
      if (raw == nullptr) break;
      replies.push_back(reply_of(*static_cast<redisReply*>(raw)));
      freeReplyObject(raw);
      --waiting_;
    }
  }
  return replies;
}

Result<Reply> Connection::ask(std::initializer_list<std::string_view> command, const std::stop_token& stop,
                              std::chrono::milliseconds patience) {
  add(command);
  auto replies = exchange(stop, patience);
  if (!replies) return replies.error();
  auto reply = std::move(replies->front());
  if (reply.is_error()) return error_of(reply);
  return reply;
}

}  // namespace tg::redis
