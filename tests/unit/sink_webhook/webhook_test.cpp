// What a webhook sends and refuses to reach, as far as that needs no receiver. tests/stack/test_webhook.py has one.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cstring>
#include <thread>

#include "model/message_json.h"
#include "sink/address.h"
#include "sink/webhook/detail/body.h"
#include "sink/webhook/detail/signature.h"
#include "sink/webhook/webhook_sink.h"

namespace tg::test {
namespace {

using std::chrono::milliseconds;

model::Event an_event(std::int64_t message = 7, std::int64_t peer = -1001) {
  model::Message m;
  m.key = {{}, model::ChatId{peer}, model::MessageId{message}};
  m.date = model::Time::seconds(1'700'000'000);
  m.chat_title = "Desk";
  m.sender = "Ana";
  m.text = "EUR/USD \"long\"";
  m.media.type = model::MediaType::photo;
  m.reply = model::Reply{model::MessageId{6}, {}, "wait", ""};
  model::Event event;
  event.seq = model::Seq{12};
  event.key = m.key;
  event.observed_at = model::Time::seconds(1'700'000'001);
  event.message = model::to_json(m);
  return event;
}

sockaddr_storage address_of(const std::string& text) {
  sockaddr_storage storage{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    std::memcpy(&storage, &v4, sizeof v4);
  } else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    std::memcpy(&storage, &v6, sizeof v6);
  } else {
    ADD_FAILURE() << text << " is no address";
  }
  return storage;
}

bool is_public(const std::string& text) {
  const auto address = address_of(text);
  return sink::is_public(reinterpret_cast<const sockaddr&>(address));
}

// Listens on loopback and never answers: the kernel takes the connection.
class Silence {
 public:
  Silence() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool listens = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(socket_, 8) == 0;
    EXPECT_TRUE(listens);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = fmt::format("http://127.0.0.1:{}/hook?key=hidden", ntohs(address.sin_port));
  }
  ~Silence() { close(); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  const std::string& url() const { return url_; }

 private:
  int socket_;
  std::string url_;
};

config::Webhook a_webhook(const std::string& url) {
  config::Webhook webhook;
  webhook.name = "desk";
  webhook.url = url;
  webhook.allow_private = true;
  return webhook;
}

sink::WebhookSink a_sink(const config::Webhook& webhook, sink::WebhookSink::Options options = {}) {
  return {webhook, "a-secret-of-good-length", std::move(options)};
}

TEST(Signature, IsTheHmacOfTimeAndBody) {
  // Python: hmac.new(b"whsec-0123456789abcdef", b'1700000000.{"events":[]}', "sha256").hexdigest()
  EXPECT_EQ(sink::detail::signature("whsec-0123456789abcdef", 1'700'000'000, R"({"events":[]})"),
            "t=1700000000,v1=08b7acdf8dee9adfe8cd59eeb2cf50f938fe1dc5286f7111c84acae5e8c25374");
}

TEST(Signature, BatchHasAnIdOfItsOwnThatStays) {
  const std::vector events{an_event(1), an_event(2)};

  const auto id = sink::detail::delivery_id(events);

  EXPECT_EQ(id.size(), 32u);
  EXPECT_EQ(sink::detail::delivery_id(events), id);
  EXPECT_NE(sink::detail::delivery_id(std::span(events).first(1)), id);
}

TEST(Address, OfTheInternetIsPublic) {
  for (const auto* text : {"1.1.1.1", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
                           "192.169.0.1", "11.0.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::8",
                           "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1"}) {
    EXPECT_TRUE(is_public(text)) << text;
  }
}

TEST(Address, OfThisMachineOrAPrivateNetworkIsNot) {
  for (const auto* text : {"127.0.0.1",
                           "127.255.255.254",
                           "0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "10.255.255.255",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "100.127.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.9",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::127.0.0.1",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::ffff:169.254.169.254",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b:1::1",
                           "2002:7f00:1::",
                           "2002:a00:1::1",
                           "2001:0:4136:e378::1",
                           "2001:db8::1",
                           "3fff:1::1",
                           "100::1"}) {
    EXPECT_FALSE(is_public(text)) << text;
  }
}

TEST(Address, OfAnotherFamilyIsNot) {
  sockaddr address{};
  address.sa_family = AF_UNIX;

  EXPECT_FALSE(sink::is_public(address));
}

TEST(Body, IsTheEventsAsEveryReaderGetsThem) {
  const std::vector events{an_event(1), an_event(2)};

  const auto body = boost::json::parse(sink::detail::events_body(events));

  ASSERT_EQ(body.at("events").as_array().size(), 2u);
  EXPECT_EQ(body.at("events").at(1), boost::json::parse(model::to_json(events[1])));
}

TEST(Body, FlatIsThePredecessors) {
  const auto body = boost::json::parse(sink::detail::flat_body(an_event()));

  EXPECT_EQ(body.at("channelId").as_string(), "-1001");
  EXPECT_EQ(body.at("messageId").as_int64(), 7);
  EXPECT_EQ(body.at("text").as_string(), "EUR/USD \"long\"");
  EXPECT_EQ(body.at("timestamp").as_string(), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(body.at("channelTitle").as_string(), "Desk");
  EXPECT_EQ(body.at("sender").as_string(), "Ana");
  EXPECT_EQ(body.at("mediaType").as_string(), "photo");
  EXPECT_TRUE(body.at("hasMedia").as_bool());
  EXPECT_EQ(body.at("caption").as_string(), "EUR/USD \"long\"");
  EXPECT_EQ(body.at("replyTo").at("messageId").as_int64(), 6);
  EXPECT_EQ(body.at("id").as_string(), "-1001:7");
}

TEST(Body, FlatOfADeletionThatNobodySawHasItsIds) {
  auto event = an_event();
  event.kind = model::Kind::deleted;
  event.message.clear();

  const auto body = boost::json::parse(sink::detail::flat_body(event));

  EXPECT_EQ(body.at("kind").as_string(), "deleted");
  EXPECT_EQ(body.at("text").as_string(), "");
  EXPECT_EQ(body.at("timestamp").as_string(), "2023-11-14T22:13:21.000Z");
}

TEST(Wants, NewsOfItsChannelsAndKinds) {
  auto webhook = a_webhook("http://127.0.0.1:1");
  webhook.channels = {"-1001"};
  webhook.kinds = {"new", "deleted"};
  const auto sink = a_sink(webhook);
  auto edited = an_event(), counted = an_event(), old = an_event(), replaced = an_event();
  edited.kind = model::Kind::edited;
  counted.kind = model::Kind::counters;
  old.origin = model::Origin::backfill;
  replaced.superseded = true;

  EXPECT_TRUE(sink.wants(an_event()));
  EXPECT_FALSE(sink.wants(an_event(7, -1002)));
  for (const auto& event : {edited, counted, old, replaced}) EXPECT_FALSE(sink.wants(event));
  EXPECT_EQ(sink.name(), "webhook:desk");
}

TEST(Wants, CatchUpWhileItIsYoung) {
  const auto sink = a_sink(a_webhook("http://127.0.0.1:1"));
  auto young = an_event();
  young.origin = model::Origin::catchup;
  auto old = young;
  old.observed_at = model::Time::seconds(1'700'000'601);

  EXPECT_TRUE(sink.wants(young));
  EXPECT_FALSE(sink.wants(old));
}

TEST(Wants, FlatHasNoEditsUnlessTheyAreNamed) {
  auto webhook = a_webhook("http://127.0.0.1:1");
  webhook.format = "flat";
  auto edited = an_event();
  edited.kind = model::Kind::edited;

  EXPECT_TRUE(a_sink(webhook).wants(an_event()));
  EXPECT_FALSE(a_sink(webhook).wants(edited));
  webhook.kinds = {"edited"};
  EXPECT_TRUE(a_sink(webhook).wants(edited));
}

TEST(Delivery, PauseGrowsWhileNobodyListens) {
  Silence nobody;
  nobody.close();
  auto sink = a_sink(a_webhook(nobody.url()));
  const std::vector events{an_event()};

  for (const auto seconds : {5, 10, 20, 20}) {
    const auto delivery = sink.deliver(events, {});
    EXPECT_EQ(delivery.done, 0u);
    EXPECT_EQ(delivery.pause, std::chrono::seconds(seconds));
    ASSERT_TRUE(delivery.trouble);
    EXPECT_EQ(delivery.trouble->to_string().find("hidden"), std::string::npos) << "a url may hold a secret";
  }
}

TEST(Delivery, PrivateAddressIsNotReached) {
  const Silence listens;
  auto webhook = a_webhook(listens.url());
  webhook.allow_private = false;
  const std::vector events{an_event()};

  for (const auto* host : {"127.0.0.1", "localhost"}) {
    webhook.url = fmt::format("http://{}{}", host, listens.url().substr(listens.url().rfind(':')));
    const auto delivery = a_sink(webhook).deliver(events, {});
    ASSERT_TRUE(delivery.trouble);
    EXPECT_NE(delivery.trouble->to_string().find("allow_private"), std::string::npos) << delivery.trouble->to_string();
  }
}

TEST(Delivery, EndsInTimeWhereNobodyAnswers) {
  const Silence silence;
  sink::WebhookSink::Options options;
  options.timeout = milliseconds(200);
  auto sink = a_sink(a_webhook(silence.url()), options);
  const std::vector events{an_event()};

  const auto delivery = sink.deliver(events, {});

  ASSERT_TRUE(delivery.trouble);
  EXPECT_EQ(delivery.trouble->code, Code::unavailable);
}

TEST(Delivery, StopsAtOnceWhereNobodyAnswers) {
  const Silence silence;
  auto sink = a_sink(a_webhook(silence.url()));
  const std::vector events{an_event()};
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(50));  // so that the request is under way; either way it must end
    stop.request_stop();
  });

  const auto began = std::chrono::steady_clock::now();
  const auto delivery = sink.deliver(events, stop.get_token());

  EXPECT_TRUE(delivery.trouble);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace tg::test
