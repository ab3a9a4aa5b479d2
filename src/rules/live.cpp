#include "rules/live.h"

#include "observe/log.h"

namespace tg::rules {

void count(Tally& tally, std::int64_t matches) {
  if (matches == 0) return;
  tally.matched.fetch_add(matches, std::memory_order_relaxed);
  tally.last_us.store(model::Time::now().us, std::memory_order_relaxed);
}

RuleSet::RuleSet(std::vector<Entry> entries) : entries_(std::move(entries)) {
  for (const auto& entry : entries_) {
    const auto& actions = entry.matcher->rule().actions;
    if (actions.at_ingest()) at_ingest_.push_back(entry);
    if (!actions.route.empty()) routing_.push_back(entry);
  }
}

Taken RuleSet::take(model::Message& message, model::Origin origin) const {
  Taken taken;
  Subject subject(message, origin);
  for (const auto& [matcher, tally] : at_ingest_) {
    if (!matcher->matches(subject)) continue;
    count(*tally);
    const auto& actions = matcher->rule().actions;
    if (actions.drop) {
      taken.dropped = true;
      return taken;
    }
    if (actions.redact && matcher->redact(message)) {
      taken.redacted = true;
      subject.text_changed();
    }
    for (const auto& tag : actions.tags) {
      if (std::find(message.tags.begin(), message.tags.end(), tag) != message.tags.end()) continue;
      message.tags.push_back(tag);
      taken.tagged = true;
    }
  }
  return taken;
}

bool RuleSet::passes(std::string_view destination, const Subject& subject) const {
  bool routed = false;
  for (const auto& [matcher, tally] : routing_) {
    if (!matcher->matches(subject)) continue;
    routed = true;
    const auto& to = matcher->rule().actions.route;
    if (std::find(to.begin(), to.end(), destination) != to.end()) return true;
  }
  return !routed;
}

Live::Live() : set_(std::make_shared<const RuleSet>(std::vector<RuleSet::Entry>{})) {}

std::shared_ptr<const RuleSet> Live::now() const {
  const std::lock_guard lock(mutex_);
  return set_;
}

void Live::set(const std::vector<Rule>& rules) {
  std::vector<RuleSet::Entry> entries;
  for (const auto& rule : rules) {
    if (!rule.enabled) continue;
    std::vector<Problem> problems;
    auto matcher = Matcher::make(rule, problems);
    if (matcher) {
      entries.push_back({std::move(matcher), tally(rule.id)});
    } else {
      observe::error("rule_not_usable", {{"rule", rule.id}, {"reason", problems.front().what}});
    }
  }
  auto made = std::make_shared<const RuleSet>(std::move(entries));
  const std::lock_guard lock(mutex_);
  set_ = std::move(made);
}

std::shared_ptr<Tally> Live::tally(std::int64_t rule) const {
  const std::lock_guard lock(mutex_);
  auto& known = tallies_[rule];
  if (!known) known = std::make_shared<Tally>();
  return known;
}

}  // namespace tg::rules
