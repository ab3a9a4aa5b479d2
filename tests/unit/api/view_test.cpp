#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/cache.h"
#include "api/query.h"
#include "api/routes/page_query.h"
#include "api/view/channel_view.h"
#include "api/view/feed.h"
#include "api/view/message_view.h"
#include "fake_store.h"

namespace tg::api {
namespace {
namespace json = boost::json;

constexpr std::int64_t kPeer = -1001487851422;

TEST(MessageView, CoversSpoilersByUtf16Units) {
  auto message = test::FakeStore::row(kPeer, 5, "😀 the é end").message;
  message.entities = {{model::EntityType::spoiler, 3, 7, ""}, {model::EntityType::bold, 0, 2, ""}};

  EXPECT_EQ(covered(message), "😀 ▒▒▒ ▒ ▒nd");
}

TEST(Feed, EscapesWhatPeopleWrite) {
  EXPECT_EQ(xml_text("<b> & \"x\" 'y'"), "&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;");
  EXPECT_EQ(xml_text(std::string("a\x01\x0b\x1f", 4) + "\tb\xEF\xBF\xBF"), "a\tb");
}

TEST(Feed, HoldsNoMarkupOfAMessage) {
  auto chat = test::FakeStore::chat(kPeer, "A & <B>");
  const std::vector<store::Row> rows = {test::FakeStore::row(kPeer, 5, "<script>alert(1)</script> ]]> &")};
  const Feed feed{chat, rows};

  for (const auto& text : {rss_of(feed), atom_of(feed)}) {
    EXPECT_EQ(text.find("<script>"), std::string::npos);
    EXPECT_EQ(text.find("<B>"), std::string::npos);
    EXPECT_NE(text.find("https://t.me/c/1487851422/5"), std::string::npos);
  }
  const auto parsed = json::parse(json_feed_of(feed)).as_object();
  EXPECT_EQ(parsed.at("items").at(0).at("content_text").as_string(), "<script>alert(1)</script> ]]> &");
}

TEST(MessageView, HasTheFieldsThatOldClientsRead) {
  auto row = test::FakeStore::row(kPeer, 46544, "quote \" and \n line");
  row.message.media.type = model::MediaType::photo;
  row.message.reply = model::Reply{model::MessageId{3}, {}, "earlier", "Ana"};

  const auto object = json::parse(message_json(row)).as_object();

  EXPECT_EQ(object.at("id").as_string(), "-1001487851422:46544");
  EXPECT_EQ(object.at("messageId").as_int64(), 46544);
  EXPECT_EQ(object.at("channelId").as_string(), "-1001487851422");
  EXPECT_EQ(object.at("mediaType").as_string(), "photo");
  EXPECT_EQ(object.at("photoUrl").as_string(), "/api/telegram-gateway/photos/-1001487851422/46544");
  EXPECT_EQ(object.at("metadata").at("replyTo").at("messageId").as_int64(), 3);
  EXPECT_EQ(object.at("text").as_string(), "quote \" and \n line");
  EXPECT_FALSE(object.contains("deletedAt"));
  EXPECT_FALSE(object.contains("restoredAt"));
}

TEST(MessageView, EachVersionHasTheLinkPreviewThatItHad) {
  auto message = test::FakeStore::row(kPeer, 46544, "look").message;
  message.link_preview = model::LinkPreview{};
  message.link_preview->url = "https://a.example/";
  message.link_preview->title = "Gold";
  store::Version version;
  version.event.key = message.key;
  version.event.message = model::to_json(message);

  std::string text;
  JsonWriter writer(text);
  write_version(writer, version);

  EXPECT_EQ(json::parse(text).at("linkPreview").at("title").as_string(), "Gold");
}

TEST(MessageView, SaysWhenAMessageCameBack) {
  auto row = test::FakeStore::row(kPeer, 46544, "back");
  row.restored_at = model::Time::seconds(1'700'000'000);

  const auto object = json::parse(message_json(row)).as_object();

  EXPECT_EQ(object.at("restoredAt").as_string(), model::to_rfc3339(row.restored_at));
}

TEST(MessageView, CutsTextBetweenCharacters) {
  EXPECT_EQ(shortened("aé漢😀z", 3), "aé漢");
  EXPECT_EQ(shortened("ab", 3), "ab");
}

TEST(PageQuery, ReadsEverySpellingThatCallersUse) {
  const auto query =
      page_query(Query("channelId=-1001,-1002&channel_id=-1003&sort=date&order=asc&limit=99999&startDate=2025-01-01&"
                       "endDate=2025-01-02&status=received&status=deleted&page=2&topicId=77"));

  ASSERT_TRUE(query);
  EXPECT_EQ(query->page.channels.size(), 3u);
  EXPECT_FALSE(query->page.newest_first);
  EXPECT_EQ(query->page.limit, 10'000u);
  EXPECT_EQ(query->page.offset, 10'000);
  EXPECT_TRUE(query->page.include_deleted);
  EXPECT_EQ(query->page.topic, model::MessageId{77});
  EXPECT_EQ(query->page.to->us, model::parse_time("2025-01-03")->us - 1) << "a bare date ends with its day";
}

TEST(PageQuery, RefusesWhatItCannotRead) {
  for (const auto* text : {"limit=invalid", "limit=0", "from=yesterday", "sort=sideways", "status=lost",
                           "hasMedia=maybe", "topicId=0", "topicId=news", "around=x", "offset=200000", "page=0",
                           "from=2025-01-02&to=2025-01-01", "receivedFrom=2025-01-02&receivedTo=2025-01-01"}) {
    EXPECT_FALSE(page_query(Query(text))) << text;
  }
  EXPECT_TRUE(page_query(Query("whatever=1&limit=")));
  EXPECT_TRUE(page_query(Query("from=2025-01-01&to=2025-01-01")));
}

TEST(Coverage, EveryIdHasOneState) {
  journal::ChatCoverage coverage;
  coverage.start = model::MessageId{1};
  coverage.newest = model::MessageId{100};
  coverage.proven = journal::RangeSet({{21, 40}, {51, 80}});
  coverage.lost = journal::RangeSet({{41, 45}});
  coverage.open_holes = {{{46, 50}, model::Time::seconds(1), {}, "connection lost"}};
  const auto at = model::Time::seconds(9);
  const std::vector<journal::ProvenRange> proofs = {{{35, 40}, 1, 7, at}, {{21, 40}, 1, 8, at}, {{51, 80}, 0, 8, at}};

  const auto ranges = state_ranges(coverage, proofs);

  std::string states;
  std::int64_t next = 1;
  for (const auto& range : ranges) {
    EXPECT_EQ(range.range.first, next);
    next = range.range.last + 1;
    states += std::string(range.state) + " ";
  }
  EXPECT_EQ(next, 101);
  EXPECT_EQ(states, "unknown proven lost hole proven hole ");
}

TEST(Coverage, AnAcceptedLossIsSaidAndMakesNothingIncomplete) {
  journal::ChatCoverage coverage;
  coverage.start = model::MessageId{1};
  coverage.newest = model::MessageId{10};
  coverage.proven_at = model::Time::seconds(9);
  coverage.missing = 2;
  store::Chat chat;
  const RowFacts facts{.chat = chat, .coverage = &coverage, .capturing = true, .stale_before = model::Time::seconds(8)};
  EXPECT_EQ(state_json(facts).at("code").as_string(), "hole");

  coverage.missing = 0;
  coverage.accepted_lost = 2;

  EXPECT_EQ(state_json(facts).at("code").as_string(), "complete");
  EXPECT_EQ(coverage_json(coverage, 0).at("acceptedLost").as_int64(), 2);
}

TEST(Cache, ForgetsTheLeastRecentlyUsed) {
  Cache cache(40'000);
  const auto answer = [](std::size_t size) {
    auto made = std::make_shared<Encoded>();
    made->body = Bytes(std::string(size, 'x'));
    return made;
  };
  for (int i = 0; i < 9; ++i) cache.put("/" + std::to_string(i), answer(4'000));
  (void)cache.find("/1");
  cache.put("/9", answer(4'000));

  EXPECT_TRUE(cache.find("/1"));
  EXPECT_FALSE(cache.find("/0"));
  EXPECT_LE(cache.bytes(), 40'000u);
  cache.put("/huge", answer(39'000));
  EXPECT_FALSE(cache.find("/huge"));
}

TEST(Cache, AnEtagIsMatchedHoweverItIsWritten) {
  const auto tag = etag_of("bytes");

  EXPECT_TRUE(matches(tag, tag));
  EXPECT_TRUE(matches("\"other\", W/" + tag, tag));
  EXPECT_TRUE(matches("*", tag));
  EXPECT_FALSE(matches("\"other\"", tag));
  EXPECT_NE(tag, etag_of("bytez"));
}

TEST(ChannelRow, IsSilentWhereItIsCompleteAndSaysLagAndSilence) {
  const auto chat = test::FakeStore::chat(kPeer, "Mesa");
  journal::ChatCoverage coverage;
  coverage.start = model::MessageId{1};
  coverage.newest = model::MessageId{3};
  coverage.proven = journal::RangeSet({{1, 3}});
  coverage.accounted = coverage.expected = 3;
  coverage.proven_at = model::Time::seconds(1'700'000'000);
  const observe::Late lag{95, model::Time::seconds(1'700'000'001)};
  const journal::Silence silence{chat.peer, model::Time::seconds(1'699'900'000), std::chrono::hours(9),
                                 model::Time::seconds(1'700'000'000)};
  RowFacts facts{chat, &coverage, nullptr, true, {}, &lag, std::chrono::seconds(60), &silence};

  const auto row = channel_row_json(facts, 10);

  EXPECT_EQ(json::serialize(row.at("state")), R"({"code":"silent","since":"2023-11-13T18:26:40.000Z"})");
  EXPECT_EQ(json::serialize(row.at("lag")), R"({"seconds":95,"at":"2023-11-14T22:13:21.000Z","late":true})");
  EXPECT_EQ(json::serialize(row.at("silence")),
            R"({"since":"2023-11-13T18:26:40.000Z","usualSeconds":32400,"provenAt":"2023-11-14T22:13:20.000Z"})");
  facts.lag_alarm = std::chrono::seconds(95);
  EXPECT_FALSE(channel_row_json(facts, 10).at("lag").at("late").as_bool());
  coverage.missing = 1;
  EXPECT_EQ(channel_row_json(facts, 10).at("state").at("code").as_string(), "hole");
}

}  // namespace
}  // namespace tg::api
