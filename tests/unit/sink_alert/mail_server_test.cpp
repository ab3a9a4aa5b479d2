#include "sink/alert/mail_server.h"

#include <gtest/gtest.h>

namespace tg::sink {
namespace {

const MailServer kServer{
    .host = "127.0.0.1", .user = "", .password = "", .from = "gateway@desk.example", .tls_ca_file = ""};

TEST(MailServer, AMailIsAsciiAlone) {
  const auto text =
      written(kServer, {"ana@desk.example", "[Ação] ouro\r\nBcc: all@x.example", "Preço: 4.012 🙂", "7"});

  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  EXPECT_EQ(text.find("\r\nBcc"), std::string::npos) << text;
  EXPECT_NE(text.find("From: <gateway@desk.example>\r\nTo: <ana@desk.example>\r\nSubject: =?UTF-8?B?"),
            std::string::npos);
  EXPECT_NE(text.find("\r\n\r\nUHJlw6dvOiA0LjAxMiDwn5mC\r\n"), std::string::npos) << text;
}

TEST(MailServer, NoLineIsTooLong) {
  const auto text = written(kServer, {"a@desk.example", std::string(300, 'x') + "ção", std::string(5'000, 'y'), "7"});

  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find("\r\n", at), text.size());
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  EXPECT_LE(longest, 78U);
}

TEST(MailServer, TheSameMailHasTheSameId) {
  const auto id_of = [](const std::string& id) {
    const auto text = written(kServer, {"a@desk.example", "s", "t", id});
    const auto at = text.find("Message-ID: ");
    return text.substr(at, text.find("\r\n", at) - at);
  };

  EXPECT_EQ(id_of("1"), id_of("1"));
  EXPECT_NE(id_of("1"), id_of("2"));
}

}  // namespace
}  // namespace tg::sink
