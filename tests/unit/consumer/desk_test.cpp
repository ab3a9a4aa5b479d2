#include "desk.h"

#include <gtest/gtest.h>

namespace telegram_gateway {
namespace {

using std::chrono::milliseconds;

class DeskTest : public testing::Test {
 protected:
  static Options options() {
    Options options;
    options.name = "desk";
    options.channels = {-1};
    return options;
  }
  static Work work(const std::string& id, int tries = 0) {
    Work made;
    made.identity = made.message.id = id;
    made.message.channel = -1;
    made.message.tries = tries;
    return made;
  }
  // Every copy ended as one of these.
  void expect_counters_add_up() {
    const auto c = context_.tally.get();
    EXPECT_EQ(c.received, c.delivered + c.failed + c.duplicates + c.skipped + c.returned + c.in_hand);
  }

  Context context_{options()};
  int hungry_ = 0;
  Desk desk_{context_, [this] { ++hungry_; }};
};

TEST_F(DeskTest, GivesEachThingOnce) {
  EXPECT_EQ(desk_.offer(work("a")), Desk::Taken::accepted);
  EXPECT_EQ(desk_.offer(work("a")), Desk::Taken::in_hand);
  ASSERT_EQ(desk_.next()->identity, "a");
  EXPECT_EQ(desk_.offer(work("a")), Desk::Taken::in_hand);

  desk_.finish("a", Desk::End::done);

  EXPECT_EQ(desk_.offer(work("a")), Desk::Taken::done);
  EXPECT_EQ(desk_.ready(), 0U);
  EXPECT_EQ(context_.tally.get().delivered, 1U);
  expect_counters_add_up();
}

TEST_F(DeskTest, GivesInTheOrderOfArrival) {
  for (const char* id : {"a", "b", "c"}) desk_.offer(work(id));

  EXPECT_EQ(desk_.next()->identity, "a");
  EXPECT_EQ(desk_.next()->identity, "b");
  EXPECT_EQ(hungry_, 0);
  EXPECT_EQ(desk_.next()->identity, "c");
  EXPECT_EQ(hungry_, 1);
}

TEST_F(DeskTest, ATicketThatComesLaterIsKeptWithWhatIsInHand) {
  desk_.offer(work("a"));
  ASSERT_TRUE(desk_.next());
  EXPECT_FALSE(desk_.has_ticket("a"));

  desk_.offer(work("a"), Ticket{1, 1, 7});

  EXPECT_TRUE(desk_.has_ticket("a"));
  const auto ticket = desk_.finish("a", Desk::End::done);
  ASSERT_TRUE(ticket);
  EXPECT_EQ(ticket->delivery, 7U);
}

TEST_F(DeskTest, OfTwoCopiesOfOneConnectionOneIsToBeAnswered) {
  EXPECT_EQ(desk_.offer(work("a"), Ticket{1, 1, 7}), Desk::Taken::accepted);
  ASSERT_TRUE(desk_.next());

  EXPECT_EQ(desk_.offer(work("a"), Ticket{1, 1, 8}), Desk::Taken::twin);
  EXPECT_EQ(desk_.offer(work("a"), Ticket{2, 1, 1}), Desk::Taken::in_hand) << "a new connection gives all again";

  const auto ticket = desk_.finish("a", Desk::End::done);
  ASSERT_TRUE(ticket);
  EXPECT_EQ(ticket->connection, 2U);
}

TEST_F(DeskTest, WhatComesAgainWaitsAndHoldsItsPlace) {
  desk_.offer(work("a"));
  desk_.offer(work("b"));
  auto first = desk_.next();
  EXPECT_EQ(desk_.tried("a", 0), 1);

  desk_.again(std::move(*first), milliseconds(30));

  EXPECT_EQ(desk_.next()->identity, "b");
  EXPECT_EQ(desk_.offer(work("a")), Desk::Taken::in_hand);
  EXPECT_EQ(desk_.held(-1), 2U);
  const auto again = desk_.next();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->identity, "a");
  EXPECT_EQ(again->message.tries, 1);
  expect_counters_add_up();
}

TEST_F(DeskTest, PollsLeaveAloneWhatTheBrokerBringsAgain) {
  desk_.offer(work("a"), Ticket{1, 1, 7});
  ASSERT_TRUE(desk_.next());
  desk_.tried("a", 0);
  std::optional<Ticket> ticket;

  ASSERT_TRUE(desk_.give_back("a", milliseconds(60'000), ticket));

  EXPECT_EQ(ticket->delivery, 7U);
  EXPECT_EQ(desk_.held(-1), 0U);
  EXPECT_EQ(desk_.offer(work("a")), Desk::Taken::in_hand);
  EXPECT_EQ(desk_.offer(work("a", 1), Ticket{1, 1, 8}), Desk::Taken::accepted);
  EXPECT_EQ(desk_.next()->message.tries, 1);
  EXPECT_EQ(desk_.finish("a", Desk::End::done)->delivery, 8U);
  expect_counters_add_up();
}

TEST_F(DeskTest, APollBringsWhatTheBrokerDidNotBringAgainInTime) {
  desk_.offer(work("a"), Ticket{1, 1, 7});
  ASSERT_TRUE(desk_.next());
  desk_.tried("a", 0);
  std::optional<Ticket> ticket;
  ASSERT_TRUE(desk_.give_back("a", milliseconds(0), ticket));

  EXPECT_EQ(desk_.offer(work("a")), Desk::Taken::accepted);

  EXPECT_EQ(desk_.next()->message.tries, 1);
  EXPECT_FALSE(desk_.has_ticket("a"));
}

TEST_F(DeskTest, WhatIsGivenBackNeedsATicket) {
  desk_.offer(work("a"));
  ASSERT_TRUE(desk_.next());
  std::optional<Ticket> ticket;

  EXPECT_FALSE(desk_.give_back("a", milliseconds(0), ticket));
}

TEST_F(DeskTest, WhatWasRefusedIsRefusedAgain) {
  desk_.offer(work("a"));
  ASSERT_TRUE(desk_.next());
  desk_.finish("a", Desk::End::refused);

  EXPECT_EQ(desk_.offer(work("a")), Desk::Taken::refused);
  EXPECT_EQ(context_.tally.get().failed, 1U);
  expect_counters_add_up();
}

TEST_F(DeskTest, ClosedGivesNothingMoreAndCountsTheRestAsReturned) {
  desk_.offer(work("a"));
  desk_.offer(work("b"));
  ASSERT_TRUE(desk_.next());

  desk_.close();

  EXPECT_FALSE(desk_.next());
  EXPECT_FALSE(desk_.wait_idle(std::chrono::steady_clock::now()));
  desk_.finish("a", Desk::End::done);
  EXPECT_TRUE(desk_.wait_idle(std::chrono::steady_clock::now()));
  EXPECT_EQ(context_.tally.get().in_hand, 1U);
  desk_.count_rest();
  EXPECT_EQ(context_.tally.get().returned, 1U);
  EXPECT_EQ(context_.tally.get().in_hand, 0U);
  expect_counters_add_up();
}

}  // namespace
}  // namespace telegram_gateway
