#pragma once
// The rules of this gateway: kept in the journal, ready in memory (rules::Live). What is saved counts from that moment
// on: rules with alerts and forwards get a cursor at the newest event, in the same transaction. Any thread.

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
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

// Whom a rule tells, or where it sends to. Each has a reader of the journal of its own, so that one that is down holds
// up no other.
struct Target {
  // Of its cursor, and in metrics and health; the same for as long as the rule has this target:
  // alert:7:5e884898da28 (a web hook), mail:7:…, forward:7:-1001234567890.
  std::string reader;
  std::variant<rules::Alert, rules::ForwardTo> to;
};
std::vector<Target> targets_of(const rules::Rule& rule);

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

  // What is wrong with a rule here, beside its form: compiled once, and, if it is enabled, compared with what this
  // gateway can do.
  std::vector<rules::Problem> problems(const rules::Rule& rule) const;
  // For people, a line a rule: those that do not do what they say, because they cannot be read or because this gateway
  // cannot do it any more.
  std::vector<std::string> troubles() const;

  // The rule must have no problems. conflict: there are too many.
  Result<rules::Rule> add(rules::Rule rule);
  Result<rules::Rule> change(rules::Rule rule);  // of this id; not_found
  Result<void> remove(std::int64_t id);          // not_found

 private:
  struct Read {
    std::vector<rules::Rule> rules;
    std::vector<std::string> unreadable;  // for people; such a rule counts as disabled
  };

  Result<Read> read() const;
  Result<void> reload();
  Result<rules::Rule> reloaded(std::int64_t id);
  Result<void> forget_readers();  // that no rule has any more

  journal::Journal& journal_;
  Intake& intake_;
  rules::Live& live_;
  const Abilities abilities_;
  std::function<void()> changed_;
  std::mutex changing_;  // one change after the other
  mutable std::mutex mutex_;
  std::vector<rules::Rule> rules_;
  std::vector<std::string> unreadable_;
};

}  // namespace tg::pipeline
