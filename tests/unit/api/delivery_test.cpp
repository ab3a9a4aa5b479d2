// Where a message has got to: destinations and consumers, with their times and reasons.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "harness.h"
#include "journal/cursors.h"
#include "journal/quarantine.h"

namespace tg::test {
namespace {
namespace json = boost::json;
using model::Seq;
using model::Time;

struct Traced {
  Harness gateway;
  store::Row& row = gateway.store.rows.front();

  Traced() {
    gateway.start();
    gateway.commit(1, "one");
    const auto events = gateway.journal->read_after(Seq{0}, 1);
    row.seq = row.content_seq = events->front().seq;
    row.received_at = Time{1'000'000'000'000'000};
    row.recorded_at = Time{row.received_at.us + 41'000};
  }
  Time after(std::int64_t ms) const { return Time{row.received_at.us + ms * 1'000}; }
  void cursor(const std::string& name, Seq at) {
    auto done = gateway.intake.write(
        [&, id = gateway.journal->id()](journal::Connection& db) { return journal::advance(db, id, name, at, false); });
    ASSERT_TRUE(done.ok());
  }
  json::object step(const std::string& name) {
    const auto answer = gateway.get("/api/messages/-1001487851422:1/delivery");
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto body = json::parse(answer.body);
    for (const auto& one : body.at("data").at("steps").as_array()) {
      if (std::string_view(one.at("name").as_string()) == name) return one.as_object();
    }
    ADD_FAILURE() << "no step " << name << " in " << answer.body;
    return {};
  }
};

store::Consumer bot(Time created) {
  store::Consumer consumer;
  consumer.name = "bot";
  consumer.created_at = consumer.last_seen = created;
  return consumer;
}

TEST(Delivery, TheJournalSaysAfterHowLong) {
  Traced traced;

  EXPECT_EQ(traced.step("journal").at("afterMs"), 41);
}

TEST(Delivery, ADestinationThatIsPastItSaysWhenItWas) {
  Traced traced;
  traced.cursor("rabbitmq", Seq{0});
  const auto passages = std::make_shared<journal::Passages>();
  passages->begin(Seq{0});
  passages->note(traced.row.content_seq, traced.after(72));
  auto& reader = traced.gateway.readers.emplace_back();
  reader.name = "rabbitmq";
  reader.delivered = traced.row.content_seq;
  reader.passages = passages;

  const auto step = traced.step("rabbitmq");

  EXPECT_EQ(step.at("state"), "done") << "its cursor is saved later";
  EXPECT_EQ(step.at("kind"), "broker");
  EXPECT_EQ(step.at("afterMs"), 72);
}

TEST(Delivery, OneThatIsAwaySaysWhyAndWhenItTriesNext) {
  Traced traced;
  traced.cursor("webhook:risk", Seq{0});
  auto& reader = traced.gateway.readers.emplace_back();
  reader.name = "webhook:risk";
  reader.last_error = "503";
  reader.next_try_at = traced.after(8'000);

  const auto step = traced.step("webhook:risk");

  EXPECT_EQ(step.at("state"), "waiting");
  EXPECT_EQ(step.at("kind"), "webhook");
  EXPECT_EQ(step.at("detail"), "503");
  EXPECT_TRUE(step.contains("nextTryAt"));
}

TEST(Delivery, OneThatWasNeverReachedWaits) {
  Traced traced;
  auto& reader = traced.gateway.readers.emplace_back();
  reader.name = "postgres";
  reader.runs = true;
  reader.last_error = "connection refused";

  const auto step = traced.step("postgres");

  EXPECT_EQ(step.at("state"), "waiting");
  EXPECT_EQ(step.at("detail"), "connection refused");
}

TEST(Delivery, WhatWasSetAsideIsNotCalledDelivered) {
  Traced traced;
  traced.cursor("rabbitmq", traced.row.content_seq);
  const auto event = traced.gateway.journal->read_after(Seq{0}, 1)->front();
  auto done = traced.gateway.intake.write(
      [&](journal::Connection& db) { return journal::set_aside(db, "rabbitmq", event, "body over 256 KB"); });
  ASSERT_TRUE(done.ok());

  const auto step = traced.step("rabbitmq");

  EXPECT_EQ(step.at("state"), "waiting");
  EXPECT_EQ(step.at("why"), "set_aside");
  EXPECT_EQ(step.at("detail"), "body over 256 KB");
}

TEST(Delivery, AConsumersMarkHasItsTime) {
  Traced traced;
  traced.gateway.store.all_handlings = {{"bot", 0, {}, traced.after(203)}};

  const auto step = traced.step("bot");

  EXPECT_EQ(step.at("state"), "done");
  EXPECT_EQ(step.at("afterMs"), 203);
}

TEST(Delivery, AMarkFromBeforeAnEditSaysSo) {
  Traced traced;
  traced.gateway.store.all_handlings = {{"bot", 0, {}, traced.after(-60'000)}};

  const auto step = traced.step("bot");

  EXPECT_EQ(step.at("why"), "earlier_version");
  EXPECT_FALSE(step.contains("afterMs"));
}

TEST(Delivery, WhyAConsumerHasNotSeenIt) {
  Traced traced;
  auto& all = traced.gateway.store.all_consumers;
  all = {bot(traced.after(-1'000))};
  EXPECT_EQ(traced.step("bot").at("why"), "not_offered_yet");

  traced.gateway.store.all_handlings = {{"bot", 3, traced.after(500), {}}};
  EXPECT_EQ(traced.step("bot").at("why"), "offered");
  EXPECT_EQ(traced.step("bot").at("offered"), 3);
  traced.gateway.store.all_handlings.front().served = 10;
  EXPECT_EQ(traced.step("bot").at("why"), "given_up");

  traced.gateway.store.all_handlings.clear();
  all.front().origins = {model::Origin::backfill};
  EXPECT_EQ(traced.step("bot").at("why"), "origin_not_asked_for");

  all = {bot(traced.after(60'000))};
  all.front().began = "now";
  all.front().stream_seq = traced.row.content_seq;
  EXPECT_EQ(traced.step("bot").at("why"), "before_it_began");
  EXPECT_EQ(traced.step("bot").at("state"), "none");
}

}  // namespace
}  // namespace tg::test
