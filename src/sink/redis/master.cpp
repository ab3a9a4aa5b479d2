#include "sink/redis/master.h"

#include "config/secret.h"
#include "model/ids.h"
#include "observe/log.h"

namespace tg::redis {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kWithoutSentinels{10};
constexpr std::chrono::milliseconds kSentinelPatience{500};

Result<Login> login_of(const std::string& key, const std::string& file, const std::string& user) {
  Login login{user, "", key};
  if (file.empty()) return login;
  auto secret = config::read_secret(key, file);
  if (!secret) return secret.error();
  login.password = std::move(*secret);
  return login;
}

Result<Address> address_in(const std::string& key, const std::string& text) {
  const auto address = parse_address(text);
  if (!address)
    return Error{Code::invalid_input, fmt::format("{} has {}, which is no address", key, text),
                 "Write it as 127.0.0.1:6379"};
  return *address;
}

}  // namespace

Result<Access> access_of(const config::Redis& config) {
  Access access;
  access.master = config.master;
  for (const auto& text : config.sentinels) {
    auto address = address_in("redis.sentinels", text);
    if (!address) return address.error();
    access.sentinels.push_back(std::move(*address));
  }
  auto address = address_in("redis.address", config.address);
  if (!address) return address.error();
  access.address = std::move(*address);
  auto login = login_of("redis.password_file", config.password_file, config.user);
  if (!login) return login.error();
  access.login = std::move(*login);
  login = login_of("redis.sentinel_password_file", config.sentinel_password_file, "");
  if (!login) return login.error();
  access.sentinel_login = std::move(*login);
  return access;
}

Result<void> check_role(const Reply& role, const Address& server) {
  if (role[0].text == "master") return {};
  return Error{Code::unavailable,
               fmt::format("Redis at {} is a {}, no master", server.to_string(),
                           role[0].text.empty() ? std::string("server without a role") : role[0].text),
               "A failover is probably under way; without Sentinels, let redis.address name the master"};
}

Result<std::unique_ptr<Connection>> Master::connect(const std::stop_token& stop) {
  auto server = named(stop);
  if (!server) return server.error();
  auto connection = Connection::open(*server, access_.login, stop);
  if (!connection) return connection.error();
  const auto role = (*connection)->ask({"ROLE"}, stop, Connection::kConnectPatience);
  if (!role) return role.error();
  if (auto master = check_role(*role, *server); !master) return master.error();
  return connection;
}

Result<Address> Master::named(const std::stop_token& stop) {
  if (access_.sentinels.empty()) return access_.address;
  std::vector<std::string> troubles;
  std::string fix;
  for (std::size_t i = 0; i < access_.sentinels.size(); ++i) {
    const auto index = (first_ + i) % access_.sentinels.size();
    auto address = ask_one(index, stop);
    if (address) {
      first_ = index;
      return address;
    }
    sentinel_.reset();
    troubles.push_back(address.error().what);
    fix = address.error().fix;
    if (stop.stop_requested()) return address.error();
  }
  return Error{Code::unavailable,
               fmt::format("no Sentinel names the master {} ({})", access_.master, fmt::join(troubles, "; ")),
               std::move(fix)};
}

Result<Address> Master::ask_one(std::size_t index, const std::stop_token& stop) {
  const auto& sentinel = access_.sentinels[index];
  const auto ask = [&] {
    return sentinel_->ask({"SENTINEL", "get-master-addr-by-name", access_.master}, stop, kSentinelPatience);
  };
  const bool kept = sentinel_ && sentinel_->server() == sentinel;
  Result<Reply> reply = kept ? ask() : Result<Reply>(Reply{});
  if (!kept || !reply) {
    auto connection = Connection::open(sentinel, access_.sentinel_login, stop);
    if (!connection) return connection.error();
    sentinel_ = std::move(*connection);
    reply = ask();
  }
  if (!reply) return reply.error();
  const auto port = model::parse_int((*reply)[1].text);
  if ((*reply)[0].text.empty() || !port || *port < 1 || *port > 65'535) {
    return Error{Code::not_found, fmt::format("the Sentinel at {} knows no {}", sentinel.to_string(), access_.master),
                 "Let redis.master be the name of its `sentinel monitor` line"};
  }
  return Address{(*reply)[0].text, static_cast<int>(*port)};
}

Result<void> Master::check_still(const Address& server, const std::stop_token& stop) {
  if (access_.sentinels.empty() || Clock::now() < ask_again_at_) return {};
  const auto address = named(stop);
  if (!address) {
    observe::warn("sentinels_gone", {{"reason", address.error().to_string()}});
    ask_again_at_ = Clock::now() + kWithoutSentinels;
    return {};
  }
  if (*address == server) return {};
  return Error{
      Code::unavailable,
      fmt::format("Redis at {} is the master no more, the Sentinels name {}", server.to_string(), address->to_string()),
      "It goes on there"};
}

}  // namespace tg::redis
