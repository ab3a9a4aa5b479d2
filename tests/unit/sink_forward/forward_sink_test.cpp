#include "sink/forward/forward_sink.h"

#include <gtest/gtest.h>

#include "journal/rules.h"
#include "model/message_json.h"
#include "support/temp_folder.h"
#include "unit/rules/make.h"

namespace tg::sink {
namespace {

using model::ChatId;
using model::MessageId;

constexpr ChatId kFrom{-1001}, kTo{-1002};

struct House {
  test::TempFolder folder;
  observe::Metrics metrics;
  std::unique_ptr<journal::Journal> journal =
      std::move(journal::Journal::open(folder.path() / "data", journal::Access::write).value());
  pipeline::Intake intake{*journal, metrics, {}};
  // Of each call: begun_before and others.
  std::vector<std::optional<model::Time>> asked;
  std::vector<std::vector<MessageId>> others;
  Result<MessageId> answer = MessageId{500};
  bool begins = true;  // Telegram was asked to send it

  std::unique_ptr<ForwardSink> sink() {
    auto rule = test::rule(R"({"regex":"gold"})", R"({"forward":[{"account":"ops","to":"-1002"}]})");
    rule.id = 3;
    std::vector<rules::Problem> problems;
    RuleEvents events(rules::Matcher::make(std::move(rule), problems), std::make_shared<rules::Tally>());
    return std::make_unique<ForwardSink>("forward:3:-1002", std::move(events), rules::ForwardTo{"ops", kTo}, *journal,
                                         intake, [this](const rules::Forwarding& order) {
                                           asked.push_back(order.begun_before);
                                           others.push_back(order.others);
                                           if (begins && !order.begin()) throw std::runtime_error("begin");
                                           return answer;
                                         });
  }
  void note(std::int64_t message, model::ChatId to, model::Time at, MessageId sent) {
    EXPECT_TRUE(intake.write([&](journal::Connection& db) {
      return journal::note_forward(db, 4, {{}, ChatId{-1009}, MessageId{message}}, to, at, sent);
    }));
  }
  std::optional<journal::Forwarded> known(std::int64_t message) {
    auto db = journal->read();
    return journal::forwarded(**db, 3, {{}, kFrom, MessageId{message}}, kTo).value();
  }
};

model::Event event_of(model::Message m) {
  model::Event event;
  event.key = m.key;
  event.offered = true;
  event.message = model::to_json(m);
  return event;
}

model::Message post(std::int64_t id = 7) {
  auto m = test::message("gold");
  m.key = {{}, kFrom, MessageId{id}};
  return m;
}

Delivery deliver(Sink& sink, const model::Event& event) { return sink.deliver(std::span(&event, 1), {}); }

TEST(ForwardSink, EachMessageOnce) {
  House house;
  const auto event = event_of(post());

  EXPECT_EQ(deliver(*house.sink(), event).done, 1U);
  EXPECT_EQ(deliver(*house.sink(), event).done, 1U);

  EXPECT_EQ(house.asked.size(), 1U);
  EXPECT_EQ(house.asked[0], std::nullopt);
  EXPECT_EQ(house.known(7)->sent, MessageId{500});
}

TEST(ForwardSink, WhatWasBegunIsLookedForBeforeItIsSentAgain) {
  House house;
  house.answer = Error{Code::timeout, "no answer", ""};
  const auto event = event_of(post());

  const auto first = deliver(*house.sink(), event);
  house.answer = MessageId{501};
  const auto second = deliver(*house.sink(), event);

  EXPECT_TRUE(first.trouble && first.done == 0);
  EXPECT_EQ(second.done, 1U);
  ASSERT_EQ(house.asked.size(), 2U);
  EXPECT_EQ(house.asked[1], house.known(7)->begun_at);
}

TEST(ForwardSink, WhatTelegramNeverTakesIsSetAside) {
  House house;
  house.answer = Error{Code::permission, "CHAT_WRITE_FORBIDDEN", ""};

  const auto done = deliver(*house.sink(), event_of(post()));

  EXPECT_EQ(done.done, 1U);
  ASSERT_EQ(done.refused.size(), 1U);
  EXPECT_FALSE(done.trouble);
  EXPECT_FALSE(house.known(7)) << "nobody has to look for it";
}

TEST(ForwardSink, WhatFailedBeforeTelegramWasAskedWasNotBegun) {
  House house;
  house.begins = false;
  house.answer = Error{Code::unavailable, "not signed in", ""};

  EXPECT_TRUE(deliver(*house.sink(), event_of(post())).trouble);
  EXPECT_TRUE(deliver(*house.sink(), event_of(post())).trouble);

  EXPECT_FALSE(house.known(7));
  EXPECT_EQ(house.asked, (std::vector<std::optional<model::Time>>(2)));
}

TEST(ForwardSink, WhatIsKnownToBeAnotherIsNotTakenForIt) {
  House house;
  house.note(1, kTo, model::Time::now(), MessageId{498});
  house.note(2, kTo, model::Time::now(), MessageId{499});
  house.note(3, kFrom, model::Time::now(), MessageId{497});
  house.answer = Error{Code::timeout, "no answer", ""};

  EXPECT_TRUE(deliver(*house.sink(), event_of(post())).trouble);
  EXPECT_TRUE(deliver(*house.sink(), event_of(post())).trouble);

  ASSERT_EQ(house.others.size(), 2U);
  EXPECT_TRUE(house.others[0].empty()) << "it was not begun: it is not looked for";
  EXPECT_EQ(house.others[1], (std::vector{MessageId{499}, MessageId{498}}));
}

TEST(ForwardSink, WhatMayBeOnItsWayHereIsWaitedFor) {
  House house;
  auto m = post();
  m.date = model::Time::now();
  house.note(1, kFrom, m.date, {});

  const auto undecided = deliver(*house.sink(), event_of(m));
  house.note(1, kFrom, m.date, MessageId{7});
  const auto decided = deliver(*house.sink(), event_of(m));

  EXPECT_TRUE(undecided.done == 0 && !undecided.trouble && undecided.pause.count() > 0);
  EXPECT_EQ(decided.done, 1U);
  EXPECT_TRUE(house.asked.empty()) << "rules brought it here";
}

TEST(ForwardSink, WhatWasPostedBeforeItIsNotWaitedFor) {
  House house;
  house.note(1, kFrom, model::Time::now(), {});

  EXPECT_EQ(deliver(*house.sink(), event_of(post())).done, 1U);
  EXPECT_EQ(house.asked.size(), 1U);
}

TEST(ForwardSink, ARedactedMessageStaysHere) {
  House house;
  auto m = post();
  m.redacted = true;

  const auto done = deliver(*house.sink(), event_of(m));

  ASSERT_EQ(done.refused.size(), 1U);
  EXPECT_NE(done.refused[0].reason.find("the original"), std::string::npos);
  EXPECT_TRUE(house.asked.empty());
}

TEST(ForwardSink, WhatItBroughtThereDoesNotComeBack) {
  House house;
  ASSERT_EQ(deliver(*house.sink(), event_of(post())).done, 1U);
  auto brought = test::message("gold");
  brought.key = {{}, kTo, MessageId{500}};
  auto forwarded = test::message("gold");
  forwarded.key = {{}, kTo, MessageId{900}};
  forwarded.forward = model::Forward{"", kFrom, MessageId{7}, {}};

  // Not known yet under its id: the origin that it names tells it.
  EXPECT_EQ(deliver(*house.sink(), event_of(brought)).done, 1U);
  EXPECT_EQ(deliver(*house.sink(), event_of(forwarded)).done, 1U);

  EXPECT_EQ(house.asked.size(), 1U);
}

TEST(ForwardSink, ItWantsNews) {
  House house;
  auto event = event_of(post());
  const auto sink = house.sink();

  EXPECT_TRUE(sink->wants(event));
  event.kind = model::Kind::edited;
  EXPECT_FALSE(sink->wants(event));
  event.kind = model::Kind::created;
  event.offered = false;
  EXPECT_FALSE(sink->wants(event));
}

}  // namespace
}  // namespace tg::sink
