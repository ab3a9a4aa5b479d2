#pragma once
// The rules of this gateway: kept in the journal, ready in memory (rules::Live). What is saved counts from that moment
// on: rules with alerts and forwards get a cursor at the newest event, in the same transaction. Any thread.

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "pipeline/intake.h"
#include "rules/live.h"

namespace tg::pipeline {

// What this gateway can do, which not every rule may ask for.
struct Abilities {
  std::function<std::vector<std::string>()> destinations = [] { return std::vector<std::string>(); };
  std::vector<std::string> may_write;  // accounts
  bool mail = false;
  std::function<Result<void>(const std::string& url)> webhook = [](const std::string&) { return Result<void>(); };
};

// Of their cursors, and in metrics and health.
std::string alert_reader(std::int64_t rule);    // web hooks
std::string mail_reader(std::int64_t rule);     // e-mail
std::string forward_reader(std::int64_t rule);  // Telegram
// Those that a rule needs.
std::vector<std::string> readers_of(const rules::Rule& rule);

class Rulebook {
 public:
  // The parts must outlive it.
  Rulebook(journal::Journal& journal, Intake& intake, rules::Live& live, Abilities abilities);

  Result<void> load();
  // Called after every change, in its thread, when the rules count already; and before what a rule left is removed.
  void on_change(std::function<void()> callback);

  std::vector<rules::Rule> all() const;  // in their order
  std::optional<rules::Rule> get(std::int64_t id) const;
  const rules::Live& live() const { return live_; }

  // What is wrong with a rule here, beside its form: compiled once, and compared with what this gateway can do.
  std::vector<rules::Problem> problems(const rules::Rule& rule) const;

  // The rule must have no problems. conflict: there are too many.
  Result<rules::Rule> add(rules::Rule rule);
  Result<rules::Rule> change(rules::Rule rule);  // of this id; not_found
  Result<void> remove(std::int64_t id);          // not_found

 private:
  Result<std::vector<rules::Rule>> read() const;
  Result<void> reload();
  Result<rules::Rule> reloaded(std::int64_t id);

  journal::Journal& journal_;
  Intake& intake_;
  rules::Live& live_;
  const Abilities abilities_;
  std::function<void()> changed_;
  std::mutex changing_;  // one change after the other
  mutable std::mutex mutex_;
  std::vector<rules::Rule> rules_;
};

}  // namespace tg::pipeline
