#include "app/rule_watch.h"

#include <boost/json/serialize.hpp>

#include "config/secret.h"
#include "observe/log.h"
#include "sink/alert/mail_alert.h"
#include "sink/alert/webhook_alert.h"
#include "sink/forward/forward_sink.h"

namespace tg::app {
namespace {

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
  std::optional<model::Message> message;
  if (event.kind == model::Kind::counters) {
    // Views and reactions go where their message went.
    if (const auto row = parts_.store.get(event.key); row && *row) message = std::move((*row)->message);
  } else {
    message = sink::message_of(event);
  }
  return !message || rules->passes(destination, {*message, event.origin, event.kind, event.offered});
}

std::unique_ptr<sink::Sink> RuleWatch::sink_for(const std::string& reader, const rules::Rule& rule) const {
  std::vector<rules::Problem> problems;
  auto matcher = rules::Matcher::make(rule, problems);
  if (!matcher) return nullptr;
  const bool counts = !rule.actions.at_ingest() && reader == pipeline::readers_of(rule).front();
  sink::RuleEvents events(std::move(matcher), counts ? parts_.live.tally(rule.id) : nullptr);
  if (reader == pipeline::alert_reader(rule.id)) {
    return std::make_unique<sink::WebhookAlert>(
        reader, std::move(events),
        sink::WebhookAlert::Options{std::string("telegram-gateway/") + TG_VERSION, config_.alerts.allow_private});
  }
  if (reader == pipeline::mail_reader(rule.id)) {
    const auto& smtp = config_.smtp;
    sink::MailServer server{
        smtp.host, static_cast<int>(smtp.port), smtp.user, smtp_password_, smtp.from, smtp.tls, smtp.tls_ca_file};
    return std::make_unique<sink::MailAlert>(reader, std::move(events), std::move(server),
                                             std::chrono::seconds(config_.alerts.every_s));
  }
  return std::make_unique<sink::ForwardSink>(
      reader, std::move(events), parts_.runner.journal, parts_.runner.intake,
      [this](const rules::ForwardTo& to, const model::Message& message, std::optional<model::Time> begun_before) {
        const auto& may = config_.telegram.may_write;
        if (!parts_.control || std::find(may.begin(), may.end(), to.account) == may.end()) {
          // The configuration may have changed since the rule was saved.
          return Result<model::MessageId>(Error{Code::unavailable, fmt::format("'{}' may not write", to.account),
                                                "Name it in telegram.may_write, or turn the rule off"});
        }
        return parts_.control->forward(to.account, message, to.to, to.copy, begun_before);
      });
}

void RuleWatch::look() {
  std::map<std::string, rules::Rule> wanted;
  for (const auto& rule : rulebook_->all()) {
    if (!rule.enabled) continue;
    for (auto& reader : pipeline::readers_of(rule)) wanted.emplace(std::move(reader), rule);
  }
  const std::lock_guard lock(mutex_);
  if (!running_) return;
  for (auto one = readers_.begin(); one != readers_.end();) {
    const auto found = wanted.find(one->first);
    const bool stays =
        found != wanted.end() && one->second.rule == boost::json::serialize(rules::to_json(found->second));
    if (stays) {
      ++one;
      continue;
    }
    const auto name = one->first;
    one = readers_.erase(one);
    parts_.runner.health.forget(name);  // one that was down would be so for ever
  }
  for (const auto& [name, rule] : wanted) {
    if (readers_.contains(name)) continue;
    auto sink = sink_for(name, rule);
    if (!sink) continue;
    sink::Runner::Options options;
    options.max_batch = 200;
    auto runner = std::make_unique<sink::Runner>(std::move(sink), parts_.runner, std::move(options));
    readers_.emplace(name, Reader{boost::json::serialize(rules::to_json(rule)), std::move(runner)});
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
  const std::lock_guard lock(mutex_);
  running_ = false;
  readers_.clear();
}

bool RuleWatch::retry_refused(const std::string& name, const std::vector<std::int64_t>& entries) {
  const std::lock_guard lock(mutex_);
  const auto found = readers_.find(name);
  if (found == readers_.end()) return false;
  found->second.runner->retry_refused(entries);
  return true;
}

std::vector<api::Reader> RuleWatch::readers() const {
  std::vector<api::Reader> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, reader] : readers_) {
    const auto state = reader.runner->state();
    api::Reader one;
    one.name = name;
    if (!state.up) {
      one.last_error = state.last_error;
      one.next_try_at = state.next_try_at;
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace tg::app
