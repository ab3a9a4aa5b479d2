#include "sink/rabbitmq/detail/refusal.h"

#include <gtest/gtest.h>

namespace tg::sink::rabbitmq {
namespace {

Server server() {
  Server made;
  made.host = "broker";
  made.vhost = "telegram";
  made.user = "telegram";
  return made;
}

TEST(Refusal, ReadsHowMuchTheBrokerTakes) {
  EXPECT_EQ(too_large({406, "PRECONDITION_FAILED - message size 300000 is larger than configured max size 262144"}),
            262144U);
  EXPECT_EQ(too_large({406, "PRECONDITION_FAILED - message size is too large"}), 0U);
}

TEST(Refusal, AnotherReasonIsNoLimit) {
  EXPECT_EQ(too_large({406, "PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue 'q'"}), std::nullopt);
  EXPECT_EQ(too_large({404, "NOT_FOUND - no exchange 'message size 3'"}), std::nullopt);
}

TEST(Refusal, SaysWhatToDo) {
  const auto password = refusal(server(), "signing in as telegram", {403, "ACCESS_REFUSED - Login was refused"});
  const auto vhost = refusal(server(), "signing in as telegram", {530, "NOT_ALLOWED - vhost telegram not found"});
  const auto queue = refusal(server(), "declaring queue q", {406, "PRECONDITION_FAILED - inequivalent arg"});

  EXPECT_EQ(password.code, Code::permission);
  EXPECT_NE(password.fix.find("rabbitmq.password_file"), std::string::npos);
  EXPECT_NE(vhost.fix.find("rabbitmqctl add_vhost telegram"), std::string::npos);
  EXPECT_EQ(queue.code, Code::conflict);
  EXPECT_NE(queue.what.find("declaring queue q"), std::string::npos);
  EXPECT_NE(queue.fix.find("rabbitmqctl delete_queue -p telegram"), std::string::npos);
}

}  // namespace
}  // namespace tg::sink::rabbitmq
