#include "gateway.h"

namespace tg::test {
namespace {

constexpr std::int64_t kNightDesk = -1'009'000'000'601;
constexpr std::int64_t kAccount = 7'000'000'001;

TEST(ImportAccount, PrivateChatsOfANamelessAccountAreCountedAndTheRestIsTaken) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto chat = [](std::string_view type, int id) {
    return fmt::format(R"({{"name":"n{}","type":"{}","id":{},"messages":[{},{}]}})", id, type, id, text_message(1, "a"),
                       text_message(2, "b"));
  };
  const auto list = chat("personal_chat", 5) + "," + chat("public_channel", 6) + "," + chat("private_group", 7);
  const auto file = folder.write("result.json", R"({"chats":{"list":[)" + list + "]}}");
  export_file::Options options;
  options.account = 42;

  auto nameless = gateway.import(file);

  ASSERT_TRUE(nameless);
  EXPECT_FALSE(nameless->failure) << nameless->failure->to_string();
  EXPECT_EQ(nameless->messages, 2u);
  EXPECT_EQ(nameless->refused, 4u);
  ASSERT_EQ(nameless->reasons.size(), 2u) << "one a chat";
  EXPECT_NE(nameless->reasons[0].find("--account"), std::string::npos);
  EXPECT_EQ(gateway.import(file, options)->changes.created, 4u);
}

TEST(ImportFile, TakesEveryMessageOfAChannelOnce) {
  TempFolder folder;
  Gateway gateway(folder / "data");

  auto report = gateway.import(data_file("channel.json"));

  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_FALSE(report->failure) << report->failure->to_string();
  EXPECT_EQ(report->messages, 14u);
  EXPECT_EQ(report->refused, 0u);
  EXPECT_EQ(report->changes.created, 14u);
  ASSERT_EQ(report->chats.size(), 1u);
  EXPECT_EQ(report->chats[0].title, "Quiet Harbour ⚓️");
  EXPECT_EQ(report->chats[0].peer.value, kHarbour);
  EXPECT_EQ(report->chats[0].kind, "channel");
  EXPECT_EQ(gateway.number("SELECT count(*) FROM heads"), 14);
  EXPECT_EQ(gateway.number("SELECT count(*) FROM events WHERE origin = 4 AND source = 2"), 14);
}

TEST(ImportFile, ChangesNothingTheSecondTime) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  ASSERT_TRUE(gateway.import(data_file("channel.json")));
  const auto before = gateway.state();

  auto again = gateway.import(data_file("channel.json"));

  ASSERT_TRUE(again);
  EXPECT_EQ(again->changes.created, 0u);
  EXPECT_EQ(again->changes.edited, 0u);
  EXPECT_EQ(again->changes.filled, 0u);
  EXPECT_EQ(again->changes.known, 14u);
  EXPECT_EQ(gateway.state(), before);
}

// The same channel, exported on a computer an hour further east after it was renamed.
TEST(ImportFile, FilesOfCustomEmojiAndNamesOfMembersAreNoEdits) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto chat = [](std::string_view emoji, std::string_view member) {
    return one_channel(fmt::format(
        R"({{"id":1,"type":"message","date_unixtime":"1709287200","text_entities":[{{"type":"custom_emoji",)"
        R"("text":"🎯","document_id":"{0}"}}],"reactions":[{{"type":"custom_emoji","count":2,)"
        R"("document_id":"{0}"}}]}},{{"id":2,"type":"service","date_unixtime":"1709287200","actor_id":"user5",)"
        R"("action":"invite_members","members":["{1}"]}},{{"id":3,"type":"message","date_unixtime":)"
        R"("1709287200","todo_list":{{"title":"a"}},"text_entities":[{{"type":"custom_emoji","text":"🎯",)"
        R"("document_id":"{0}"}}]}})",
        emoji, member));
  };
  ASSERT_TRUE(gateway.import(
      folder.write("a.json", chat("(File not included. Change data exporting settings to download.)", "Ana"))));

  auto later = gateway.import(folder.write("b.json", chat("stickers/AnimatedSticker.tgs", "Ana Lima")));

  ASSERT_TRUE(later);
  EXPECT_EQ(later->changes.edited, 0u);
  EXPECT_EQ(later->changes.counters, 0u);
  EXPECT_EQ(gateway.message(kHarbour, 1)->entities[0].value, "");
  EXPECT_EQ(gateway.message(kHarbour, 1)->counters.reactions[0].emoji, "custom");
  EXPECT_EQ(gateway.number("SELECT count(*) FROM events WHERE message = 2 AND raw IS NOT NULL"), 1) << "kept";
}

