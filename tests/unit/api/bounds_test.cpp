// The server alone: what callers may hold in memory together, and how slowly they may read.
#include <gtest/gtest.h>

#include <future>

#include <condition_variable>
#include <thread>

#include "api/http/server.h"
#include "client.h"

namespace tg::test {
namespace {
using namespace std::chrono_literals;

// GET /N answers with N bytes. A POST waits on a worker until it is let go.
struct Sized final : api::Service {
  std::mutex mutex;
  std::condition_variable changed;
  int arrived = 0;
  bool open = false;

  bool now(api::Request& request, api::Response& response) override {
    if (request.method == api::Method::post) {
      std::lock_guard lock(mutex);
      ++arrived;
      changed.notify_all();
      return false;
    }
    response.body = api::Bytes(std::string(std::stoul(std::string(request.path().substr(1))), 'x'));
    return true;
  }
  void later(api::Request&, api::Response&) override {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return open; });
  }
  void refuse(int status, std::string_view why, api::Response& response) override {
    response = {};
    response.status = status;
    response.body = api::Bytes(std::string(why));
  }
  bool wait_for(int count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 20s, [&] { return arrived == count; });
  }
  void let_go() {
    std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

struct SizedServer {
  Sized service;
  api::Server server;
  explicit SizedServer(const api::Limits& limits) : server(service, limits) {
    if (!server.listen("127.0.0.1", 0)) throw std::runtime_error("listen");
    server.start();
  }
  ~SizedServer() { service.let_go(); }
};

std::string posted(std::size_t size) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
         std::string(size, ' ');
}

TEST(Budgets, ABodyCountsUntilItsRequestIsAnsweredAndNotAfterwards) {
  api::Limits limits;
  limits.max_bodies_bytes = 300'000;
  SizedServer gateway(limits);
  Client first(gateway.server.port()), second(gateway.server.port()), third(gateway.server.port());

  first.send(posted(100'000));
  second.send(posted(100'000));
  ASSERT_TRUE(gateway.service.wait_for(2));
  third.send(posted(200'000));
  EXPECT_EQ(third.answer().status, 503) << "two bodies wait for their answer";

  gateway.service.let_go();
  EXPECT_EQ(first.answer().status, 200);
  EXPECT_EQ(second.answer().status, 200);
  Client fourth(gateway.server.port());
  fourth.send(posted(300'000));
  EXPECT_EQ(fourth.answer().status, 200) << "the two connections are open, and hold nothing";
}

TEST(Budgets, LargeAnswersThatNobodyReadsHaveABound) {
  api::Limits limits;
  limits.max_answers_bytes = 20 << 20;
  SizedServer gateway(limits);
  const std::string large = std::to_string(9 << 20);
  Client first(gateway.server.port()), second(gateway.server.port()), third(gateway.server.port());

  for (auto* client : {&first, &second}) {
    client->send("GET /" + large + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ASSERT_TRUE(client->receive());
  }
  const auto refused = third.call("GET", "/" + large);
  const auto small = third.call("GET", "/60000");
  EXPECT_EQ(first.answer().body.size(), 9u << 20);
  Answer again;
  // Its last byte arrives here a moment before the server knows that it was taken.
  for (int i = 0; i < 1'000 && again.status != 200; ++i) again = third.call("GET", "/" + large);

  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("large answers"), std::string::npos);
  EXPECT_EQ(small.status, 200) << "small ones always pass";
  EXPECT_EQ(again.status, 200) << "one that was read makes room";
}

TEST(Budgets, AnAnswerThatIsReadSlowlyAndSteadilyArrivesWhole) {
  api::Limits limits;
  limits.stall_timeout = 1s;
  SizedServer gateway(limits);
  Client client(gateway.server.port(), 65'536);
  constexpr std::size_t kSize = 5 << 20;

  client.send("GET /" + std::to_string(kSize) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  // About 600 KB a second: the reader's pace, not a wait for anything.
  while (client.receive()) std::this_thread::sleep_for(25ms);

  EXPECT_GT(client.received().size(), kSize);
}

TEST(Budgets, AReaderThatTakesNothingIsCut) {
  std::promise<void> cut;
  api::Limits limits;
  limits.stall_timeout = 1s;
  Sized service;
  api::Gauges gauges;
  gauges.cut = [&] { cut.set_value(); };
  api::Server server(service, limits, gauges);
  ASSERT_TRUE(server.listen("127.0.0.1", 0));
  server.start();
  Client client(server.port());

  client.send("GET /9000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_EQ(cut.get_future().wait_for(30s), std::future_status::ready);
  client.read_to_end();

  EXPECT_LT(client.received().size(), 9'000'000u);
}

}  // namespace
}  // namespace tg::test
