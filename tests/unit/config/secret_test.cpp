#include "config/secret.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "support/temp_folder.h"

namespace tg::config {
namespace {

class Secret : public ::testing::Test {
 protected:
  ~Secret() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }

  std::string write(std::string_view name, mode_t mode) const {
    const auto file = folder_.write(name, "secret\n");
    EXPECT_EQ(::chmod(file.c_str(), mode), 0);
    return file.string();
  }

  test::TempFolder folder_;
};

TEST_F(Secret, IsRefusedWhereOthersCanReadIt) {
  EXPECT_EQ(read_secret("smtp.password_file", write("closed", 0600)).value(), "secret");

  for (const mode_t mode : {0640, 0604}) {
    const auto read = read_secret("smtp.password_file", write("open", mode));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::permission);
  }
}

// Newer versions of systemd let the service in by an access list, which shows as the group's right to read.
TEST_F(Secret, OfSystemdIsReadByItsName) {
  (void)write("credentials/smtp", 0440);
  (void)write("credentials/open", 0444);
  ::setenv("CREDENTIALS_DIRECTORY", (folder_ / "credentials").c_str(), 1);

  EXPECT_EQ(read_secret("smtp.password_file", "smtp").value(), "secret");
  EXPECT_FALSE(read_secret("smtp.password_file", "open"));
  EXPECT_FALSE(read_secret("smtp.password_file", write("beside", 0440)));
}

}  // namespace
}  // namespace tg::config
