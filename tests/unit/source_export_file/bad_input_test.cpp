#include <sys/stat.h>
#include <unistd.h>

#include "gateway.h"

namespace tg::test {
namespace {

class BadInput : public ::testing::Test {
 protected:
  // Imports a file with this content; the report must be there.
  export_file::Report import(std::string_view content) {
    auto report = gateway_.import(folder_.write("result.json", content));
    if (!report) throw std::runtime_error(report.error().to_string());
    return *report;
  }
  static bool says(const std::optional<Error>& error, std::string_view what) {
    return error && error->to_string().find(what) != std::string::npos;
  }

  TempFolder folder_;
  Gateway gateway_{folder_ / "data"};
};

TEST_F(BadInput, TruncatedFileKeepsWhatCameBefore) {
  const auto whole = one_channel(text_message(1, "first") + "," + text_message(2, "second"));

  const auto report = import(whole.substr(0, whole.size() - 20));

  EXPECT_TRUE(says(report.failure, "result.json: the file ends in the middle")) << report.failure->to_string();
  EXPECT_TRUE(says(report.failure, fmt::format("byte {}", whole.size() - 20)));
  EXPECT_TRUE(says(report.failure, "chat \"Quiet Harbour\", message 1"));
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "first");
  EXPECT_FALSE(gateway_.message(kHarbour, 2));
}

TEST_F(BadInput, TruncatedAnywhereNeverHangsOrPassesForWhole) {
  const auto whole = read_whole(data_file("channel.json"));

  for (std::size_t size = 0; size < whole.size() - 2; size += 37) {
    EXPECT_TRUE(import(whole.substr(0, size)).failure) << size;
  }
}

// A file that lost its end when the power went: its length is there, its bytes are zeros.
TEST_F(BadInput, ZerosAreNoJson) {
  const auto whole = one_channel(text_message(1, "first") + "," + text_message(2, "second"));
  const auto inside = whole.find("second") + 2;
  for (const auto at : {std::size_t{0}, inside, whole.size() - 2}) {
    auto content = whole;
    std::fill(content.begin() + static_cast<std::ptrdiff_t>(at), content.end(), '\0');

    const auto report = import(content);

    EXPECT_TRUE(says(report.failure, fmt::format("not JSON at byte {}", at))) << report.failure->to_string();
    EXPECT_EQ(gateway_.message(kHarbour, 1).has_value(), at > 0);
  }
}

TEST_F(BadInput, ManyLargeMessagesNeedNoMoreMemoryThanOne) {
  std::string messages = text_message(1, "first");
  for (int i = 2; i <= 60; ++i) messages += "," + text_message(i, std::string(100'000, 'x'));

  const auto report = import(one_channel(messages));

  EXPECT_FALSE(report.failure) << report.failure->to_string();
  EXPECT_EQ(report.messages + report.refused, 60U);
}

TEST_F(BadInput, EmptyFile) { EXPECT_TRUE(says(import("").failure, "empty")); }

TEST_F(BadInput, NotAnExport) {
  EXPECT_TRUE(says(import(R"({"hello":[1,2,3]})").failure, "not a Telegram Desktop export"));
  EXPECT_TRUE(says(import("[1,2]").failure, "not a Telegram Desktop export"));
  EXPECT_TRUE(says(import("<!DOCTYPE html><html>").failure, "machine-readable JSON"));
}

TEST_F(BadInput, TextBehindTheEnd) {
  EXPECT_TRUE(says(import(one_channel(text_message(1, "a")) + "\n{}").failure, "after the end"));
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "a");
}

TEST_F(BadInput, InvalidUtf8NamesTheByte) {
  const auto content = one_channel(text_message(1, "good") + "," + text_message(2, "bad \xFF\xFE here"));

  const auto report = import(content);

  EXPECT_TRUE(says(report.failure, fmt::format("invalid UTF-8 at byte {}", content.find('\xFF'))))
      << report.failure->to_string();
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "good");
}

TEST_F(BadInput, StringWithoutEnd) {
  const auto report = import(one_channel(text_message(1, "good") + "," + text_message(2, std::string(5 << 20, 'x'))));

  EXPECT_TRUE(says(report.failure, "longer than 4 MiB"));
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "good");
}

