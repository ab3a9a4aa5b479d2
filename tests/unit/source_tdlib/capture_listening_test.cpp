#include "source/tdlib/capture.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace tg::tdlib {
namespace {

constexpr model::ChatId kNews{-1'000'000'001'234};

// What a capture pushes of the channel 1234.
class Pushed {
 public:
  Pushed() { take(R"({"@type":"updateOption","name":"my_id","value":{"@type":"optionValueInteger","value":"77"}})"); }

  void take(const std::string& update) { capture.take(boost::json::parse(update).as_object()); }
  bool heard(std::int64_t date) {
    take(fmt::format(R"({{"@type":"updateNewMessage","message":{{"id":{},"chat_id":{},"date":{},)"
                     R"("content":{{"@type":"messageText","text":{{"text":"x"}}}}}}}})",
                     ++last_ << 20, kNews.value, date));
    return std::get<pipeline::Seen>(seen.back()).listened;
  }
  void status(const std::string& word) {
    take(R"({"@type":"updateSupergroup","supergroup":{"id":1234,"status":{"@type":"chatMemberStatus)" + word + "\"}}}");
  }

  std::vector<pipeline::Observation> seen;
  Capture capture{{[this](pipeline::Observation one) {
                     if (std::holds_alternative<pipeline::Seen>(one)) seen.push_back(std::move(one));
                   },
                   [](model::ChatId) { return true; }, [](model::ChatId, std::string_view) {},
                   [](boost::json::object, std::function<void(const boost::json::object*)>) {}, [](model::ChatId) {}}};

 private:
  std::int64_t last_ = 0;
};

TEST(Capture, WhatWasPostedBeforeItListenedIsNoLag) {
  Pushed news;
  const auto now = model::Time::now().to_seconds();
  EXPECT_FALSE(news.heard(now + 2)) << "it has not begun";

  news.capture.listen(kNews);

  EXPECT_FALSE(news.heard(now - 1));
  EXPECT_TRUE(news.heard(now + 2));
}

TEST(Capture, WhatWasPostedWhileTheConnectionWasAwayIsNoLag) {
  Pushed news;
  const auto now = model::Time::now().to_seconds();
  news.capture.listen(kNews);
  news.capture.deafen();
  EXPECT_FALSE(news.heard(now + 2));

  news.capture.listen(kNews);

  EXPECT_FALSE(news.heard(now - 1));
  EXPECT_TRUE(news.heard(now + 2));
}

TEST(Capture, WhatWasPostedWhileItWasNotWantedIsNoLag) {
  Pushed news;
  const auto now = model::Time::now().to_seconds();
  news.capture.listen(kNews);
  news.capture.listen_only_to({});
  EXPECT_FALSE(news.heard(now + 2));

  news.capture.listen(kNews);

  EXPECT_FALSE(news.heard(now - 1));
  EXPECT_TRUE(news.heard(now + 2));
}

TEST(Capture, WhatWasPostedWhileTheAccountCouldNotSeeItIsNoLag) {
  Pushed news;
  news.status("Member");
  news.capture.listen(kNews);
  const auto since = model::Time::now();
  news.status("Banned");
  news.status("Member");

  EXPECT_FALSE(news.capture.listened(kNews, since));
  EXPECT_TRUE(news.capture.listened(kNews, model::Time::now()));
}

}  // namespace
}  // namespace tg::tdlib
