#include "source/tdlib/capture.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <deque>

namespace tg::tdlib {
namespace {

namespace json = boost::json;

constexpr model::ChatId kChat{-1001000000001};
constexpr std::int64_t kMessage = 7 << 20;  // TDLib's number of message 7

class Captured {
 public:
  Captured() {
    take(R"({"@type": "updateOption", "name": "my_id", "value": {"@type": "optionValueInteger", "value": 42}})");
  }

  void take(std::string_view update) { capture.take(json::parse(update).as_object()); }

  // The oldest question that waits gets this answer; nullptr: it is refused.
  void answer(const json::object* found) {
    ASSERT_FALSE(questions.empty());
    const auto then = std::move(questions.front());
    questions.pop_front();
    then(found);
  }

  std::vector<pipeline::Seen> seen() const {
    std::vector<pipeline::Seen> all;
    for (const auto& one : pushed) {
      if (const auto* found = std::get_if<pipeline::Seen>(&one)) all.push_back(*found);
    }
    return all;
  }

  std::vector<pipeline::Observation> pushed;
  std::vector<std::string> missing;
  std::vector<model::ChatId> doubtful;
  std::deque<std::function<void(const json::object*)>> questions;
  Capture capture{{[this](pipeline::Observation one) { pushed.push_back(std::move(one)); },
                   [](model::ChatId chat) { return chat == kChat; },
                   [this](model::ChatId, std::string_view why) { missing.emplace_back(why); },
                   [this](const json::object&, std::function<void(const json::object*)> then) {
                     questions.push_back(std::move(then));
                   },
                   [this](model::ChatId chat) { doubtful.push_back(chat); }}};
};

json::object message(std::string_view text) {
  return {{"@type", "message"},
          {"id", kMessage},
          {"chat_id", kChat.value},
          {"date", 1'700'000'000},
          {"edit_date", 0},
          {"content", {{"@type", "messageText"}, {"text", {{"@type", "formattedText"}, {"text", text}}}}}};
}

std::string content_update(std::string_view text) {
  return json::serialize(json::object{{"@type", "updateMessageContent"},
                                      {"chat_id", kChat.value},
                                      {"message_id", kMessage},
                                      {"new_content", message(text).at("content")}});
}

std::string edited_update(std::int64_t date) {
  return json::serialize(json::object{
      {"@type", "updateMessageEdited"}, {"chat_id", kChat.value}, {"message_id", kMessage}, {"edit_date", date}});
}

TEST(Capture, AnEditIsItsContentAndItsDate) {
  Captured told;
  told.take(content_update("second"));
  told.take(edited_update(1'700'000'100));
  told.take(content_update("third"));
  told.take(edited_update(1'700'000'101));
  const auto held = message("third");  // what TDLib holds by the time that it is asked
  while (!told.questions.empty()) told.answer(&held);

  const auto seen = told.seen();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].message.text, "second");
  EXPECT_EQ(seen[0].message.edit_date.us, 1'700'000'100'000'000);
  EXPECT_EQ(seen[1].message.text, "third");
  EXPECT_TRUE(told.missing.empty());
}

TEST(Capture, AnEditThatCannotBeReadIsLookedForAtTheServer) {
  Captured told;
  told.take(content_update("second"));
  told.take(edited_update(1'700'000'100));
  while (!told.questions.empty()) told.answer(nullptr);

  EXPECT_TRUE(told.seen().empty());
  EXPECT_EQ(told.doubtful, std::vector<model::ChatId>{kChat});
  EXPECT_TRUE(told.missing.empty()) << "others do not wait for it";
}

TEST(Capture, AContentWithoutADateIsAnEditOfNow) {
  Captured told;
  told.take(content_update("second"));
  const auto held = message("first");
  told.answer(&held);

  const auto seen = told.seen();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].message.text, "second");
  EXPECT_TRUE(seen[0].hidden_edit);
}

TEST(Capture, TellsWhatATopicIsCalled) {
  Captured told;
  const auto take = [&](model::ChatId chat, std::string_view rest) {
    told.take(fmt::format(R"({{"@type":"updateForumTopicInfo","info":{{"chat_id":{},{}}}}})", chat.value, rest));
  };

  take(kChat, R"("forum_topic_id":17,"name":"Tides")");
  take(model::ChatId{kChat.value - 1}, R"("forum_topic_id":17,"name":"not wanted")");
  take(kChat, R"("forum_topic_id":0,"name":"no topic")");
  take(kChat, R"("forum_topic_id":18,"name":7)");

  ASSERT_EQ(told.pushed.size(), 1U);
  const auto& topic = std::get<pipeline::TopicSeen>(told.pushed.front());
  EXPECT_EQ(topic.peer, kChat);
  EXPECT_EQ(topic.topic, model::MessageId{17});
  EXPECT_EQ(topic.title, "Tides");
}

}  // namespace
}  // namespace tg::tdlib
