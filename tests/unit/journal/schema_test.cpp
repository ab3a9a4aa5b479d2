#include "journal/schema.h"

#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace tg::journal {
namespace {

Result<void> prepared_again(int version) {
  const test::TempFolder folder;
  auto db = Connection::open(folder.path() / "journal.db", Connection::Mode::write).value();
  if (auto fresh = prepare(*db); !fresh) return fresh;
  if (auto set = db->execute("PRAGMA user_version = " + std::to_string(version)); !set) return set;
  return prepare(*db);
}

TEST(Schema, ItsFilesAreForTheirOwner) {
  const test::TempFolder folder;
  const auto file = folder.path() / "journal.db";
  auto db = Connection::open(file, Connection::Mode::write).value();
  ASSERT_TRUE(prepare(*db));

  for (const auto& each : {file.string(), file.string() + "-wal"}) {
    EXPECT_EQ(std::filesystem::status(each).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << each;
  }
}

TEST(Schema, ItsOwnFileIsTaken) { EXPECT_TRUE(prepared_again(kSchemaVersion)); }

TEST(Schema, AFileOfVersionThreeIsTakenOver) {
  const test::TempFolder folder;
  auto db = Connection::open(folder.path() / "journal.db", Connection::Mode::write).value();
  ASSERT_TRUE(prepare(*db));
  ASSERT_TRUE(
      db->execute("DROP TABLE rules; DROP TABLE forwarded; DROP TABLE topics; DROP TABLE access; ALTER TABLE serves "
                  "DROP COLUMN seq; ALTER TABLE consumers "
                  "DROP COLUMN began; "
                  "INSERT INTO serves VALUES ('a', 1, 2, 0, 1, 3); PRAGMA user_version = 3"));

  ASSERT_TRUE(prepare(*db));

  EXPECT_EQ(db->scalar("SELECT count(*) FROM serves WHERE seq = 0").value(), 1);
  EXPECT_EQ(db->scalar("SELECT count(began) FROM consumers").value(), 0);
  EXPECT_EQ(db->scalar("SELECT count(*) FROM access").value(), 0);
  EXPECT_EQ(db->scalar("PRAGMA user_version").value(), kSchemaVersion);
}

TEST(Schema, AFileOfVersionFourIsTakenOver) {
  const test::TempFolder folder;
  auto db = Connection::open(folder.path() / "journal.db", Connection::Mode::write).value();
  ASSERT_TRUE(prepare(*db));
  ASSERT_TRUE(db->execute(
      "DROP TABLE rules; DROP TABLE forwarded; DROP TABLE topics; DROP TABLE access; PRAGMA user_version = 4"));

  ASSERT_TRUE(prepare(*db));

  EXPECT_EQ(db->scalar("SELECT count(*) FROM access").value(), 0);
  EXPECT_EQ(db->scalar("PRAGMA user_version").value(), kSchemaVersion);
}

TEST(Schema, AFileOfVersionFiveIsTakenOver) {
  const test::TempFolder folder;
  auto db = Connection::open(folder.path() / "journal.db", Connection::Mode::write).value();
  ASSERT_TRUE(prepare(*db));
  ASSERT_TRUE(db->execute("DROP TABLE rules; DROP TABLE forwarded; DROP TABLE topics; PRAGMA user_version = 5"));

  ASSERT_TRUE(prepare(*db));

  EXPECT_EQ(db->scalar("SELECT count(*) FROM topics").value(), 0);
  EXPECT_EQ(db->scalar("PRAGMA user_version").value(), kSchemaVersion);
}

TEST(Schema, AFileOfVersionSixIsTakenOver) {
  const test::TempFolder folder;
  auto db = Connection::open(folder.path() / "journal.db", Connection::Mode::write).value();
  ASSERT_TRUE(prepare(*db));
  ASSERT_TRUE(
      db->execute("DROP TABLE rules; DROP TABLE forwarded; INSERT INTO topics VALUES (1, 2, 'kept', 3); "
                  "PRAGMA user_version = 6"));

  ASSERT_TRUE(prepare(*db));

  EXPECT_EQ(db->scalar("SELECT count(*) FROM rules").value(), 0);
  EXPECT_EQ(db->scalar("SELECT count(*) FROM forwarded").value(), 0);
  EXPECT_EQ(db->scalar("SELECT count(*) FROM topics").value(), 1);
  EXPECT_EQ(db->scalar("PRAGMA user_version").value(), kSchemaVersion);
}

TEST(Schema, ANewerProgramsFileIsRefused) {
  const auto done = prepared_again(kSchemaVersion + 1);

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::unsupported);
  EXPECT_NE(done.error().fix.find("newer program"), std::string::npos) << done.error().to_string();
}

TEST(Schema, AFileOfAnUnreleasedVersionIsRefusedAndLeftAsItIs) {
  const auto done = prepared_again(1);

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::unsupported);
  EXPECT_NE(done.error().fix.find("another data folder"), std::string::npos) << done.error().to_string();
}

}  // namespace
}  // namespace tg::journal
