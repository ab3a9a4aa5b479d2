#include "sink/redis/connection.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "sink/redis/info.h"
#include "sink/redis/master.h"

namespace tg::redis {
namespace {

// Listens and never answers.
class Silent {
 public:
  Silent() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 4), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
  }
  ~Silent() { ::close(socket_); }
  Silent(const Silent&) = delete;
  Silent& operator=(const Silent&) = delete;

  int port = 0;

 private:
  int socket_;
};

Reply reply(Reply::Type type, std::string text) { return {type, std::move(text), 0, {}}; }

TEST(Address, IsHostAndPort) {
  EXPECT_EQ(parse_address("127.0.0.1:6379"), (Address{"127.0.0.1", 6379}));
  EXPECT_EQ(parse_address("[::1]:6379"), (Address{"::1", 6379}));
  EXPECT_EQ(parse_address("[::1]:6379")->to_string(), "[::1]:6379");
  for (const auto* const bad : {"", ":6379", "host", "host:", "host:0", "host:65536", "host:12x"}) {
    EXPECT_FALSE(parse_address(bad)) << bad;
  }
}

TEST(Connection, NobodyThereIsAnErrorWithAFix) {
  int port = 0;
  {
    const Silent gone;
    port = gone.port;
  }

  const auto connection = Connection::open({"127.0.0.1", port}, {}, {});

  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, Code::unavailable);
  EXPECT_NE(connection.error().what.find(std::to_string(port)), std::string::npos);
  EXPECT_FALSE(connection.error().fix.empty());
}

TEST(Connection, AServerThatDoesNotAnswerIsLeftAtTheDeadline) {
  const Silent silent;
  auto connection = Connection::open({"127.0.0.1", silent.port}, {}, {});
  ASSERT_TRUE(connection) << connection.error().to_string();

  const auto answer = (*connection)->ask({"PING"}, {}, std::chrono::milliseconds(50));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::timeout);
}

TEST(Connection, AStopEndsTheWait) {
  const Silent silent;
  std::stop_source stop;
  auto connection = Connection::open({"127.0.0.1", silent.port}, {}, stop.get_token());
  ASSERT_TRUE(connection) << connection.error().to_string();
  const std::jthread stopping([&] { stop.request_stop(); });

  const auto answer = (*connection)->ask({"PING"}, stop.get_token(), std::chrono::hours(1));

  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().what.find("stops"), std::string::npos);
}

TEST(ErrorOf, EachKnownRefusalSaysWhatToDo) {
  const Login login{"", "", "redis.password_file"};
  for (const auto* const word :
       {"READONLY", "LOADING", "MASTERDOWN", "OOM", "MISCONF", "NOREPLICAS", "NOPERM", "NOAUTH", "WRONGPASS", "BUSY"}) {
    const auto error = error_of(reply(Reply::Type::error, std::string(word) + " something"), {"h", 1}, login);

    EXPECT_EQ(error.what.find("it answers"), std::string::npos) << word;
    EXPECT_FALSE(error.fix.empty()) << word;
  }
  const auto wrong = error_of(reply(Reply::Type::error, "WRONGPASS invalid"), {"h", 1}, login);
  EXPECT_NE(wrong.fix.find("redis.password_file"), std::string::npos);
}

TEST(Role, OnlyAMasterIsWrittenTo) {
  Reply role{Reply::Type::array, "", 0, {reply(Reply::Type::text, "master")}};
  EXPECT_TRUE(check_role(role, {"h", 1}));

  role.items[0].text = "slave";
  EXPECT_FALSE(check_role(role, {"h", 1}));
  EXPECT_FALSE(check_role({}, {"h", 1}));
}

TEST(Info, FindsALineByItsWholeName) {
  const Info info("# Stats\r\ntotal_evicted_keys:1\r\nevicted_keys:12\r\nrun_id:abc\r\n");

  EXPECT_EQ(info.number("evicted_keys"), 12);
  EXPECT_EQ(info.text("run_id"), "abc");
  EXPECT_EQ(info.text("run"), "");
  EXPECT_EQ(info.number("absent"), 0);
}

}  // namespace
}  // namespace tg::redis
