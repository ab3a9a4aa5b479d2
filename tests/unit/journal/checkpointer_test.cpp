// The log of journal.db is emptied beside the writer, and stays small however much is written.

#include <gtest/gtest.h>

#include <thread>

#include "journal/journal.h"
#include "support/temp_folder.h"

namespace tg::test {
namespace {

constexpr std::uintmax_t kMiB = 1 << 20;

class Checkpoints : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = journal::Journal::open(folder_.path(), journal::Access::write);
    ASSERT_TRUE(opened) << opened.error().to_string();
    journal_ = std::move(*opened);
    ASSERT_TRUE(journal_->writer().execute("CREATE TABLE big (id INTEGER PRIMARY KEY, bytes BLOB)"));
  }

  // About a page a row, a hundred rows a commit.
  void write(int commits) {
    for (int i = 0; i < commits; ++i) {
      ASSERT_TRUE(
          journal_->writer().execute("WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
                                     "INSERT INTO big (bytes) SELECT zeroblob(3500) FROM n"));
    }
  }

  std::uintmax_t size(const char* name) const { return std::filesystem::file_size(folder_.path() / name); }

  TempFolder folder_;
  std::unique_ptr<journal::Journal> journal_;
};

TEST_F(Checkpoints, AreMadeWithoutAnotherCommit) {
  write(60);

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (size("journal.db") < 10 * kMiB && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  EXPECT_GE(size("journal.db"), 10 * kMiB);
}

TEST_F(Checkpoints, KeepTheLogSmall) {
  write(300);

  EXPECT_LT(size("journal.db-wal"), 90 * kMiB) << "of 120 MiB written";
  EXPECT_EQ(*journal_->writer().scalar("SELECT count(*) FROM big"), 30'000);
}

TEST_F(Checkpoints, GoOnWhileAReaderHoldsAnOldState) {
  write(10);
  auto reader = journal_->read();
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->execute("BEGIN"));
  EXPECT_EQ(*(*reader)->scalar("SELECT count(*) FROM big"), 1'000);

  write(100);

  EXPECT_EQ(*(*reader)->scalar("SELECT count(*) FROM big"), 1'000);
  ASSERT_TRUE((*reader)->execute("COMMIT"));
  EXPECT_EQ(*(*reader)->scalar("SELECT count(*) FROM big"), 11'000);
}

}  // namespace
}  // namespace tg::test
