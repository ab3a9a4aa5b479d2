#include "gateway.h"

namespace tg::test {
namespace {

constexpr std::string_view kBegin = R"({"v":1,"type":"export","program":"telegram-gateway"})"
                                    "\n";
constexpr std::string_view kEnd = R"({"v":1,"type":"end"})"
                                  "\n";

std::string event(std::string_view kind, std::int64_t id, std::int64_t observed_s, std::string_view message,
                  std::string_view more = "") {
  return fmt::format(R"({{"v":1,"type":"event","observed_us":{}000000,{}"seq":1,"key":"k","kind":"{}","origin":"live",)"
                     R"("source":"tdlib","account":5,"scope":0,"peer":{},"id":{}{}}})"
                     "\n",
                     observed_s, more, kind, kHarbour, id, message);
}

std::string text(std::int64_t id, std::string_view text, std::int64_t edit_date = 0) {
  return fmt::format(R"(,"message":{{"peer":{},"id":{},"date_us":1709287200000000,{}"text":"{}"}})", kHarbour, id,
                     edit_date ? fmt::format(R"("edit_date":{},)", edit_date) : "", text);
}

std::string whole(std::string_view lines) { return std::string(kBegin) + std::string(lines) + std::string(kEnd); }

TEST(ImportNdjson, BringsBackVersionsTombstonesAndCounters) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file = folder.write(
      "export.ndjson",
      whole(
          R"({"v":1,"type":"chat","peer":-1009000000501,"scope":0,"title":"Quiet Harbour","username":"qh","kind":"channel","updated_us":1})"
          "\n" +
          event("new", 1, 1'709'287'201, text(1, "first")) +
          event("edited", 1, 1'709'287'300, text(1, "second", 1'709'287'299)) +
          event("edited", 1, 1'709'287'400, text(1, "third, hidden", 0), R"("hidden_edit":true,)") +
          event("new", 2, 1'709'287'202, text(2, "gone")) + event("deleted", 2, 1'709'287'500, "") +
          event("counters", 1, 1'709'287'600, R"(,"message":{"counters":{"views":77}})")));

  auto report = gateway.import(file);

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->failure) << report->failure->to_string();
  EXPECT_EQ(report->refused, 0u);
  EXPECT_EQ(report->messages, 2u);
  EXPECT_EQ(gateway.number("SELECT versions FROM heads WHERE message = 1"), 3);
  EXPECT_EQ(gateway.message(kHarbour, 1)->text, "third, hidden");
  EXPECT_EQ(gateway.number("SELECT deleted_at FROM heads WHERE message = 2"), 1'709'287'500'000'000);
  EXPECT_EQ(gateway.number("SELECT count(*) FROM heads WHERE message = 1 AND counters LIKE '%77%'"), 1);
  EXPECT_EQ(gateway.number("SELECT count(*) FROM events WHERE origin <> 4"), 0) << "history is not news";
  EXPECT_EQ(gateway.number("SELECT count(*) FROM chats WHERE username = 'qh'"), 1);
}

TEST(ImportNdjson, BringsBackWhatAPersonSetAndKeepsWhatIsSetHere) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto chat = [&](std::string_view settings) {
    return folder.write("export.ndjson",
                        whole(fmt::format(R"({{"v":1,"type":"chat","peer":{},"scope":0,"title":"Quiet Harbour",)"
                                          R"("username":"","kind":"channel",{},"updated_us":1}})"
                                          "\n",
                                          kHarbour, settings)));
  };

  ASSERT_TRUE(gateway.import(chat(R"("label":"tides","description":"of the pier","active":false)")));
  ASSERT_TRUE(gateway.import(chat(R"("label":"other","description":"","active":true)")));

  EXPECT_EQ(gateway.number("SELECT count(*) FROM chats WHERE label = 'tides' AND description = 'of the pier'"), 1);
  EXPECT_EQ(gateway.number("SELECT active FROM chats"), 0);
}

TEST(ImportNdjson, ChangesNothingTheSecondTime) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file = folder.write("export.ndjson", whole(event("new", 1, 1'709'287'201, text(1, "first")) +
                                                        event("deleted", 1, 1'709'287'500, "")));
  ASSERT_TRUE(gateway.import(file));
  const auto before = gateway.state();

  auto again = gateway.import(file);

  ASSERT_TRUE(again);
  EXPECT_EQ(again->changes.created + again->changes.edited + again->changes.deleted, 0u);
  EXPECT_EQ(gateway.state(), before);
}

TEST(ImportNdjson, AFileThatWasCutOffIsSaidAndKept) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto lines = std::string(kBegin) + event("new", 1, 1'709'287'201, text(1, "first"));

  auto no_end = gateway.import(folder.write("a.ndjson", lines));
  auto half_line = gateway.import(folder.write("b.ndjson", lines + lines.substr(kBegin.size(), 50)));

  EXPECT_TRUE(no_end->failure);
  EXPECT_TRUE(half_line->failure);
  EXPECT_EQ(gateway.message(kHarbour, 1)->text, "first");
}

TEST(ImportNdjson, AnOrderToDeliverAgainIsLeftOutAndCounted) {
  TempFolder folder;
  Gateway gateway(folder / "data");

  auto report = gateway.import(folder.write("a.ndjson", whole(event("new", 1, 1'709'287'201, text(1, "first")) +
                                                              event("reprocess", 1, 1'709'287'300, text(1, "first")) +
                                                              event("counters", 1, 1'709'287'400, ""))));

  ASSERT_TRUE(report);
  EXPECT_EQ(report->left_out, 1u);
  EXPECT_EQ(report->refused, 1u) << "counters without counters";
  EXPECT_EQ(gateway.number("SELECT count(*) FROM events"), 1);
}

TEST(ImportNdjson, KeepsTheSourcesOwnPayload) {
  TempFolder folder;
  Gateway gateway(folder / "data");

  ASSERT_TRUE(gateway.import(folder.write(
      "a.ndjson", whole(event("new", 1, 1'709'287'201, text(1, "place"), R"("raw":"{\"latitude\":53.5}",)")))));

  EXPECT_EQ(gateway.number("SELECT count(*) FROM events WHERE raw IS NOT NULL"), 1);
}

TEST(ImportNdjson, WhatAPersonErasedStaysErased) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file =
      folder.write("a.ndjson", whole(event("new", 1, 1'709'287'201, text(1, "first")) +
                                     event("deleted", 1, 1'709'287'500, "", R"("erased":true,)") +
                                     event("restored", 1, 1'709'287'600, text(1, "first"), R"("from_page":true,)")));

  ASSERT_TRUE(gateway.import(file));
  ASSERT_TRUE(gateway.import(file));

  EXPECT_EQ(gateway.number("SELECT deleted_at FROM heads WHERE message = 1"), 1'709'287'500'000'000);
  EXPECT_EQ(gateway.number("SELECT count(*) FROM events WHERE kind = 3"), 1) << "once, however often it is imported";
}

TEST(ImportNdjson, BringsBackWhatTopicsAreCalled) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file = folder.write(
      "export.ndjson", whole(event("channel", 0, 1'709'287'201, R"(,"message":{"topic":17,"title":"Tides"})") +
                             event("channel", 0, 1'709'287'201, R"(,"message":{"topic":18,"title":"Ebb"})") +
                             event("channel", 0, 1'709'287'201, R"(,"message":{"title":"of no topic"})")));

  const auto report = gateway.import(file);

  ASSERT_TRUE(report);
  EXPECT_EQ(report->refused, 1u);
  EXPECT_EQ(gateway.number("SELECT count(*) FROM topics WHERE (topic, title) IN (VALUES (17, 'Tides'), (18, 'Ebb'))"),
            2);
  EXPECT_EQ(gateway.number("SELECT count(DISTINCT n) FROM events"), 2) << "each has a key of its own";
}

TEST(ImportNdjson, LinesThatCanBeNoMessageAreSetAside) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto no_time =
      R"({"v":1,"type":"event","kind":"deleted","source":"tdlib","scope":0,"peer":-1009000000501,"id":2})"
      "\n";

  auto report = gateway.import(
      folder.write("a.ndjson", whole(event("deleted", 0, 1'709'287'500, "") + event("deleted", -4, 1'709'287'500, "") +
                                     no_time + event("new", 1, 1'709'287'201, R"(,"message":{"text":"no date"})"))));

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->failure);
  EXPECT_EQ(report->refused, 4u);
  EXPECT_EQ(report->reasons.size(), 4u);
  EXPECT_EQ(gateway.number("SELECT count(*) FROM heads"), 0);
}

TEST(ImportNdjson, ADamagedLineIsSetAside) {
  TempFolder folder;
  Gateway gateway(folder / "data");

  auto report =
      gateway.import(folder.write("a.ndjson", whole("{oops\n" + event("new", 1, 1'709'287'201, text(1, "first")) +
                                                    R"({"v":2,"type":"event"})"
                                                    "\n")));

  EXPECT_FALSE(report->failure);
  EXPECT_EQ(report->refused, 2u);
  EXPECT_EQ(report->messages, 1u);
  EXPECT_NE(report->reasons[0].find("a.ndjson: line 2"), std::string::npos);
}

}  // namespace
}  // namespace tg::test
