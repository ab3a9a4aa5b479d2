#include "app/file_import.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_folder.h"

namespace tg::app {
namespace {

struct FileImport : testing::Test {
  explicit FileImport(std::int64_t max_bytes = 0) : max_bytes_(max_bytes) {}

  std::int64_t max_bytes_;
  test::TempFolder folder;
  std::unique_ptr<journal::Journal> journal =
      std::move(journal::Journal::open(folder / "data", journal::Access::write,
                                       {.max_bytes = max_bytes_, .disk_reserve_bytes = 0})
                    .value());
  observe::Metrics metrics;
  pipeline::Intake intake{*journal, metrics, {}};
  api::ImportProgress last;
  std::stop_source stop;

  std::filesystem::path file(std::size_t messages, std::string_view end = "]}") {
    const auto path = folder / "upload";
    std::ofstream out(path);
    out << R"({"name":"Harbour","type":"public_channel","id":1487851422,"messages":[)";
    for (std::size_t i = 1; i <= messages; ++i) {
      out << (i > 1 ? "," : "")
          << fmt::format(R"({{"id":{},"type":"message","date_unixtime":"1700000000","text":"number {}"}})", i, i);
    }
    out << end;
    return path;
  }
  // An export of one chat with these messages.
  std::filesystem::path of(std::string_view messages, std::string_view type = "public_channel") {
    const auto path = folder / "upload";
    std::ofstream(path) << fmt::format(R"({{"name":"Harbour","type":"{}","id":1487851422,"messages":[{}]}})", type,
                                       messages);
    return path;
  }
  std::int64_t number(const std::string& sql) { return *(*journal->read())->scalar(sql); }
  Result<bool> import(const std::filesystem::path& path) {
    return import_upload({path, "result.json", stop.get_token()}, *journal, intake,
                         [this](const auto& now) { last = now; });
  }
};

TEST_F(FileImport, CountsItsOwnAndNotWhatIsCapturedMeanwhile) {
  pipeline::Seen live;
  live.from = {model::SourceKind::tdlib, model::Origin::live, 1, model::Time::now()};
  live.message.key = {{}, model::ChatId{-1001}, model::MessageId{1}};
  live.message.date = model::Time::now();
  ASSERT_TRUE(intake.push(live));

  ASSERT_EQ(*import(file(3)), true);
  EXPECT_EQ(last.counts.created, 3U);
  EXPECT_EQ(last.fraction, 1);
  ASSERT_EQ(*import(file(4)), true);

  EXPECT_EQ(last.counts.messages, 4U);
  EXPECT_EQ(last.counts.created, 1U);
  EXPECT_EQ(last.counts.known, 3U);
}

TEST_F(FileImport, EndsBehindAPieceWhenItIsStoppedAndKeepsWhatItHad) {
  const auto path = file(20'000);
  stop.request_stop();

  EXPECT_EQ(*import(path), false);

  EXPECT_GT(last.counts.created, 1'000U);
  EXPECT_LT(last.counts.created, 5'000U);
  stop = {};
  EXPECT_EQ(*import(path), true);
  EXPECT_EQ(last.counts.created + last.counts.known, 20'000U);
}

TEST_F(FileImport, SaysWhereAFileIsBrokenAndKeepsWhatStoodBefore) {
  const auto broken = import(file(5, R"(,{"id":6,)"));

  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().what.find("result.json: the file ends in the middle, at byte"), std::string::npos)
      << broken.error().what;
  EXPECT_NE(broken.error().what.find("5 messages are kept"), std::string::npos) << broken.error().what;
  EXPECT_EQ(last.counts.created, 5U);
}

TEST_F(FileImport, OnlyTelegramsOwnFormatIsTrustedFromAnybody) {
  const auto path = folder / "upload";
  const std::map<std::string, std::string> others{
      {"an archive", "PK\x03\x04 and more bytes that are of no text at all, as those of a ZIP"},
      {"a page", "<!DOCTYPE html><html><body><p>Exported Data</p></body></html>"},
      {"nothing", ""},
      {"another object", R"({"a":[1,2,3]})"},
      {"no UTF-8", "{\"name\":\"\xFF\xFE\",\"type\":\"public_channel\",\"id\":1,\"messages\":[]}"},
      {"depth", R"({"x":)" + std::string(100'000, '[')},
      {"an endless string", R"({"name":")" + std::string(5 << 20, 'n')},
      {"an endless name",
       R"({"name":")" + std::string(1 << 20, 'n') + R"(","type":"public_channel","id":1,"messages":[]})"},
      {"this program's own", R"({"v":1,"type":"export","program":"telegram-gateway"})"
                             "\n"
                             R"({"v":1,"type":"event","key":"0:-1001:1"})"},
      {"a list of messages", R"([{"id":"-1001:1","messageId":1}])"}};
  for (const auto& [what, content] : others) {
    std::ofstream(path, std::ios::trunc) << content;

    const auto refused = import(path);

    ASSERT_FALSE(refused) << what;
    EXPECT_FALSE(refused.error().fix.empty()) << what << ": " << refused.error().what;
    EXPECT_EQ(refused.error().what.find(folder.path().string()), std::string::npos) << refused.error().what;
  }
  EXPECT_EQ(intake.totals().created, 0U);
}

TEST_F(FileImport, OfAFileThatIsRefusedWholeItSaysWhyAndTriesNoMore) {
  std::string messages = "1";
  for (int i = 0; i < 150'000; ++i) messages += ",1";

  const auto refused = import(of(messages));

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("messages were set aside, and more are not tried. The first: result.json"),
            std::string::npos)
      << refused.error().what;
  EXPECT_NE(refused.error().what.find("it is not an object"), std::string::npos) << refused.error().what;
  EXPECT_FALSE(refused.error().fix.empty());
  EXPECT_GE(last.counts.refused, 10'000U);
  EXPECT_LE(last.counts.refused, 11'000U);
}

TEST_F(FileImport, WhatIsLaterThanTheFileItselfIsSetAside) {
  const auto path =
      of(R"({"id":1,"type":"message","date_unixtime":"1700000000","edited_unixtime":"4000000000","text":"for ever"},)"
         R"({"id":2,"type":"message","date_unixtime":"1700200000","text":"posted later"},)"
         R"({"id":3,"type":"message","date_unixtime":"1700000000","edited_unixtime":"1700086000","text":"in time"})");
  std::filesystem::last_write_time(
      path, std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000))));

  EXPECT_EQ(*import(path), true);

  EXPECT_EQ(last.counts.refused, 2U);
  EXPECT_EQ(last.counts.created, 1U);
  EXPECT_EQ(number("SELECT message FROM heads"), 3);
}

TEST_F(FileImport, ItsMessagesProveNothingOfWhatTheServerHas) {
  pipeline::ChatSeen chat;
  chat.from = {model::SourceKind::tdlib, model::Origin::live, 1, model::Time::now()};
  chat.peer = model::channel_peer(1487851422);
  chat.start = model::MessageId{1};
  chat.newest = model::MessageId{2};
  ASSERT_TRUE(intake.push(chat));

  EXPECT_EQ(*import(of(R"({"id":2147483647,"type":"message","date_unixtime":"1700000000","text":"far above"})")), true);

  EXPECT_EQ(last.counts.created, 1U);
  EXPECT_EQ(number("SELECT newest FROM chats"), 2);
}

TEST_F(FileImport, ItsErrorsDoNotTellWhereTheDataLies) {
  ASSERT_TRUE(intake.write([](journal::Connection& db) { return db.execute("PRAGMA max_page_count = 1"); }));

  const auto full = import(file(2'000));
  const auto gone = import(folder / "data/uploads/import-0.data");

  for (const auto* failed : {&full, &gone}) {
    ASSERT_FALSE(*failed);
    EXPECT_EQ(failed->error().to_string().find(folder.path().string()), std::string::npos) << failed->error().what;
  }
  EXPECT_NE(full.error().what.find("journal.db"), std::string::npos) << full.error().what;
  EXPECT_NE(gone.error().what.find("opening result.json"), std::string::npos) << gone.error().what;
}

struct FileImportIntoASmallJournal : FileImport {
  FileImportIntoASmallJournal() : FileImport(pipeline::kLeftToCapture + (8 << 20)) {}
};

TEST_F(FileImportIntoASmallJournal, EndsWhileThereIsRoomForCapture) {
  const auto full = import(file(40'000));

  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::out_of_space);
  EXPECT_NE(full.error().what.find("to leave room for what is captured"), std::string::npos) << full.error().what;
  EXPECT_NE(full.error().fix.find("Raise journal.max_bytes"), std::string::npos) << full.error().fix;
  EXPECT_GT(last.counts.created, 1'000U);
  EXPECT_LT(last.counts.created, 40'000U);
  EXPECT_FALSE(intake.failure());
  EXPECT_TRUE(journal->room(pipeline::kLeftToCapture - (32 << 20)));
}

TEST_F(FileImport, NamesOfChatsHaveABound) {
  EXPECT_NE(import(of("1", std::string(2'000, 't'))).error().what.find("name or type of a chat is longer"),
            std::string::npos);
  const auto path = folder / "upload";
  std::ofstream out(path);
  out << R"({"chats":{"list":[)";
  for (int i = 0; i < 9'000; ++i) {
    out << (i > 0 ? "," : "") << R"({"name":")" << std::string(1'000, 'n') << R"(","type":"x","id":1,"messages":[]})";
  }
  out << "]}}";
  out.close();

  const auto refused = import(path);

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("names of chats of more than 8 MB in all"), std::string::npos)
      << refused.error().what;
}

TEST_F(FileImport, TooManyChatsAreNoExport) {
  const auto path = folder / "upload";
  std::ofstream out(path);
  out << R"({"chats":{"list":[)";
  for (int i = 0; i < 100'001; ++i) out << (i > 0 ? "," : "") << R"({"name":"","type":"x","id":1,"messages":[]})";
  out << "]}}";
  out.close();

  const auto refused = import(path);

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("more than 100000 chats"), std::string::npos) << refused.error().what;
}

}  // namespace
}  // namespace tg::app
