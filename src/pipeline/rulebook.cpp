#include "pipeline/rulebook.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "config/config.h"
#include "journal/cursors.h"
#include "journal/rules.h"
#include "observe/log.h"

namespace tg::pipeline {
namespace {

constexpr std::size_t kMostRules = 200;

bool is_among(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

std::vector<std::string> readers_of(const rules::Rule& rule) {
  std::vector<std::string> names;
  for (auto& target : targets_of(rule)) names.push_back(std::move(target.reader));
  return names;
}

bool is_of_a_rule(std::string_view reader) {
  return reader.starts_with("alert:") || reader.starts_with("mail:") || reader.starts_with("forward:");
}

// Its readers begin with the newest event, of this transaction as well; those that were there before go on.
Result<void> begin_now(journal::Connection& db, const std::string& journal_id, const rules::Rule& rule,
                       const std::vector<std::string>& before) {
  const auto head = db.scalar("SELECT coalesce(max(seq), 0) FROM events");
  if (!head) return head.error();
  for (const auto& reader : readers_of(rule)) {
    if (is_among(before, reader)) continue;
    if (auto done = journal::advance(db, journal_id, reader, model::Seq{*head}, false); !done) return done;
  }
  return {};
}

std::string in_words(const rules::Rule& rule, const std::vector<rules::Problem>& problems) {
  std::vector<std::string> wrong;
  for (const auto& problem : problems) wrong.push_back(fmt::format("{} {}", problem.field, problem.what));
  return fmt::format("rule {} ({}): {}", rule.id, rule.name, fmt::join(wrong, "; "));
}

}  // namespace

std::vector<Target> targets_of(const rules::Rule& rule) {
  std::vector<Target> all;
  for (const auto& alert : rule.actions.alerts) {
    const bool mail = alert.webhook.empty();
    const auto of = config::sha256_hex(mail ? alert.email : alert.webhook).substr(0, 12);
    all.push_back({fmt::format("{}:{}:{}", mail ? "mail" : "alert", rule.id, of), alert});
  }
  for (const auto& to : rule.actions.forwards) {
    all.push_back({fmt::format("forward:{}:{}", rule.id, to.to.value), to});
  }
  return all;
}

Rulebook::Rulebook(journal::Journal& journal, Intake& intake, rules::Live& live, Abilities abilities)
    : journal_(journal), intake_(intake), live_(live), abilities_(std::move(abilities)) {}

void Rulebook::on_change(std::function<void()> callback) { changed_ = std::move(callback); }

Result<Rulebook::Read> Rulebook::read() const {
  auto db = journal_.read();
  if (!db) return db.error();
  const auto stored = journal::rules(**db);
  if (!stored) return stored.error();
  Read all;
  for (const auto& one : *stored) {
    boost::json::error_code error;
    const auto body = boost::json::parse(one.body, error);
    std::vector<rules::Problem> problems;
    rules::Rule rule;
    if (error || !body.is_object()) {
      problems.push_back({"it", "is no JSON object", std::nullopt});
    } else {
      rule = rules::read_rule(body.get_object(), problems);
    }
    rule.id = one.id;
    if (!problems.empty()) {
      all.unreadable.push_back(in_words(rule, problems) + "; it does nothing: save it anew, or remove it");
      observe::error("rule_not_read", {{"rule", one.id}, {"reason", all.unreadable.back()}});
      rule.enabled = false;
    }
    rule.position = one.position;
    rule.created_at = one.created_at;
    rule.updated_at = one.updated_at;
    all.rules.push_back(std::move(rule));
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
  // A route to what is gone would keep the message from everybody.
  auto counting = all->rules;
  const auto known = abilities_.destinations();
  for (auto& rule : counting) {
    std::erase_if(rule.actions.route, [&](const std::string& name) { return !is_among(known, name); });
  }
  live_.set(counting);
  const std::lock_guard lock(mutex_);
  rules_ = std::move(all->rules);
  unreadable_ = std::move(all->unreadable);
  return {};
}

std::vector<std::string> Rulebook::troubles() const {
  std::vector<std::string> all;
  {
    const std::lock_guard lock(mutex_);
    all = unreadable_;
  }
  for (const auto& rule : this->all()) {
    if (!rule.enabled) continue;
    if (const auto wrong = problems(rule); !wrong.empty()) all.push_back(in_words(rule, wrong));
  }
  return all;
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
  if (!rule.enabled) return all;
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
    return begin_now(db, journal_id, rule, {});
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
    // What came while it was off is not made up for.
    return begin_now(db, journal_id, rule,
                     before && before->enabled ? readers_of(*before) : std::vector<std::string>());
  });
  if (!done) return done.error();
  return reloaded(rule.id);
}

Result<rules::Rule> Rulebook::reloaded(std::int64_t id) {
  if (auto loaded = reload(); !loaded) return loaded.error();
  if (changed_) changed_();
  if (auto forgotten = forget_readers(); !forgotten) return forgotten.error();
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
  return forget_readers();
}

// After they have ended: they write their cursors once more then.
Result<void> Rulebook::forget_readers() {
  std::vector<std::string> wanted;
  for (const auto& rule : all()) {
    for (auto& reader : readers_of(rule)) wanted.push_back(std::move(reader));
  }
  return intake_.write([&](journal::Connection& db) -> Result<void> {
    const auto known = journal::cursors(db);
    if (!known) return known.error();
    for (const auto& cursor : *known) {
      if (!is_of_a_rule(cursor.name) || is_among(wanted, cursor.name)) continue;
      auto gone = db.prepared("DELETE FROM cursors WHERE name = ?").with(std::string_view(cursor.name)).run();
      if (!gone) return gone;
    }
    return {};
  });
}

}  // namespace tg::pipeline