TEST(ImportFile, TheZoneOfTheComputerAndARenameAreNoEdits) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  ASSERT_TRUE(gateway.import(data_file("channel.json")));
  std::ifstream in(data_file("channel.json"));
  std::string text(std::istreambuf_iterator<char>(in), {});
  const auto replace = [&](std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) {
      text.replace(at, what.size(), by);
    }
  };
  replace("T10:", "T11:");
  for (const auto* name : {"from", "actor"}) {
    replace(fmt::format(R"("{}": "Quiet)", name), fmt::format(R"("{}": "Calm)", name));
  }
  std::ofstream(folder / "elsewhere.json") << text;

  auto again = gateway.import(folder / "elsewhere.json");

  ASSERT_TRUE(again);
  EXPECT_EQ(again->changes.edited, 0u);
  EXPECT_EQ(again->changes.known, 14u);
}

TEST(ImportFile, KeepsBothVersionsOfALaterExport) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  ASSERT_TRUE(gateway.import(data_file("channel.json")));

  auto later = gateway.import(data_file("channel-later.json"));

  ASSERT_TRUE(later);
  EXPECT_EQ(later->changes.created, 1u);
  EXPECT_EQ(later->changes.edited, 1u);
  EXPECT_EQ(gateway.number("SELECT count(*) FROM heads"), 15);
  EXPECT_EQ(gateway.number("SELECT versions FROM heads WHERE message = 2"), 2);
  EXPECT_EQ(gateway.message(kHarbour, 2)->text, "Good morning. Tide at 07:55.");
}

TEST(ImportFile, EndsTheSameInWhateverOrderTheExportsCome) {
  TempFolder folder;
  Gateway forwards(folder / "a"), backwards(folder / "b");
  // Of one time: a message keeps when its votes were counted first, and that is when the first file was written.
  const auto first = folder / "channel.json", later = folder / "channel-later.json";
  const auto written = std::filesystem::file_time_type::clock::now();
  for (const auto& file : {first, later}) {
    std::filesystem::copy_file(data_file(file.filename().string()), file);
    std::filesystem::last_write_time(file, written);
  }

  ASSERT_TRUE(forwards.import(first));
  ASSERT_TRUE(forwards.import(later));
  ASSERT_TRUE(backwards.import(later));
  ASSERT_TRUE(backwards.import(first));

  EXPECT_EQ(forwards.state(), backwards.state());
}

TEST(ImportFile, ReadsTextWithItsFormatting) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  ASSERT_TRUE(gateway.import(data_file("channel.json")));

  const auto m = *gateway.message(kHarbour, 3);

  EXPECT_EQ(
      m.text,
      "🚢 ASTRA MERIDIAN berthed, draft 9.2 m\nETD 18:30 #arrivals https://harbour.example/a?x=1&y=2 berth plan hidden "
      "🤫🔥");
  ASSERT_EQ(m.entities.size(), 7u);
  using model::EntityType;
  EXPECT_EQ(m.entities[0], (model::Entity{EntityType::bold, 0, 17, ""}));  // the ship counts as two units
  EXPECT_EQ(m.entities[1].type, EntityType::underline);
  EXPECT_EQ(m.entities[1].offset, 43);
  EXPECT_EQ(m.entities[3].type, EntityType::url);
  EXPECT_EQ(m.entities[4].value, "https://harbour.example/plan");
  EXPECT_EQ(m.entities[6],
            (model::Entity{EntityType::custom_emoji, m.entities[5].offset + 9, 2, "5368324170671202286"}));
}

