// The servers of the hybrid profile, as doctor sees them.
#include "app/broker.h"
#include "app/broker_management.h"
#include "app/database.h"
#include "cli/command.h"
#include "cli/finding.h"
#include "cli/sentinels.h"
#include "sink/redis/info.h"
#include "store/postgres/probe.h"

namespace tg::cli {
namespace {

constexpr std::chrono::milliseconds kServerPatience{3'000};
constexpr std::int64_t kMostApartS = 5;  // clocks
constexpr double kNearlyFull = 0.95;     // of Redis's memory

// What a server's clock says against ours; nothing where they agree.
std::optional<Finding> compare_clock(const std::string& server, model::Time theirs) {
  const auto apart = (model::Time::now().us - theirs.us) / 1'000'000;
  if (std::abs(apart) <= kMostApartS) return std::nullopt;
  return Finding{"clock", false,
                 fmt::format("this machine's clock is {} s {} that of {}. Fix: timedatectl set-ntp true, on both",
                             std::abs(apart), apart < 0 ? "behind" : "ahead of", server)};
}

void check_database(const config::Postgres& config, std::vector<Finding>& findings) {
  const auto targets = app::database_targets(config);
  if (!targets) {
    findings.push_back({"PostgreSQL", false, targets.error().to_string()});
    return;
  }
  const auto answering = store::postgres::probe(targets->pooled, targets->direct, kServerPatience);
  const auto direct = fmt::format("{}:{}", targets->direct.host, targets->direct.port);
  const auto pooled = fmt::format("{}:{}", targets->pooled.host, targets->pooled.port);
  findings.push_back(
      {"PostgreSQL", !answering.direct, answering.direct ? answering.direct->to_string() : direct + " answers"});
  if (answering.server_time) {
    if (auto apart = compare_clock("PostgreSQL", answering.server_time)) findings.push_back(std::move(*apart));
  }
  if (config.direct_port == 0 || config.direct_port == config.port) return;
  if (answering.pool_full) {
    findings.push_back(
        {"PgBouncer", false,
         fmt::format(
             "{} lends no connection within {} s while PostgreSQL answers: its pool is full. Fix: see who holds "
             "it with SHOW POOLS and SHOW CLIENTS, end what hangs in a transaction, or raise default_pool_size",
             pooled, kServerPatience.count() / 1'000)});
    return;
  }
  findings.push_back({"PgBouncer", !answering.pooled,
                      answering.pooled ? answering.pooled->to_string() : pooled + " lends connections"});
}

Finding judge_memory(const redis::Info& memory, const redis::Info& stats, const std::string& server) {
  const auto policy = std::string(memory.text("maxmemory_policy"));
  const auto used = memory.number("used_memory"), most = memory.number("maxmemory");
  const auto evicted = stats.number("evicted_keys");
  if (most > 0 && policy != "allkeys-lru") {
    return {"Redis", false,
            fmt::format("{} has maxmemory-policy {}: full, it refuses writes or drops the wrong keys. Fix: CONFIG SET "
                        "maxmemory-policy allkeys-lru, and in redis.conf (deploy/redis)",
                        server, policy)};
  }
  if (evicted > 0 && static_cast<double>(used) > kNearlyFull * static_cast<double>(most)) {
    return {"Redis", false,
            fmt::format("{} is full ({} of {} MB) and has evicted {}: what is not there is read from the store. Fix: "
                        "raise maxmemory, or lower redis.message_ttl_s",
                        server, used >> 20, most >> 20, counted(evicted, "key"))};
  }
  return {"Redis", true, fmt::format("{} uses {} of {} MB", server, used >> 20, most >> 20)};
}

void check_redis(const config::Redis& config, std::vector<Finding>& findings) {
  auto access = redis::access_of(config);
  if (!access) {
    findings.push_back({"Redis", false, access.error().to_string()});
    return;
  }
  for (const auto& address : access->sentinels) {
    const auto sentinel = ask_sentinel(address, *access);
    if (sentinel.answers && sentinel.quorum) continue;
    findings.push_back(
        {"Sentinel", false,
         fmt::format("{}: {}. Fix: start the Sentinels that are down; without a quorum nobody takes over from a master "
                     "that dies",
                     sentinel.address, sentinel.says)});
  }
  redis::Master master(std::move(*access));
  auto connection = master.connect({});
  if (!connection) {
    findings.push_back({"Redis", false, connection.error().to_string()});
    return;
  }
  auto& server = **connection;
  server.add({"INFO", "memory"});
  server.add({"INFO", "stats"});
  server.add({"TIME"});
  const auto replies = server.exchange({});
  if (!replies) {
    findings.push_back({"Redis", false, replies.error().to_string()});
    return;
  }
  const auto place = server.server().to_string();
  findings.push_back(judge_memory(redis::Info((*replies)[0].text), redis::Info((*replies)[1].text), place));
  if (const auto seconds = model::parse_int((*replies)[2][0].text)) {
    if (auto apart = compare_clock("Redis", model::Time::seconds(*seconds))) findings.push_back(std::move(*apart));
  }
}

void check_broker(const config::Config& config, std::vector<Finding>& findings) {
  const auto place = fmt::format("{}:{}", config.rabbitmq.host, config.rabbitmq.port);
  const auto options = app::broker_options(config);
  if (!options) {
    findings.push_back({"RabbitMQ", false, options.error().to_string()});
    return;
  }
  if (const auto queues = sink::rabbitmq::queue_states(options->server, options->layout, {}); !queues) {
    findings.push_back({"RabbitMQ", false, queues.error().to_string()});
    return;
  }
  if (config.rabbitmq.management_url.empty()) {
    findings.push_back({"RabbitMQ", true, place + " answers; alarms are seen with rabbitmq.management_url"});
    return;
  }
  const auto alarms = app::broker_alarms(config.rabbitmq);
  if (!alarms) {
    findings.push_back({"RabbitMQ", false, alarms.error().to_string()});
  } else if (!alarms->empty()) {
    findings.push_back({"RabbitMQ", false,
                        fmt::format("{}: it takes nothing from publishers, news waits in the journal. Fix: free memory "
                                    "or disk there, or drain its queues (telegram-gateway broker status)",
                                    fmt::join(*alarms, "; "))});
  } else {
    findings.push_back({"RabbitMQ", true, place + " answers, without an alarm"});
  }
}

}  // namespace

std::vector<Finding> check_servers(const config::Config& config) {
  std::vector<Finding> findings;
  if (config.postgres.enabled) check_database(config.postgres, findings);
  if (config.redis.enabled) check_redis(config.redis, findings);
  if (config.rabbitmq.enabled) check_broker(config, findings);
  return findings;
}

}  // namespace tg::cli
