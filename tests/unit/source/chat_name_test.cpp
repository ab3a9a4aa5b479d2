// What people write for a channel, and what hostile people write.

#include "source/chat_name.h"

#include <gtest/gtest.h>

#include <random>

namespace tg::source {
namespace {

// username: @name; id: the number; invite: the link; else "!".
std::string read(std::string_view text) {
  const auto name = parse_chat_name(text);
  if (!name) return "!";
  if (name->kind == ChatName::Kind::username) return "@" + name->text;
  return name->kind == ChatName::Kind::id ? std::to_string(name->chat.value) : name->text;
}

TEST(ChatName, ReadsEveryWayOfNaming) {
  const std::vector<std::pair<std::string_view, std::string_view>> written{
      {"@HarbourNews", "@HarbourNews"},
      {"  harbournews\r\n", "@harbournews"},
      {"-1001487851422", "-1001487851422"},
      {"-4242", "-4242"},
      {"https://t.me/harbournews", "@harbournews"},
      {"http://t.me/harbournews/", "@harbournews"},
      {"t.me/harbournews", "@harbournews"},
      {"T.ME/harbournews?single&thread=4#x", "@harbournews"},
      {"https://t.me/harbournews/17", "@harbournews"},
      {"https://t.me/harbournews/4/17", "@harbournews"},
      {"https://t.me/s/harbournews", "@harbournews"},
      {"https://t.me/@harbournews", "@harbournews"},
      {"https://www.t.me/harbournews", "@harbournews"},
      {"https://t.me:443/harbournews", "@harbournews"},
      {"telegram.me/harbournews", "@harbournews"},
      {"https://telegram.dog/harbournews", "@harbournews"},
      {"harbournews.t.me", "@harbournews"},
      {"https://harbournews.t.me/17", "@harbournews"},
      {"https://t.me/%68arbournews", "@harbournews"},
      {"https://t.me/c/1487851422", "-1001487851422"},
      {"https://t.me/c/1487851422/46544?single", "-1001487851422"},
      {"https://t.me/c/1487851422/12/46544", "-1001487851422"},
      {"https://t.me/+AbCdEfGhIjKl_-12", "https://t.me/+AbCdEfGhIjKl_-12"},
      {"https://t.me/%2BAbCdEfGhIjKl_-12", "https://t.me/+AbCdEfGhIjKl_-12"},
      {"https://t.me/joinchat/AbCdEfGhIjKl_-12", "https://t.me/+AbCdEfGhIjKl_-12"},
      {"tg://resolve?domain=harbournews&post=17", "@harbournews"},
      {"tg:resolve?domain=harbournews", "@harbournews"},
      {"TG://join?invite=AbCdEfGhIjKl_-12", "https://t.me/+AbCdEfGhIjKl_-12"},
      {"tg://privatepost?channel=1487851422&post=1", "-1001487851422"},
  };

  for (const auto& [text, meant] : written) EXPECT_EQ(read(text), meant) << text;
}

TEST(ChatName, RefusesWhatNamesNoChannel) {
  const std::string long_name(33, 'a'), endless(5'000, 'a');
  const std::vector<std::string> written{"",
                                         " ",
                                         "@",
                                         "@ab",
                                         "@1abc",
                                         "@a__b",
                                         "@abc_",
                                         "@" + long_name,
                                         endless,
                                         "https://t.me/" + endless,
                                         "0",
                                         "1487851422",
                                         "-1000000000000",
                                         "-1997852516353",
                                         "-2000000000001",
                                         "-9223372036854775808",
                                         "9223372036854775808",
                                         "-99999999999999999999999",
                                         "+15551234567",
                                         "-",
                                         "--5",
                                         "-5x",
                                         "1e9",
                                         "https://t.me",
                                         "https://t.me/",
                                         "https://t.me//harbournews",
                                         "https://t.me/c",
                                         "https://t.me/c/",
                                         "https://t.me/c/0",
                                         "https://t.me/c/-5",
                                         "https://t.me/c/abc",
                                         "https://t.me/c/99999999999999999999",
                                         "https://t.me/c/1487851422/x",
                                         "https://t.me/c/1/2/3/4",
                                         "https://t.me/+",
                                         "https://t.me/+15551234567",
                                         "https://t.me/+short",
                                         "https://t.me/+AbCdEfGhIjKl%20x",
                                         "https://t.me/+AbCdEfGhIjKl/5",
                                         "https://t.me/joinchat",
                                         "https://t.me/joinchat/",
                                         "https://t.me/joinchat/a/b",
                                         "https://t.me/addlist/AbCdEfGhIjKl",
                                         "https://t.me/addstickers/Cats",
                                         "https://t.me/proxy?server=1.2.3.4&port=1&secret=aa",
                                         "https://t.me/socks",
                                         "https://t.me/login/12345",
                                         "https://t.me/share/url?url=x",
                                         "https://t.me/harbournews/app",
                                         "https://t.me/harbournews/1/2/3",
                                         "https://t.me/..",
                                         "https://t.me/../c/5",
                                         "https://t.me/%00abc",
                                         "https://t.me/har%62our%2f17",
                                         "https://t.me/%zz",
                                         "https://t.me@evil.example/harbournews",
                                         "https://user:pw@t.me/harbournews",
                                         "https://t.me.evil.example/harbournews",
                                         "https://evil.example/t.me/x",
                                         "https://evilt.me/harbournews",
                                         "https://t.me:8080/harbournews",
                                         "https://t.me./harbournews",
                                         "https://a.b.t.me/",
                                         "https://proxy.t.me/",
                                         "ftp://t.me/harbournews",
                                         "javascript:alert(1)",
                                         "file:///etc/passwd",
                                         "https://",
                                         "://t.me/x",
                                         "tg:",
                                         "tg://",
                                         "tg://resolve",
                                         "tg://resolve?",
                                         "tg://resolve?#",
                                         "tg:?#",
                                         "https://t.me/?#",
                                         "tg://resolve?domain=",
                                         "tg://resolve?domain=a%00b",
                                         "tg://resolve?phone=15551234567",
                                         "tg://join",
                                         "tg://join?invite=../../x",
                                         "tg://privatepost?channel=-5",
                                         "tg://addlist?slug=abc",
                                         "tg://settings",
                                         "tg://proxy?server=x",
                                         "a b",
                                         "a\nb",
                                         std::string("abc\0def", 7),
                                         "@caf\xC3\xA9",
                                         "\xD0\xBD\xD0\xBE\xD0\xB2\xD0\xBE",
                                         "\xFF\xFE",
                                         "a'; DROP TABLE chats;--",
                                         "{\"@type\":\"close\"}",
                                         "[fe80::1]/x",
                                         "https://[::1]/x",
                                         "%",
                                         "?",
                                         "/",
                                         ".",
                                         "t.me",
                                         "harbournews?x"};

  for (const auto& text : written) EXPECT_EQ(read(text), "!") << text.substr(0, 80);
}

TEST(ChatName, SaysTheFix) {
  const auto fix = [](std::string_view text) { return parse_chat_name(text).error().to_string(); };

  EXPECT_NE(fix("1487851422").find("write -1001487851422"), std::string::npos);
  EXPECT_NE(fix("https://t.me/addlist/AbCdEfGh").find("--folder"), std::string::npos);
  EXPECT_NE(fix("https://t.me/+15551234567").find("phone number"), std::string::npos);
  EXPECT_NE(fix("what is this").find("https://t.me/name"), std::string::npos);
}

TEST(ChatName, AnErrorRepeatsLittleAndNothingThatATerminalObeys) {
  const auto said = parse_chat_name("\x1b[2J" + std::string(300, 'x') + "\n").error().to_string();

  EXPECT_LT(said.size(), 300U);
  EXPECT_EQ(said.find('\x1b'), std::string::npos);
}

// Every prefix and every changed byte of good names: nothing may be read out of bounds or throw.
TEST(ChatName, TakesAnyBytes) {
  const std::vector<std::string> seeds{"https://t.me/c/1487851422/46544?single#x", "tg://resolve?domain=harbournews",
                                       "https://t.me/+AbCdEfGhIjKl_-12", "-1001487851422", "@harbournews"};

  for (const auto& seed : seeds) {
    for (std::size_t at = 0; at < seed.size(); ++at) {
      (void)read(seed.substr(0, at));
      for (int byte = 0; byte < 256; ++byte) {
        auto changed = seed;
        changed[at] = static_cast<char>(byte);
        const auto name = parse_chat_name(changed);
        if (name) {
          EXPECT_LE(name->text.size(), 80U) << changed;
        }
      }
    }
  }
}

TEST(ChatName, TakesLinksThatWereDamagedInSeveralPlaces) {
  const std::vector<std::string> seeds{"https://t.me/c/1487851422/46544?single#x", "tg://resolve?domain=harbournews",
                                       "https://t.me/+AbCdEfGhIjKl_-12"};
  constexpr std::string_view kMarks = "?#&=/:.@%+[]\\2f0tg-_aT \t~";
  std::mt19937 random(1);

  for (int i = 0; i < 50'000; ++i) {
    auto text = seeds[random() % seeds.size()];
    for (auto changes = random() % 6 + 1; changes > 0; --changes) {
      const auto at = random() % text.size();
      const char mark = kMarks[random() % kMarks.size()];
      if (random() % 2 == 0) {
        text[at] = mark;
      } else {
        text.insert(at, 1, mark);
      }
    }
    (void)read(text);
  }
}

}  // namespace
}  // namespace tg::source
