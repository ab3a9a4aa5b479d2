// Names of files for whoever downloads them.
#include <gtest/gtest.h>

#include "api/routes/file_name.h"

namespace tg::test {
namespace {

using api::content_disposition;
using api::safe_file_name;

TEST(FileNames, StayAsTheyAreWhenTheyAreHarmless) {
  EXPECT_EQ(safe_file_name("relatório 3.pdf"), "relatório 3.pdf");
  EXPECT_EQ(safe_file_name("отчёт.xlsx"), "отчёт.xlsx");
}

TEST(FileNames, CannotLeadElsewhereNorHideWhatTheyAre) {
  EXPECT_EQ(safe_file_name("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(safe_file_name("..\\x:y"), "_x_y");
  EXPECT_EQ(safe_file_name(".bashrc"), "bashrc");
  EXPECT_EQ(safe_file_name("photo\u202Egpj.exe"), "photogpj.exe");
  EXPECT_EQ(safe_file_name("a\r\nSet-Cookie: x\x01.txt"), "aSet-Cookie_ x.txt");
  EXPECT_EQ(safe_file_name("bad\xFF\xC0name.txt"), "badname.txt");
  EXPECT_EQ(safe_file_name("..."), "");
}

TEST(FileNames, KeepTheirEndWhenTheyAreCut) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "é";
  const auto safe = safe_file_name(name + ".html");

  EXPECT_LE(safe.size(), 150u);
  EXPECT_TRUE(safe.ends_with("é.html")) << safe;
}

TEST(FileNames, AreOneHeaderWhateverIsInThem) {
  EXPECT_EQ(content_disposition(false, ""), "attachment");
  EXPECT_EQ(content_disposition(true, "a b.mp4"), "inline; filename=\"a b.mp4\"; filename*=UTF-8''a%20b.mp4");
  EXPECT_EQ(content_disposition(false, "x\"; filename=evil.html"),
            "attachment; filename=\"x_ filename_evil.html\"; filename*=UTF-8''x_%3B%20filename%3Devil.html");
  EXPECT_EQ(content_disposition(false, "é.pdf"), "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C3%A9.pdf");
}

}  // namespace
}  // namespace tg::test
