#include "source/export_file/detail/escapes.h"

#include <gtest/gtest.h>

namespace tg::export_file::detail {
namespace {

std::string passed(std::string_view text, std::size_t chunk) {
  Escapes escapes;
  std::string out;
  const auto take = [&](std::string_view piece) {
    out += piece;
    return true;
  };
  for (std::size_t i = 0; i < text.size(); i += chunk) escapes.pass(text.substr(i, chunk), take);
  escapes.finish(take);
  return out;
}

TEST(Escapes, AreRepairedWhereverTheChunksEnd) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {R"(plain \n \" \\ \/ text)", R"(plain \n \" \\ \/ text)"},
      {R"(a\x0Bb)", R"(a\u000Bb)"},
      {R"(a\\x0Bb)", R"(a\\x0Bb)"},
      {R"(\u00e9\ud83d\ude00)", R"(\u00e9\ud83d\ude00)"},
      {R"(\ud83d alone)", R"(\ufffd alone)"},
      {R"(\ude00 alone)", R"(\ufffd alone)"},
      {R"(\ud83d\n)", R"(\ufffd\n)"},
      {R"(\ud83d\u0041)", R"(\ufffd\u0041)"},
      {R"(\ud83d\ud83d\ude00)", R"(\ufffd\ud83d\ude00)"},
      {R"(\ud83d\\x41)", R"(\ufffd\\x41)"},
      {R"(\xZZ\uZZZZ)", R"(\xZZ\uZZZZ)"},
      {R"(cut \ud8)", R"(cut \ud8)"},
  };
  for (const auto& [in, expected] : cases) {
    for (std::size_t chunk = 1; chunk <= in.size(); ++chunk)
      EXPECT_EQ(passed(in, chunk), expected) << in << " by " << chunk;
  }
}

}  // namespace
}  // namespace tg::export_file::detail
