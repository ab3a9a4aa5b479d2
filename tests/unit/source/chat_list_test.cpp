// Lists of channels as spreadsheets write them.

#include "source/chat_list.h"

#include <gtest/gtest.h>

namespace tg::source {
namespace {

// "line:text", or "line!" for a row with a problem.
std::vector<std::string> rows_of(std::string_view csv) {
  std::vector<std::string> out;
  const auto chats = parse_chat_list(csv, 100);
  if (!chats) return {"error"};
  for (const auto& chat : *chats) out.push_back(fmt::format("{}{}{}", chat.line, chat.problem ? "!" : ":", chat.text));
  return out;
}

using Rows = std::vector<std::string>;

TEST(ChatList, WithoutAHeaderTheFirstColumnCounts) {
  EXPECT_EQ(rows_of("@one,First\n@two,Second\n"), (Rows{"1:@one", "2:@two"}));
  EXPECT_EQ(rows_of("@one"), (Rows{"1:@one"}));
}

TEST(ChatList, WithAHeaderTheColumnThatNamesAChatCounts) {
  EXPECT_EQ(rows_of("title,id,link\nOne,-1005,\nTwo,,t.me/two\n"), (Rows{"2:-1005", "3:t.me/two"}));
  EXPECT_EQ(rows_of("Name;ID\nThe harbour's news;-1005\n"), (Rows{"2:-1005"}));
  EXPECT_EQ(rows_of("channelId,title\n-1005,x"), (Rows{"2:-1005"}));
}

TEST(ChatList, TakesMarksLineEndsAndSeparators) {
  EXPECT_EQ(rows_of("\xEF\xBB\xBFlink;title\r\n@one;a\r\n\r\n@two;b\r\n"), (Rows{"2:@one", "4:@two"}));
  EXPECT_EQ(rows_of("link\ttitle\r@one\ta\r"), (Rows{"2:@one"}));
}

TEST(ChatList, TakesQuotesWithAnythingInside) {
  EXPECT_EQ(rows_of("title,link\n\"a, \"\"b\"\"\nc\",@one\nx,\"@two\"\n"), (Rows{"2:@one", "4:@two"}));
}

TEST(ChatList, SaysWhichLineIsWrong) {
  EXPECT_EQ(rows_of("link,title\n,no link\n@one,x\n\"@two\"x,y\n"), (Rows{"2!", "3:@one", "4!"}));
  EXPECT_EQ(rows_of("@one\n\"@two\n@three\n"), (Rows{"1:@one", "2!"}));
  EXPECT_EQ(rows_of("link\nnot a name\n"), (Rows{"2:not a name"}));
}

TEST(ChatList, AListOfNothingOrOfTooMuchIsRefused) {
  EXPECT_EQ(rows_of(""), Rows{"error"});
  EXPECT_EQ(rows_of("\n\r\n , \n"), Rows{"error"});
  EXPECT_EQ(rows_of("link,title\n"), Rows{"error"});
  std::string many;
  for (int i = 0; i < 101; ++i) many += fmt::format("@name{}\n", i);
  EXPECT_EQ(rows_of(many), Rows{"error"});
}

TEST(ChatList, TakesAnyBytes) {
  const std::string seed = "link;title\r\n\"@one\";\"a;\"\"b\"\"\"\r\n@two;c";
  for (std::size_t at = 0; at < seed.size(); ++at) {
    (void)rows_of(seed.substr(0, at));
    for (const char byte : {'\0', '"', ';', ',', '\n', '\r', '\xFF'}) {
      auto changed = seed;
      changed[at] = byte;
      (void)rows_of(changed);
    }
  }
}

}  // namespace
}  // namespace tg::source
