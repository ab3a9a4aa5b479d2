#include "pipeline/rulebook.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "journal/cursors.h"
#include "journal/rules.h"
#include "observe/log.h"

namespace tg::pipeline {
namespace {

constexpr std::size_t kMostRules = 200;

bool is_among(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// Readers that begin with the newest event, of this transaction as well.
Result<void> begin_now(journal::Connection& db, const std::string& journal_id, const rules::Rule& rule) {
  const auto head = db.scalar("SELECT coalesce(max(seq), 0) FROM events");
  if (!head) return head.error();
  for (const auto& reader : readers_of(rule)) {
    if (auto done = journal::advance(db, journal_id, reader, model::Seq{*head}, false); !done) return done;
  }
  return {};
}

}  // namespace

std::string alert_reader(std::int64_t rule) { return fmt::format("alert:{}", rule); }
std::string mail_reader(std::int64_t rule) { return fmt::format("mail:{}", rule); }
std::string forward_reader(std::int64_t rule) { return fmt::format("forward:{}", rule); }

std::vector<std::string> readers_of(const rules::Rule& rule) {
  std::vector<std::string> all;
  const auto any_alert = [&](auto member) {
    return std::any_of(rule.actions.alerts.begin(), rule.actions.alerts.end(),
                       [&](const rules::Alert& alert) { return !(alert.*member).empty(); });
  };
  if (any_alert(&rules::Alert::webhook)) all.push_back(alert_reader(rule.id));
  if (any_alert(&rules::Alert::email)) all.push_back(mail_reader(rule.id));
  if (!rule.actions.forwards.empty()) all.push_back(forward_reader(rule.id));
  return all;
}

Rulebook::Rulebook(journal::Journal& journal, Intake& intake, rules::Live& live, Abilities abilities)
    : journal_(journal), intake_(intake), live_(live), abilities_(std::move(abilities)) {}

void Rulebook::on_change(std::function<void()> callback) { changed_ = std::move(callback); }

Result<std::vector<rules::Rule>> Rulebook::read() const {
  auto db = journal_.read();
  if (!db) return db.error();
  const auto stored = journal::rules(**db);
  if (!stored) return stored.error();
  std::vector<rules::Rule> all;
  for (const auto& one : *stored) {
    boost::json::error_code error;
    const auto body = boost::json::parse(one.body, error);
    std::vector<rules::Problem> problems;
    auto rule = error || !body.is_object() ? rules::Rule() : rules::read_rule(body.get_object(), problems);
    if (error || !body.is_object() || !problems.empty()) {
      observe::error("rule_not_read", {{"rule", one.id}});
      rule.enabled = false;
    }
    rule.id = one.id;
    rule.position = one.position;
    rule.created_at = one.created_at;
    rule.updated_at = one.updated_at;
    all.push_back(std::move(rule));
  }
  return all;
}

Result<void> Rulebook::load() {
  const std::lock_guard changing(changing_);
  return reload();
}

Result<void> Rulebook::reload() {
  auto all = read();
  if (!all) return all.error();
  live_.set(*all);
  const std::lock_guard lock(mutex_);
  rules_ = std::move(*all);
  return {};
}

std::vector<rules::Rule> Rulebook::all() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

std::optional<rules::Rule> Rulebook::get(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(rules_.begin(), rules_.end(), [id](const rules::Rule& rule) { return rule.id == id; });
  return found == rules_.end() ? std::nullopt : std::optional(*found);
}

std::vector<rules::Problem> Rulebook::problems(const rules::Rule& rule) const {
  std::vector<rules::Problem> all;
  (void)rules::Matcher::make(rule, all);
  const auto wrong = [&](std::string field, std::string what) {
    all.push_back({std::move(field), std::move(what), std::nullopt});
  };
  const auto known = abilities_.destinations();
  for (const auto& name : rule.actions.route) {
    if (is_among(known, name)) continue;
    wrong("actions.route", known.empty()
                               ? fmt::format("'{}' is no destination: none is configured", name)
                               : fmt::format("'{}' is no destination; there are {}", name, fmt::join(known, ", ")));
  }
  for (std::size_t i = 0; i < rule.actions.alerts.size(); ++i) {
    const auto& alert = rule.actions.alerts[i];
    const auto field = fmt::format("actions.alert[{}]", i);
    if (!alert.email.empty() && !abilities_.mail) {
      wrong(field + ".email", "cannot be sent: set smtp.host and smtp.from in the configuration");
    }
    if (alert.webhook.empty()) continue;
    if (const auto may = abilities_.webhook(alert.webhook); !may) wrong(field + ".webhook", may.error().to_string());
  }
  for (std::size_t i = 0; i < rule.actions.forwards.size(); ++i) {
    const auto& account = rule.actions.forwards[i].account;
    if (is_among(abilities_.may_write, account)) continue;
    wrong(fmt::format("actions.forward[{}].account", i),
          fmt::format("'{}' may not write: whoever runs this gateway has to name it in telegram.may_write first",
                      account));
  }
  return all;
}

Result<rules::Rule> Rulebook::add(rules::Rule rule) {
  const std::lock_guard changing(changing_);
  if (all().size() >= kMostRules) {
    return Error{Code::conflict, fmt::format("there are {} rules already, the most there can be", kMostRules),
                 "Remove one, or put conditions together"};
  }
  std::int64_t id = 0;
  auto done = intake_.write([&, journal_id = journal_.id()](journal::Connection& db) -> Result<void> {
    auto added = journal::add_rule(db, rule.position, boost::json::serialize(rules::to_json(rule)), model::Time::now());
    if (!added) return added.error();
    rule.id = id = *added;
    return begin_now(db, journal_id, rule);
  });
  if (!done) return done.error();
  return reloaded(id);
}

Result<rules::Rule> Rulebook::change(rules::Rule rule) {
  const std::lock_guard changing(changing_);
  const auto before = get(rule.id);
  auto done = intake_.write([&, journal_id = journal_.id()](journal::Connection& db) -> Result<void> {
    auto changed = journal::change_rule(db, rule.id, rule.position, boost::json::serialize(rules::to_json(rule)),
                                        model::Time::now());
    if (!changed || !rule.enabled) return changed;
    // What came while it was off, or asked for something else, is not made up for.
    const bool goes_on = before && before->enabled && readers_of(*before) == readers_of(rule);
    return goes_on ? Result<void>() : begin_now(db, journal_id, rule);
  });
  if (!done) return done.error();
  return reloaded(rule.id);
}

Result<rules::Rule> Rulebook::reloaded(std::int64_t id) {
  if (auto loaded = reload(); !loaded) return loaded.error();
  if (changed_) changed_();
  auto rule = get(id);
  if (!rule) return Error{Code::internal, "the rule is not there after it was written", "Look at the log"};
  return std::move(*rule);
}

Result<void> Rulebook::remove(std::int64_t id) {
  const std::lock_guard changing(changing_);
  auto done = intake_.write([id](journal::Connection& db) { return journal::remove_rule(db, id); });
  if (!done) return done;
  if (auto loaded = reload(); !loaded) return loaded;
  if (changed_) changed_();
  // Its readers have ended: they would write their cursors once more.
  return intake_.write([id](journal::Connection& db) -> Result<void> {
    for (const auto& reader : {alert_reader(id), mail_reader(id), forward_reader(id)}) {
      auto gone = db.prepared("DELETE FROM cursors WHERE name = ?").with(std::string_view(reader)).run();
      if (!gone) return gone;
    }
    return {};
  });
}

}  // namespace tg::pipeline
