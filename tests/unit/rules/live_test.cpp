#include "rules/live.h"

#include <gtest/gtest.h>

#include "unit/rules/make.h"

namespace tg::rules {
namespace {

using test::message;
using test::rule;

Rule numbered(std::int64_t id, Rule rule) {
  rule.id = id;
  return rule;
}

TEST(RuleSet, ALaterRuleSeesWhatAnEarlierDid) {
  Live live;
  live.set({numbered(1, rule(R"({"regex":"SECRET"})", R"({"redact":"gone","tag":["clean"]})")),
            numbered(2, rule(R"({"keywords":{"anyOf":["gone"]},"tags":["clean"]})", R"({"tag":["second"]})")),
            numbered(3, rule(R"({"regex":"SECRET"})", R"({"drop":true})"))});
  auto m = message("a SECRET");

  const auto taken = live.now()->take(m, model::Origin::live);

  EXPECT_TRUE(taken.redacted && taken.tagged && !taken.dropped);
  EXPECT_EQ(m.text, "a gone");
  EXPECT_EQ(m.tags, (std::vector<std::string>{"clean", "second"}));
}

TEST(RuleSet, WhatIsDroppedIsCounted) {
  Live live;
  live.set({numbered(4, rule(R"({"regex":"spam"})", R"({"drop":true})")),
            numbered(5, rule(R"({"regex":"s"})", R"({"tag":["never"]})"))});
  auto spam = message("spam"), other = message("ham");

  EXPECT_TRUE(live.now()->take(spam, model::Origin::live).dropped);
  EXPECT_FALSE(live.now()->take(other, model::Origin::live).dropped);
  EXPECT_EQ(live.tally(4)->matched.load(), 1);
  EXPECT_EQ(live.tally(5)->matched.load(), 0);
  EXPECT_NE(live.tally(4)->last_us.load(), 0);
}

TEST(RuleSet, RoutesLeaveAMessageToTheirDestinationsOnly) {
  Live live;
  live.set({numbered(1, rule(R"({"regex":"gold"})", R"({"route":["webhook:a"]})")),
            numbered(2, rule(R"({"regex":"old"})", R"({"route":["redis"]})"))});
  const auto gold = message("gold"), old = message("old"), other = message("x");
  const auto passes = [&](const char* to, const model::Message& m) {
    return live.now()->passes(to, {m, model::Origin::live});
  };

  EXPECT_TRUE(passes("webhook:a", gold) && passes("redis", gold));
  EXPECT_FALSE(passes("webhook:b", gold));
  EXPECT_TRUE(passes("redis", old));
  EXPECT_FALSE(passes("webhook:a", old));
  EXPECT_TRUE(passes("webhook:b", other));
}

TEST(RuleSet, ADisabledRuleDoesNothingAndASetThatIsHeldStays) {
  Live live;
  live.set({numbered(1, rule(R"({"regex":"a"})"))});
  const auto held = live.now();
  auto off = numbered(1, rule(R"({"regex":"a"})"));
  off.enabled = false;

  live.set({off});

  EXPECT_TRUE(held->acts_at_ingest());
  EXPECT_FALSE(live.now()->acts_at_ingest());
}

}  // namespace
}  // namespace tg::rules
