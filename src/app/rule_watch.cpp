#include "app/rule_watch.h"

#include <boost/json/serialize.hpp>

#include "app/destinations.h"
#include "config/secret.h"
#include "observe/log.h"
#include "pipeline/heads.h"
#include "sink/alert/mail_alert.h"
#include "sink/alert/webhook_alert.h"
#include "sink/forward/forward_sink.h"

namespace tg::app {
namespace {

constexpr std::chrono::seconds kAlertPatience{8};  // of one request

// An address that is named as such is known not to be public before anything is sent there.
Result<void> check_webhook(const std::string& url, bool allow_private) {
  if (sink::host_of(url).empty())
    return Error{Code::invalid_input, "is no URL", "Write it as https://desk.example.org/x"};
  if (allow_private || !sink::is_private_literal(url)) return {};
  return Error{Code::permission, "leads to a private address", "If it is meant, set alerts.allow_private = true"};
}

Result<std::string> smtp_password(const config::Smtp& smtp) {
  if (smtp.host.empty()) return std::string();
  if (smtp.from.empty()) {
    return Error{Code::invalid_input, "smtp.host is set, smtp.from is not", "Set the address that mail is from"};
  }
  if (smtp.tls == "none" && !config::is_loopback(smtp.host)) {
    return Error{Code::invalid_input, fmt::format("mail would go to {} unencrypted", smtp.host),
                 "Set smtp.tls = \"starttls\" or \"tls\""};
  }
  if (smtp.password_file.empty()) return std::string();
  return config::read_secret("smtp.password_file", smtp.password_file);
}

}  // namespace

RuleWatch::RuleWatch(const config::Config& config, Parts parts) : config_(config), parts_(std::move(parts)) {}

RuleWatch::~RuleWatch() { stop(); }

Result<std::unique_ptr<RuleWatch>> RuleWatch::make(const config::Config& config, Parts parts) {
  auto password = smtp_password(config.smtp);
  if (!password) return password.error();
  auto watch = std::unique_ptr<RuleWatch>(new RuleWatch(config, std::move(parts)));
  watch->smtp_password_ = std::move(*password);
  pipeline::Abilities abilities;
  abilities.destinations = watch->parts_.destinations;
  if (watch->parts_.control) abilities.may_write = config.telegram.may_write;
  abilities.mail = !config.smtp.host.empty();
  abilities.webhook = [allow = config.alerts.allow_private](const std::string& url) {
    return check_webhook(url, allow);
  };
  auto& runner = watch->parts_.runner;
  watch->rulebook_ =
      std::make_unique<pipeline::Rulebook>(runner.journal, runner.intake, watch->parts_.live, std::move(abilities));
  watch->rulebook_->on_change([raw = watch.get()] { raw->look(); });
  if (auto loaded = watch->rulebook_->load(); !loaded) return loaded.error();
  return watch;
}

bool RuleWatch::passes(const std::string& destination, const model::Event& event) const {
  const auto rules = parts_.live.now();
  if (!rules->routes()) return true;
  const auto message = content_of(event);
  return !message || rules->passes(destination, {*message, event.origin, event.kind, event.offered});
}

std::optional<model::Message> RuleWatch::content_of(const model::Event& event) const {
  if (auto told = sink::message_of(event)) return told;
  if (event.kind != model::Kind::counters && event.kind != model::Kind::deleted) return std::nullopt;
  // These go where their message went. The journal knows it before the store does, until it is trimmed there.
  if (auto db = parts_.runner.journal.read()) {
    if (auto newest = pipeline::load_newest(**db, event.key)) return newest;
  }
  const auto row = parts_.store.get(event.key);
  return row && *row ? std::optional((*row)->message) : std::nullopt;
}

std::unique_ptr<sink::Sink> RuleWatch::sink_for(const pipeline::Target& target, const rules::Rule& rule) const {
  std::vector<rules::Problem> problems;
  auto matcher = rules::Matcher::make(rule, problems);
  if (!matcher) return nullptr;
  const bool counts = !rule.actions.at_ingest() && target.reader == pipeline::targets_of(rule).front().reader;
  sink::RuleEvents events(std::move(matcher), counts ? parts_.live.tally(rule.id) : nullptr);
  auto& runner = parts_.runner;
  if (const auto* to = std::get_if<rules::ForwardTo>(&target.to)) {
    return std::make_unique<sink::ForwardSink>(target.reader, std::move(events), *to, runner.journal, runner.intake,
                                               [this](const rules::Forwarding& order) { return forward(order); });
  }
  const auto& alert = std::get<rules::Alert>(target.to);
  if (alert.webhook.empty()) {
    const auto& smtp = config_.smtp;
    sink::MailServer server{
        smtp.host, static_cast<int>(smtp.port), smtp.user, smtp_password_, smtp.from, smtp.tls, smtp.tls_ca_file};
    return std::make_unique<sink::MailAlert>(target.reader, std::move(events), runner.journal, std::move(server),
                                             alert.email, std::chrono::seconds(config_.alerts.every_s));
  }
  sink::Poster::Options to;
  to.url = alert.webhook;
  to.user_agent = std::string("telegram-gateway/") + TG_VERSION;
  to.allow_private = config_.alerts.allow_private;
  to.timeout = kAlertPatience;
  return std::make_unique<sink::WebhookAlert>(target.reader, std::move(events), std::move(to));
}

Result<model::MessageId> RuleWatch::forward(const rules::Forwarding& order) const {
  const auto& may = config_.telegram.may_write;
  if (parts_.control && std::find(may.begin(), may.end(), order.to.account) != may.end()) {
    return parts_.control->forward(order);
  }
  // The configuration may have changed since the rule was saved.
  return Error{Code::unavailable, fmt::format("'{}' may not write", order.to.account),
               "Name it in telegram.may_write, or turn the rule off"};
}

void RuleWatch::tell_troubles() {
  auto& health = parts_.runner.health;
  const auto troubles = rulebook_->troubles();
  if (troubles.empty()) {
    health.forget("rules");
    return;
  }
  for (const auto& one : troubles) observe::error("rule_in_trouble", {{"reason", one}});
  health.set("rules", observe::Role::destination, observe::State::degraded,
             fmt::format("{}", fmt::join(troubles, "; ")), model::Time::now());
}

void RuleWatch::look() {
  const std::lock_guard looking(looking_);
  tell_troubles();
  std::map<std::string, std::pair<pipeline::Target, rules::Rule>> wanted;
  for (const auto& rule : rulebook_->all()) {
    if (!rule.enabled) continue;
    for (auto& target : pipeline::targets_of(rule)) wanted.try_emplace(target.reader, target, rule);
  }
  std::map<std::string, Reader> ended;
  {
    const std::lock_guard lock(mutex_);
    if (!running_) return;
    for (auto one = readers_.begin(); one != readers_.end();) {
      const auto found = wanted.find(one->first);
      const bool stays =
          found != wanted.end() && one->second.rule == boost::json::serialize(rules::to_json(found->second.second));
      const auto next = std::next(one);
      if (!stays) ended.insert(readers_.extract(one));
      one = next;
    }
  }
  end(std::move(ended));
  const std::lock_guard lock(mutex_);
  if (!running_) return;
  for (const auto& [name, target_and_rule] : wanted) {
    if (readers_.contains(name)) continue;
    const auto& [target, rule] = target_and_rule;
    auto sink = sink_for(target, rule);
    if (!sink) continue;
    sink::Runner::Options options;
    options.max_batch = 200;
    options.may_park = true;
    auto runner = std::make_unique<sink::Runner>(std::move(sink), parts_.runner, std::move(options));
    readers_.emplace(name, Reader{boost::json::serialize(rules::to_json(rule)), std::move(runner)});
  }
}

// Without the mutex: what they deliver just now is ended first.
void RuleWatch::end(std::map<std::string, Reader> readers) {
  for (auto& [name, reader] : readers) reader.runner->request_stop();
  for (auto& [name, reader] : readers) {
    reader.runner.reset();
    parts_.runner.health.forget(name);  // one that was down would be so for ever
  }
}

void RuleWatch::start() {
  {
    const std::lock_guard lock(mutex_);
    running_ = true;
  }
  look();
}

void RuleWatch::stop() {
  const std::lock_guard looking(looking_);
  std::map<std::string, Reader> ended;
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    ended.swap(readers_);
  }
  end(std::move(ended));
}

bool RuleWatch::retry_refused(const std::string& name, const std::vector<std::int64_t>& entries) {
  const std::lock_guard lock(mutex_);
  const auto found = readers_.find(name);
  if (found == readers_.end()) return false;
  found->second.runner->retry_refused(entries);
  return true;
}

Result<void> RuleWatch::ask_reader(const api::ReaderRequest& request) {
  const std::lock_guard lock(mutex_);
  const auto found = readers_.find(request.reader);
  if (found == readers_.end()) return Error{Code::not_found, "no reader named '" + request.reader + "' is running", ""};
  return ask(*found->second.runner, request);
}

std::vector<api::Reader> RuleWatch::readers() const {
  std::vector<api::Reader> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, reader] : readers_) all.push_back(shown(*reader.runner, parts_.runner.metrics));
  return all;
}

}  // namespace tg::app