TEST_F(BadInput, MessageWithoutEnd) {
  std::string parts;
  for (int i = 0; i < 40; ++i) parts += fmt::format("\"{}\",", std::string(500'000, 'y'));
  const auto report =
      import(one_channel(text_message(1, "good") + R"(,{"id":2,"type":"message","text":[)" + parts + "\"\"]}"));

  EXPECT_TRUE(says(report.failure, "larger than 16 MiB"));
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "good");
}

TEST_F(BadInput, DeepNesting) {
  const auto deep = std::string(100'000, '[') + std::string(100'000, ']');

  const auto report = import(one_channel(text_message(1, "good") + R"(,{"id":2,"text":)" + deep + "}"));

  EXPECT_TRUE(says(report.failure, "nested deeper than 64"));
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "good");
}

TEST_F(BadInput, MessagesBeforeTheirChat) {
  const auto report = import(R"({"name":"X","messages":[{"id":1}],"type":"public_channel","id":5})");

  EXPECT_TRUE(says(report.failure, "before its id"));
  EXPECT_TRUE(says(report.failure, "jq"));
}

TEST_F(BadInput, UnreadableMessagesAreSetAsideAndTheRestGoesOn) {
  const std::string good = text_message(20, "after");
  const auto report = import(one_channel(
      R"(17,"text",null,[1],{"type":"message"},{"id":0,"type":"message","date_unixtime":"1709287200"},
    {"id":-5,"type":"message","date_unixtime":"1709287200"},{"id":3,"type":"message"},
    {"id":4,"type":"message","date_unixtime":"soon"},{"id":5,"type":"unsupported"},
    {"id":99999999999,"type":"message","date_unixtime":"1709287200"},)" +
      good));

  EXPECT_FALSE(report.failure);
  EXPECT_EQ(report.refused, 11u);
  EXPECT_EQ(report.messages, 1u);
  EXPECT_EQ(gateway_.message(kHarbour, 20)->text, "after");
  EXPECT_EQ(gateway_.number("SELECT count(*) FROM quarantine"), 11);
  EXPECT_NE(report.reasons[6].find("result.json: chat \"Quiet Harbour\" (-1009000000501), message -5, byte "),
            std::string::npos)
      << report.reasons[6];
}

TEST_F(BadInput, TheSameIdTwiceWithOtherContent) {
  const auto report =
      import(one_channel(text_message(1, "one") + "," + text_message(1, "one") + "," + text_message(1, "another")));

  EXPECT_EQ(report.refused, 1u);
  EXPECT_EQ(report.changes.created, 1u);
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "one");
}

TEST_F(BadInput, NullCharactersAreCutOutAndSaid) {
  const auto report = import(one_channel(text_message(1, R"(a\u0000b)")));

  EXPECT_FALSE(report.failure);
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "ab");
  EXPECT_TRUE(gateway_.message(kHarbour, 1)->sanitised);
}

TEST_F(BadInput, EscapesThatAreNoJson) {
  // Telegram Desktop's own \x0B, and half of a surrogate pair.
  const auto report = import(one_channel(text_message(1, R"(a\x0Bb)") + "," + text_message(2, R"(c\ud83dd)") + "," +
                                         text_message(3, R"(\ud83d\ude00\\x41)")));

  EXPECT_FALSE(report.failure) << report.failure->to_string();
  EXPECT_EQ(gateway_.message(kHarbour, 1)->text, "a\vb");
  EXPECT_EQ(gateway_.message(kHarbour, 2)->text, "c\uFFFDd");
  EXPECT_EQ(gateway_.message(kHarbour, 3)->text, "😀\\x41");
}

TEST_F(BadInput, UnknownKindOfChat) {
  const auto report = import(R"({"name":"X","type":"hologram","id":5,"messages":[{"id":1,"type":"message"}]})");

  EXPECT_FALSE(report.failure);
  EXPECT_EQ(report.refused, 1u);
  EXPECT_NE(report.reasons[0].find("hologram"), std::string::npos);
}

TEST_F(BadInput, AJournalThatTakesNoMoreIsNotPassedOver) {
  Gateway full(folder_ / "full", 1);

  auto report =
      full.import(folder_.write("result.json", one_channel(text_message(1, "a") + "," + text_message(2, "b"))));

  ASSERT_TRUE(report);
  EXPECT_TRUE(says(report->failure, "journal.max_bytes"))
      << (report->failure ? report->failure->to_string() : "no failure");
  EXPECT_FALSE(says(report->failure, "are kept")) << report->failure->to_string();
  EXPECT_EQ(full.number("SELECT count(*) FROM heads"), 0);
}

TEST_F(BadInput, FolderMissingFileAndNoPermission) {
  folder_.write("export/result.json", "{}");
  const auto secret = folder_.write("secret.json", "{}");
  ::chmod(secret.c_str(), 0);

  auto folder = gateway_.import(folder_ / "export");
  auto missing = gateway_.import(folder_ / "nothing.json");

  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().fix.find("export/result.json"), std::string::npos);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::not_found);
  if (::geteuid() == 0) return;  // root may read everything
  auto forbidden = gateway_.import(secret);
  ASSERT_FALSE(forbidden);
  EXPECT_EQ(forbidden.error().code, Code::permission);
}

}  // namespace
}  // namespace tg::test