TEST(ImportFile, ReadsWhatElseAMessageCarries) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  ASSERT_TRUE(gateway.import(data_file("channel.json")));
  using model::MediaType;

  EXPECT_EQ(gateway.message(kHarbour, 1)->service, "create_channel");
  EXPECT_EQ(gateway.message(kHarbour, 2)->signature, "Ilse");
  EXPECT_EQ(gateway.message(kHarbour, 2)->sender_id, kHarbour);
  EXPECT_EQ(gateway.message(kHarbour, 4)->media.type, MediaType::photo);
  EXPECT_EQ(gateway.message(kHarbour, 4)->media.absent, "not_in_export");
  EXPECT_EQ(gateway.message(kHarbour, 4)->media.width, 1280);
  EXPECT_EQ(gateway.message(kHarbour, 5)->media.type, MediaType::voice);
  EXPECT_EQ(gateway.message(kHarbour, 5)->media.duration_s, 42);
  EXPECT_EQ(gateway.message(kHarbour, 6)->edit_date, model::Time::seconds(1'709'288'400));
  EXPECT_EQ(gateway.message(kHarbour, 6)->reply->message.value, 3);
  EXPECT_EQ(gateway.message(kHarbour, 7)->forward->name, "Pilot Station");
  EXPECT_EQ(gateway.message(kHarbour, 7)->forward->peer.value, -1'009'000'000'777);
  EXPECT_EQ(gateway.message(kHarbour, 8)->poll->options.size(), 2u);
  EXPECT_EQ(gateway.message(kHarbour, 8)->poll->options[0].voters, 9);
  EXPECT_EQ(gateway.message(kHarbour, 9)->media.type, MediaType::location);
  EXPECT_EQ(gateway.message(kHarbour, 10)->media.type, MediaType::contact);
  EXPECT_EQ(gateway.message(kHarbour, 12)->counters.reactions[0].count, 7);
  EXPECT_EQ(gateway.message(kHarbour, 13)->reply->message.value, 3);
  EXPECT_EQ(gateway.message(kHarbour, 14)->media.file_name, "tides.txt");
  EXPECT_EQ(gateway.message(kHarbour, 14)->media.absent, "not_imported");
  EXPECT_EQ(gateway.message(kHarbour, 15)->via_bot, "@tidebot");
  // What no field holds is kept as it was.
  EXPECT_EQ(gateway.number("SELECT count(*) FROM events WHERE message IN (9, 10) AND raw IS NOT NULL"), 2);
}

TEST(ImportFile, GivesEachChatOfAnAccountItsIdentity) {
  TempFolder folder;
  Gateway gateway(folder / "data");

  auto report = gateway.import(data_file("account.json"));

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->failure) << report->failure->to_string();
  EXPECT_EQ(report->refused, 0u);
  EXPECT_EQ(report->chats.size(), 7u);
  EXPECT_TRUE(gateway.message(kHarbour, 2));
  EXPECT_TRUE(gateway.message(7'000'000'100, 101, kAccount));
  EXPECT_TRUE(gateway.message(kAccount, 201, kAccount));
  EXPECT_EQ(gateway.message(kAccount, 201, kAccount)->chat_title, "Saved Messages");
  EXPECT_TRUE(gateway.message(-700'501, 301, kAccount));
  EXPECT_TRUE(gateway.message(-1'009'000'000'701, 5)) << "left_chats";
}

TEST(ImportFile, KeepsTheGroupBeforeApartFromItsSupergroup) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  ASSERT_TRUE(gateway.import(data_file("account.json")));

  EXPECT_EQ(gateway.message(kNightDesk, 10)->text, "same number, another message");
  EXPECT_EQ(gateway.message(kNightDesk, 10, kAccount)->text, "from the old group");
  EXPECT_EQ(gateway.message(kNightDesk, 11, kAccount)->service, "migrate_to_supergroup");
  EXPECT_EQ(gateway.number(fmt::format("SELECT count(*) FROM chats WHERE peer = {} AND title = ''", kNightDesk)), 0);
}

TEST(ImportFile, AsksWhoseAccountAPrivateChatIs) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file =
      folder.write("result.json", R"({"name":"Rita","type":"personal_chat","id":7000000100,"messages":[]})");

  auto report = gateway.import(file);
  export_file::Options options;
  options.account = 42;
  auto with_account = gateway.import(file, options);

  ASSERT_TRUE(report && report->failure);
  EXPECT_NE(report->failure->fix.find("--account"), std::string::npos);
  ASSERT_TRUE(with_account);
  EXPECT_FALSE(with_account->failure);
  EXPECT_EQ(with_account->chats[0].scope.value, 42);
}

TEST(ImportFile, TakesADateWithoutZoneOnlyWithAZone) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file =
      folder.write("result.json", one_channel(R"({"id":1,"type":"message","date":"2023-07-01T12:00:00","text":"a"},
    {"id":2,"type":"message","date":"2023-01-01T12:00:00","text":"b"})"));

  auto without = gateway.import(file);
  export_file::Options options;
  options.time_zone = "Europe/Berlin";
  auto with = gateway.import(file, options);
  options.time_zone = "Mars/Olympus";
  auto unknown = gateway.import(file, options);

  ASSERT_TRUE(without);
  EXPECT_EQ(without->refused, 2u);
  EXPECT_NE(without->reasons[0].find("--time-zone"), std::string::npos) << without->reasons[0];
  ASSERT_TRUE(with);
  EXPECT_EQ(with->messages, 2u);
  EXPECT_EQ(model::to_rfc3339(gateway.message(kHarbour, 1)->date), "2023-07-01T10:00:00.000Z");  // summer time
  EXPECT_EQ(model::to_rfc3339(gateway.message(kHarbour, 2)->date), "2023-01-01T11:00:00.000Z");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().fix.find("Europe/Berlin"), std::string::npos);
}

TEST(ImportFile, OffersMessagesToConsumersOnlyWhenAsked) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file = folder.write("result.json", one_channel(text_message(7, "hello")));

  ASSERT_TRUE(gateway.import(file));
  const auto before = gateway.number("SELECT count(*) FROM heads WHERE flags & 1");
  export_file::Options options;
  options.as_live = true;
  ASSERT_TRUE(gateway.import(file, options));

  EXPECT_EQ(before, 0);
  EXPECT_EQ(gateway.number("SELECT count(*) FROM heads WHERE flags & 1"), 1);
}

