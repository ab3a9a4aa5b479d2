#pragma once
// The rules that count now, in their order. A set is immutable and compiled once; changing a rule swaps the whole set,
// so that whoever holds one goes on with it undisturbed. Any thread.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "rules/matcher.h"

namespace tg::rules {

// How often a rule matched since the program started, drop included: of what is dropped nothing else tells.
struct Tally {
  std::atomic<std::int64_t> matched{0};
  std::atomic<std::int64_t> last_us{0};
};

struct Taken {
  bool dropped = false, redacted = false, tagged = false;
};

class RuleSet {
 public:
  struct Entry {
    std::shared_ptr<const Matcher> matcher;
    std::shared_ptr<Tally> tally;
  };
  explicit RuleSet(std::vector<Entry> entries);

  bool acts_at_ingest() const { return !at_ingest_.empty(); }
  // Rules that drop, redact and tag, one after the other: a later one sees what an earlier one did. Dropped: the others
  // are not asked.
  Taken take(model::Message& message, model::Origin origin) const;

  bool routes() const { return !routing_.empty(); }
  // False: rules send this elsewhere. Where several match, all of their destinations get it.
  bool passes(std::string_view destination, const Subject& subject) const;

  const std::vector<Entry>& entries() const { return entries_; }  // enabled ones

 private:
  std::vector<Entry> entries_, at_ingest_, routing_;
};

class Live {
 public:
  Live();
  std::shared_ptr<const RuleSet> now() const;
  // The enabled ones of these count from now on; their tallies go on. One that cannot be compiled is left out, and
  // said.
  void set(const std::vector<Rule>& rules);
  std::shared_ptr<Tally> tally(std::int64_t rule) const;  // never null

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const RuleSet> set_;
  mutable std::map<std::int64_t, std::shared_ptr<Tally>> tallies_;
};

void count(Tally& tally, std::int64_t matches = 1);

}  // namespace tg::rules
