#include "export/export.h"

#include <gtest/gtest.h>

#include "export/detail/csv.h"
#include "export/detail/html_text.h"
#include "fake_store.h"
#include "support/temp_folder.h"

namespace tg::exporting {
namespace {

constexpr std::int64_t kHarbour = -1'009'000'000'501;
constexpr std::int64_t kDesk = -1'009'000'000'601;

class Export : public ::testing::Test {
 protected:
  Export() {
    journal::Limits limits;
    limits.disk_reserve_bytes = 0;
    journal_ = std::move(*journal::Journal::open(folder_ / "data", journal::Access::write, limits));
    store_.add_chat(kHarbour, "Quiet Harbour");
    store_.add_chat(kDesk, "Night Desk");
  }
  Options options(Format format, std::string_view name) {
    Options o;
    o.format = format;
    o.path = folder_ / name;
    return o;
  }
  // An event as the pipeline would write it.
  void add_event(std::int64_t peer, std::int64_t id, model::Kind kind, std::string_view body, std::int64_t date_us) {
    auto& db = journal_->writer();
    auto done = db.execute(fmt::format(
        "INSERT INTO events (peer, message, scope, kind, edit_date, n, origin, source, account, observed_at, "
        "recorded_at, hash, "
        "flags, body) VALUES ({}, {}, 0, {}, 0, 0, 1, 1, 5, 1709287201000001, 1709287201000002, 9, 64, '{}');"
        "INSERT OR REPLACE INTO heads (peer, message, scope, date, seq, arrival, edit_date, observed_at, hash, n, "
        "versions, "
        "flags, source, origin, deleted_at, fetched_at, counters_at, last) VALUES ({}, {}, 0, {}, 1, 1, 0, 0, 9, 0, 1, "
        "0, 1, 1, "
        "0, 0, 0, 1)",
        peer, id, static_cast<int>(kind), body, peer, id, date_us));
    ASSERT_TRUE(done) << done.error().to_string();
    // What a reader sees is what the newest head says.
    auto newest = journal_->read_after({}, 1'000);
    journal_->announce(*newest);
  }
  std::vector<std::string> lines(std::string_view name) {
    std::vector<std::string> all;
    std::istringstream in(test::read_whole(folder_ / name));
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }

  test::TempFolder folder_;
  std::unique_ptr<journal::Journal> journal_;
  test::FakeStore store_;
};

TEST_F(Export, CsvQuotesAndGuardsAsDocumented) {
  store_.add(kHarbour, 1, 1'709'287'200, "=cmd|' /C calc'!A0");
  store_.add(kHarbour, 2, 1'709'287'201, "two\nlines, \"quoted\"");
  store_.add(kHarbour, 3, 1'709'287'202, "plain");

  auto written = write_export(store_, *journal_, options(Format::csv, "out.csv"));

  ASSERT_TRUE(written) << written.error().to_string();
  EXPECT_EQ(written->messages, 3u);
  const auto text = test::read_whole(folder_ / "out.csv");
  EXPECT_TRUE(text.starts_with("id,channelId,channelTitle,messageId,date,"));
  EXPECT_NE(text.find("\r\n-1009000000501:1,-1009000000501,Quiet Harbour,1,2024-03-01T10:00:00.000Z,,Ilse,,\"'=cmd|' "
                      "/C calc'!A0\","),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(",\"two\nlines, \"\"quoted\"\"\","), std::string::npos);
  EXPECT_NE(text.find(",Ilse,,plain,"), std::string::npos);
}

TEST_F(Export, CsvGuardCanBeLeftOff) {
  using detail::csv_cell;
  EXPECT_EQ(csv_cell("=1+1", false), "=1+1");
  for (const auto* dangerous : {"=1", "+1", "-1", "@x", "\tx"}) {
    EXPECT_EQ(csv_cell(dangerous, true), std::string("\"'") + dangerous + "\"");
  }
  EXPECT_EQ(csv_cell("a=b", true), "a=b");
}

TEST_F(Export, JsonIsAnArrayOfWholeMessages) {
  auto& row = store_.add(kHarbour, 1, 1'709'287'200, "with \"quotes\" and 🚢");
  row.message.reply = model::Reply{model::MessageId{9}, {}, "quoted", "Rita"};
  row.message.counters.views = 12;
  row.deleted_at = model::Time::seconds(1'709'290'000);
  store_.add(kDesk, 2, 1'709'287'201, "b");
  store_.add(kDesk, 3, 1'709'287'202, "c");

  ASSERT_TRUE(write_export(store_, *journal_, options(Format::json, "out.json")));

  const auto all = boost::json::parse(test::read_whole(folder_ / "out.json")).as_array();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].at("id").as_string(), "-1009000000501:1");
  EXPECT_EQ(all[0].at("channelId").as_string(), "-1009000000501");
  EXPECT_EQ(all[0].at("text").as_string(), "with \"quotes\" and 🚢");
  EXPECT_EQ(all[0].at("reply").at("messageId").as_int64(), 9);
  EXPECT_EQ(all[0].at("counters").at("views").as_int64(), 12);
  EXPECT_EQ(all[0].at("deletedAt").as_string(), "2024-03-01T10:46:40.000Z");
}

TEST_F(Export, FiltersByChannelAndDate) {
  store_.add(kHarbour, 1, 1'709'287'200, "a");
  store_.add(kDesk, 2, 1'709'287'201, "b");
  store_.add(kDesk, 3, 1'709'287'300, "c");
  auto only = options(Format::json, "out.json");
  only.channels = {model::ChatId{kDesk}};
  only.to = model::Time::seconds(1'709'287'250);

  ASSERT_TRUE(write_export(store_, *journal_, only));
  only.channels = {model::ChatId{-5}};
  only.force = true;
  auto unknown = write_export(store_, *journal_, only);

  const auto all = boost::json::parse(test::read_whole(folder_ / "out.json")).as_array();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].at("text").as_string(), "b");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::not_found);
}

TEST_F(Export, LeavesOutNothingWhoseClockWasAhead) {
  const auto tomorrow = model::Time::now().to_seconds() + 86'400;
  store_.add(kHarbour, 1, tomorrow, "from tomorrow");
  store_.chat_list[0].last_date = model::Time::seconds(tomorrow);

  const auto written = write_export(store_, *journal_, options(Format::csv, "a.csv"));

  ASSERT_TRUE(written);
  EXPECT_EQ(written->messages, 1u);
}

TEST_F(Export, NeverReplacesWithoutForceAndLeavesNothingHalf) {
  const auto file = folder_.write("out.json", "mine");

  auto refused = write_export(store_, *journal_, options(Format::json, "out.json"));
  auto nowhere = write_export(store_, *journal_, options(Format::json, "no/such/folder/out.json"));
  auto forced = options(Format::json, "out.json");
  forced.force = true;
  auto replaced = write_export(store_, *journal_, forced);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_NE(refused.error().fix.find("--force"), std::string::npos);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Code::not_found);
  EXPECT_TRUE(replaced);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) files += entry.is_regular_file();
  EXPECT_EQ(files, 1u) << "no temporary file stays behind";
}

TEST_F(Export, NdjsonHasTheEventsAndWhatTheirImportNeeds) {
  add_event(kHarbour, 1, model::Kind::created,
            R"({"peer":-1009000000501,"id":1,"date_us":1709287200000000,"text":"a"})", 1'709'287'200'000'000);
  add_event(kDesk, 2, model::Kind::created, R"({"peer":-1009000000601,"id":2,"date_us":1709290800000000,"text":"b"})",
            1'709'290'800'000'000);
  auto only = options(Format::ndjson, "one.ndjson");
  only.channels = {model::ChatId{kDesk}};
  auto early = options(Format::ndjson, "early.ndjson");
  early.to = model::Time::seconds(1'709'287'300);

  auto written = write_export(store_, *journal_, options(Format::ndjson, "out.ndjson"));
  ASSERT_TRUE(write_export(store_, *journal_, only));
  ASSERT_TRUE(write_export(store_, *journal_, early));

  ASSERT_TRUE(written) << written.error().to_string();
  const auto all = lines("out.ndjson");
  ASSERT_EQ(all.size(), 6u);  // header, two chats, two events, end
  EXPECT_TRUE(all[0].starts_with(R"({"v":1,"type":"export")"));
  const auto event = boost::json::parse(all[3]).as_object();
  EXPECT_EQ(event.at("type").as_string(), "event");
  EXPECT_EQ(event.at("kind").as_string(), "new");
  EXPECT_EQ(event.at("observed_us").as_int64(), 1'709'287'201'000'001);
  EXPECT_TRUE(event.at("hidden_edit").as_bool());
  EXPECT_EQ(event.at("message").at("text").as_string(), "a");
  EXPECT_EQ(boost::json::parse(all[5]).at("events").as_int64(), 2);
  EXPECT_EQ(lines("one.ndjson").size(), 4u);
  EXPECT_EQ(lines("early.ndjson").size(), 5u);
}

TEST_F(Export, HtmlSiteTakesNothingFromAMessageAsMarkup) {
  auto& row = store_.add(kHarbour, 1, 1'709'287'200, "<script>alert(1)</script> \"&' javascript:x");
  row.message.sender = "<b>Eve</b>";
  row.message.media.type = model::MediaType::photo;
  row.message.media.miniature = "x\" onerror=\"alert(1)";
  row.message.link_preview = model::LinkPreview{"javascript:alert(1)", "<i>t</i>", "", "", "", "", ""};
  row.message.entities = {{model::EntityType::text_link, 0, 8, "javascript:alert(2)"}};
  store_.chat_list[0].title = "<img src=x>";

  ASSERT_TRUE(write_export(store_, *journal_, options(Format::html, "site")));

  const auto page = test::read_whole(folder_ / "site/c1009000000501/2024-03.html");
  for (const auto* bad : {"<script>alert", "<b>Eve", "onerror=", "href=\"javascript", "<i>t</i>", "<img src=x>"}) {
    EXPECT_EQ(page.find(bad), std::string::npos) << bad;
  }
  EXPECT_NE(page.find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos);
  EXPECT_EQ(test::read_whole(folder_ / "site/index.html").find("<img src=x>"), std::string::npos);
}

TEST_F(Export, HtmlSiteHasOnePageAMonthAndASearchIndex) {
  store_.add(kHarbour, 1, 1'709'287'200, "March");
  auto& reply = store_.add(kHarbour, 2, 1'709'287'300, "answer");
  reply.message.reply = model::Reply{model::MessageId{1}, {}, "March", "Ilse"};
  store_.add(kHarbour, 3, 1'711'965'600, "April\u2028 </script>");

  auto written = write_export(store_, *journal_, options(Format::html, "site/"));
  auto again = write_export(store_, *journal_, options(Format::html, "site"));

  ASSERT_TRUE(written) << written.error().to_string();
  EXPECT_EQ(written->messages, 3u);
  const auto march = test::read_whole(folder_ / "site/c1009000000501/2024-03.html");
  EXPECT_NE(march.find("href=\"#m1\""), std::string::npos) << "a reply leads to its message";
  EXPECT_NE(march.find("href=\"2024-04.html\">Later"), std::string::npos);
  const auto april = test::read_whole(folder_ / "site/c1009000000501/2024-04.html");
  EXPECT_NE(april.find("href=\"2024-03.html\">Earlier"), std::string::npos);
  EXPECT_TRUE(
      test::read_whole(folder_ / "site/search/0.js").starts_with("add(0, [\n[1,1709287200,\"Ilse\",\"March\"],\n[2,"));
  EXPECT_EQ(test::read_whole(folder_ / "site/pages.js"),
            "'use strict';\nsite.pages = [\n[\"c1009000000501/2024-03.html\",\"Quiet Harbour · 2024-03\"],"
            "\n[\"c1009000000501/2024-04.html\",\"Quiet Harbour · 2024-04\"]\n];\n");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "site")) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(test::read_whole(entry.path()).find("src=\"http"), std::string::npos) << entry.path();
  }
  EXPECT_FALSE(again);
}

TEST_F(Export, HtmlSiteReplacesOnlyWhatIsItsOwn) {
  store_.add(kHarbour, 1, 1'709'287'200, "a");
  folder_.write("photos/precious.jpg", "mine");
  auto foreign = options(Format::html, "photos");
  foreign.force = true;
  auto own = options(Format::html, "site");
  own.force = true;

  auto refused = write_export(store_, *journal_, foreign);
  ASSERT_TRUE(write_export(store_, *journal_, own));
  auto replaced = write_export(store_, *journal_, own);

  EXPECT_FALSE(refused);
  EXPECT_EQ(test::read_whole(folder_ / "photos/precious.jpg"), "mine");
  EXPECT_TRUE(replaced);
}

TEST(HtmlText, NestsOverlappingEntitiesAndCountsInUtf16) {
  using model::EntityType;
  const std::string text = "🔥 bold & link";
  const std::vector<model::Entity> entities = {{EntityType::bold, 3, 6, ""}, {EntityType::italic, 5, 9, ""}};

  EXPECT_EQ(detail::formatted_html(text, entities), "🔥 <b>bo</b><i><b>ld &amp;</b></i><i> link</i>");
  EXPECT_EQ(detail::formatted_html("https://a.example/?a=1&b", {{EntityType::url, 0, 24, ""}}),
            "<a href=\"https://a.example/?a=1&amp;b\" rel=\"noopener noreferrer nofollow\" "
            "target=\"_blank\">https://a.example/?a=1&amp;b</a>");
}

}  // namespace
}  // namespace tg::exporting