TEST(ImportFile, DoesNotKeepContentThatDestroysItself) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file = folder.write(
      "result.json",
      one_channel(R"({"id":1,"type":"message","date_unixtime":"1709287200","photo":"photos/a.jpg","width":9,"height":9,
    "self_destruct_period_seconds":10,"text":"secret","text_entities":[{"type":"plain","text":"secret"}]})"));

  ASSERT_TRUE(gateway.import(file));

  const auto m = *gateway.message(kHarbour, 1);
  EXPECT_EQ(m.text, "");
  EXPECT_EQ(m.media.type, model::MediaType::photo);
  EXPECT_EQ(m.media.absent, "destroys_itself");
  EXPECT_EQ(gateway.number("SELECT count(*) FROM events WHERE body LIKE '%secret%' OR body LIKE '%a.jpg%'"), 0);
}

TEST(ImportFile, TellsItsProgressAtMostFiveTimesASecond) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  std::vector<export_file::Progress> seen;

  auto report = export_file::import_file(data_file("account.json"), {}, gateway.intake(),
                                         [&](const export_file::Progress& p) { seen.push_back(p); });

  ASSERT_TRUE(report);
  ASSERT_FALSE(seen.empty());
  EXPECT_LE(seen.size(), 3u);
  EXPECT_EQ(seen.back().bytes_done, seen.back().bytes_total);
  EXPECT_EQ(seen.back().messages, report->messages);
}

TEST(ImportFile, TopicsAreCalledAsTheExportSays) {
  TempFolder folder;
  Gateway gateway(folder / "data");
  const auto file = folder.write("result.json", R"({"name":"Talk","type":"public_supergroup","id":6,"messages":[
    {"id":17,"type":"service","date":"2026-01-02T03:04:05","date_unixtime":"1767323045","actor":"Ada",
     "actor_id":"user7","action":"topic_created","title":"Tides","text":"","text_entities":[]}]})");

  const auto report = gateway.import(file);

  ASSERT_TRUE(report);
  EXPECT_EQ(report->changes.created, 1u);
  EXPECT_EQ(
      gateway.number("SELECT count(*) FROM topics WHERE topic = 17 AND title = 'Tides' AND at = 1767323045000000"), 1);
}

}  // namespace
}  // namespace tg::test
