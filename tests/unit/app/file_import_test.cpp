#include "app/file_import.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_folder.h"

namespace tg::app {
namespace {

struct FileImport : testing::Test {
  test::TempFolder folder;
  std::unique_ptr<journal::Journal> journal =
      std::move(journal::Journal::open(folder / "data", journal::Access::write, {.disk_reserve_bytes = 0}).value());
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
  Result<bool> import(const std::filesystem::path& path) {
    return import_upload({path, "result.json", stop.get_token()}, intake, [this](const auto& now) { last = now; });
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
