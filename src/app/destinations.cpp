#include "app/destinations.h"

#include "app/broker.h"
#include "app/database.h"
#include "app/gateway.h"
#include "config/secret.h"
#include "sink/redis/keys.h"
#include "sink/redis/redis_sink.h"
#include "sink/webhook/webhook_sink.h"

namespace tg::app {
namespace {

// A batch ends when all of it is confirmed: several windows of messages make the pauses between batches small.
constexpr std::int64_t kWindowsInBatch = 4;

Result<std::unique_ptr<sink::Sink>> make_webhook(const config::Webhook& webhook, const config::Config& config) {
  auto secret = config::read_secret(fmt::format("webhooks ({})", webhook.name), webhook.secret_file);
  if (!secret) return secret.error();
  sink::WebhookSink::Options options;
  options.max_age = std::chrono::seconds(config.deliver.max_age_s);
  options.user_agent = fmt::format("telegram-gateway/{}", kVersion);
  return std::unique_ptr<sink::Sink>(
      std::make_unique<sink::WebhookSink>(webhook, std::move(*secret), std::move(options)));
}

}  // namespace

Result<std::unique_ptr<Destinations>> Destinations::make(const config::Config& config, sink::Runner::Parts parts,
                                                         Passes passes, OnStored on_stored) {
  auto all = std::unique_ptr<Destinations>(new Destinations(parts, std::move(passes)));
  if (config.postgres.enabled) {
    auto database =
        make_database_sink(config.postgres, parts.journal, parts.intake, parts.metrics, std::move(on_stored));
    if (!database) return database.error();
    all->planned_.push_back({std::move(*database), {.required = true, .from_oldest = true}});
  }
  if (config.redis.enabled) {
    if (auto added = all->add_redis(config); !added) return added.error();
  }
  if (config.rabbitmq.enabled) {
    auto broker = make_broker(config, parts.journal);
    if (!broker) return broker.error();
    sink::Runner::Options options;
    options.max_batch = static_cast<std::size_t>(std::max(std::int64_t{500}, kWindowsInBatch * config.rabbitmq.window));
    options.may_resend = true;
    all->add_routed(std::move(*broker), std::move(options));
  }
  for (const auto& webhook : config.webhooks) {
    auto made = make_webhook(webhook, config);
    if (!made) return made.error();
    all->add_routed(std::move(*made), {.may_resend = true});
  }
  return all;
}

void Destinations::add_routed(std::unique_ptr<sink::Sink> sink, sink::Runner::Options options) {
  options.may_park = true;
  options.passes = [this, name = sink->name()](const model::Event& event) { return passes_(name, event); };
  names_.push_back(sink->name());
  planned_.push_back({std::move(sink), std::move(options)});
}

Result<void> Destinations::add_redis(const config::Config& config) {
  auto access = redis::access_of(config.redis);
  if (!access) return access.error();
  const std::chrono::seconds ttl(config.redis.message_ttl_s);
  dedup_ = std::make_unique<redis::Dedup>(*access, std::max(ttl, std::chrono::seconds(redis::kDedupTtl)));
  sink::Runner::Options options;
  // A failover takes seconds: whoever waits longer than that sees it late.
  options.longest_pause = std::chrono::seconds(1);
  const redis::RedisSink::Options cache{ttl, std::chrono::seconds(config.deliver.max_age_s)};
  planned_.push_back({std::make_unique<redis::RedisSink>(std::move(*access), cache, parts_.journal), options});
  return {};
}

void Destinations::start() {
  for (auto& one : planned_) {
    runners_.push_back(std::make_unique<sink::Runner>(std::move(one.sink), parts_, one.options));
  }
  planned_.clear();
}

std::vector<std::string> Destinations::names() const { return names_; }

void Destinations::stop() {
  runners_.clear();
  dedup_.reset();
}

void Destinations::marked(const std::string& consumer, std::span<const model::MessageKey> keys) {
  if (dedup_) dedup_->handled(consumer, keys);
}

api::Reader shown(const sink::Runner& runner, observe::Metrics& metrics) {
  const auto state = runner.state();
  api::Reader reader;
  reader.name = runner.name();
  reader.runs = true;
  reader.delivered = state.delivered;
  reader.passages = runner.passages();
  reader.delivered_events = static_cast<std::int64_t>(metrics.delivered(reader.name).Value());
  reader.missed = state.missed;
  reader.parked_at = state.parked_at;
  reader.parked = static_cast<bool>(state.parked_at);
  reader.may_park = runner.options().may_park;
  reader.may_resend = runner.options().may_resend;
  if (!state.up && !reader.parked) {
    reader.last_error = state.last_error;
    reader.next_try_at = state.next_try_at;
  }
  return reader;
}

Result<void> ask(sink::Runner& runner, const api::ReaderRequest& request) {
  using Act = api::ReaderRequest::Act;
  switch (request.act) {
    case Act::try_now: runner.try_now(); return {};
    case Act::park: return runner.park();
    case Act::resume: return runner.resume();
    case Act::resend: return runner.resend(request.from);
    case Act::accept_missed: return runner.accept_missed();
  }
  return {};
}

Result<void> Destinations::ask_reader(const api::ReaderRequest& request) {
  for (auto& runner : runners_) {
    if (runner->name() == request.reader) return ask(*runner, request);
  }
  return Error{Code::not_found, "no reader named '" + request.reader + "' is running", ""};
}

std::vector<api::Reader> Destinations::readers() const {
  std::vector<api::Reader> all;
  for (const auto& runner : runners_) all.push_back(shown(*runner, parts_.metrics));
  return all;
}

bool Destinations::wait_delivered(const std::string& name, model::Seq seq, std::chrono::milliseconds patience) const {
  for (const auto& runner : runners_) {
    if (runner->name() == name) return runner->wait_delivered(seq, patience);
  }
  return false;
}

model::Seq Destinations::delivered(const std::string& name) const {
  for (const auto& runner : runners_) {
    if (runner->name() == name) return runner->state().delivered;
  }
  return {};
}

bool Destinations::retry_refused(const std::string& name, const std::vector<std::int64_t>& entries) {
  for (auto& runner : runners_) {
    if (runner->name() != name) continue;
    runner->retry_refused(entries);
    return true;
  }
  return false;
}

}  // namespace tg::app
