// A folder that is backed up and put back is the same folder, also while somebody writes it.

#include "backup/backup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/archive.h"
#include "backup/restore.h"
#include "backup/snapshot.h"
#include "journal/journal.h"
#include "support/temp_folder.h"

namespace tg::backup {
namespace {

namespace fs = std::filesystem;

class BackupTest : public testing::Test {
 protected:
  BackupTest() { open(); }

  void open() {
    auto opened = journal::Journal::open(data(), journal::Access::write);
    EXPECT_TRUE(opened.ok()) << opened.error().to_string();
    journal_ = std::move(*opened);
  }

  void add(int count) {
    auto& db = journal_->writer();
    EXPECT_TRUE(db.execute("BEGIN"));
    for (int i = 0; i < count; ++i) {
      EXPECT_TRUE(
          db.execute("INSERT INTO events (peer, message, scope, kind, edit_date, n, origin, source, account, "
                     "observed_at, recorded_at, hash, flags, body) VALUES (-100, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, "
                     "0, printf('%.*c', 20000, 'x'))"));
    }
    EXPECT_TRUE(db.execute("COMMIT"));
  }

  fs::path data() const { return folder_ / "data"; }
  Options options() const {
    Options options;
    options.data_dir = data();
    options.to = folder_ / "backups";
    options.program = "1.2.3";
    return options;
  }
  RestoreOptions back(const fs::path& file, std::string_view to) const {
    RestoreOptions options;
    options.archive = file;
    options.data_dir = folder_ / to;
    return options;
  }

  test::TempFolder folder_;
  std::unique_ptr<journal::Journal> journal_;
};

TEST_F(BackupTest, IsTheMomentAtWhichItWasTaken) {
  add(500);
  auto taking = options();
  bool added = false;
  taking.on_progress = [&](std::optional<double>, const std::string& doing) {
    if (doing != "copying the journal" || std::exchange(added, true)) return;
    add(100);  // the writer goes on while it is copied
  };

  const auto made = make(taking);

  ASSERT_TRUE(made.ok()) << made.error().to_string();
  EXPECT_TRUE(added);
  EXPECT_EQ(made->manifest.journal.events, 500);
  const auto restored = restore(back(made->file, "elsewhere"));
  ASSERT_TRUE(restored.ok()) << restored.error().to_string();
  const auto counts = prove_journal(folder_ / "elsewhere/journal.db");
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(*counts, made->manifest.journal);
  EXPECT_EQ(counts->seq, made->manifest.journal.seq);
}

TEST_F(BackupTest, InterruptedLeavesNothing) {
  add(500);
  auto taking = options();
  taking.interrupted = [] { return true; };

  EXPECT_FALSE(make(taking).ok());

  EXPECT_TRUE(fs::is_empty(folder_ / "backups"));
  for (const auto& entry : fs::directory_iterator(data() / "backup.scratch"))
    EXPECT_EQ(entry.path().filename(), "lock");
}

TEST_F(BackupTest, IsRefusedWithoutRoomAboveTheReserve) {
  add(10);
  auto taking = options();
  taking.reserve_bytes = std::int64_t{1} << 60;

  const auto made = make(taking);

  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, Code::out_of_space);
  EXPECT_TRUE(fs::is_empty(folder_ / "backups"));
}

TEST_F(BackupTest, GoesOnWithoutADumpThatFailsAndSaysSo) {
  add(10);
  auto taking = options();
  taking.dumps.push_back({"postgresql.dump", "PostgreSQL", [](const fs::path& to, const auto&) -> Result<void> {
                            std::ofstream(to) << "half of it";
                            return Error{Code::unavailable, "it is down", ""};
                          }});

  const auto made = make(taking);

  ASSERT_TRUE(made.ok()) << made.error().to_string();
  EXPECT_FALSE(made->whole);
  EXPECT_FALSE(parse_name(made->file.filename().string())->complete);
  ASSERT_EQ(made->manifest.left_out.size(), 1U);
  EXPECT_EQ(made->manifest.left_out[0].what, "PostgreSQL");
  EXPECT_NE(made->manifest.left_out[0].why.find("it is down"), std::string::npos);
  EXPECT_EQ(made->manifest.find("postgresql.dump"), nullptr);
  EXPECT_TRUE(restore(back(made->file, "elsewhere")).ok());
  EXPECT_FALSE(last_made(data()));

  taking.dumps.clear();
  taking.to = folder_ / "later";  // within the same second
  const auto good = make(taking);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(last_made(data()), good->manifest.made_at);
}

TEST_F(BackupTest, StopsADumpThatTakesTheRoomOfTheJournal) {
  add(10);
  auto taking = options();
  taking.dumps.push_back({"postgresql.dump", "PostgreSQL", [](const fs::path& to, const auto& go_on) -> Result<void> {
                            std::ofstream(to) << "beginning";
                            EXPECT_TRUE(go_on().ok());
                            fs::resize_file(to, std::uintmax_t{1} << 43);  // takes no blocks; no archive holds it
                            return go_on();
                          }});

  const auto made = make(taking);

  ASSERT_TRUE(made.ok()) << made.error().to_string();
  ASSERT_EQ(made->manifest.left_out.size(), 1U);
  EXPECT_NE(made->manifest.left_out[0].why.find("MB are free"), std::string::npos);
}

// A backup by hand as root must not be the last one that the gateway's user can take.
TEST_F(BackupTest, ByRootLeavesNothingOfRootsInTheDataFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  add(10);
  constexpr uid_t kNobody = 65'534;
  ASSERT_EQ(::chown(data().c_str(), kNobody, kNobody), 0);

  ASSERT_TRUE(make(options()).ok());

  for (const char* name : {"backup.scratch", "backup.scratch/lock", "backup.last"}) {
    struct stat info {};
    ASSERT_EQ(::lstat((data() / name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_uid, kNobody) << name;
  }
}

TEST_F(BackupTest, PutBackByRootLeavesTheMediaToTheirOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  constexpr uid_t kNobody = 65'534;
  add(10);
  const auto made = make(options());
  ASSERT_TRUE(made.ok());
  journal_.reset();
  folder_.write("data/media/ab/cd/file", "picture");
  folder_.write("data/accounts/main/td/td.binlog", "session");
  fs::create_symlink("/etc/hostname", data() / "accounts/main/link");
  for (const auto& entry : fs::recursive_directory_iterator(data()))
    ASSERT_EQ(::lchown(entry.path().c_str(), kNobody, kNobody), 0);
  ASSERT_EQ(::chown(data().c_str(), kNobody, kNobody), 0);
  auto over = back(made->file, "data");
  over.replace = true;

  const auto restored = restore(over);

  ASSERT_TRUE(restored.ok()) << restored.error().to_string();
  for (const char* name : {"", "journal.db", "media", "media/ab", "media/ab/cd", "media/ab/cd/file",
                           "accounts/main/td/td.binlog", "accounts/main/link"}) {
    struct stat info {};
    ASSERT_EQ(::lstat((data() / name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_uid, kNobody) << name;
  }
  EXPECT_TRUE(fs::is_symlink(data() / "accounts/main/link")) << "what a link leads to was copied";
}

TEST_F(BackupTest, OfAFolderInUseIsNotPutBackOverIt) {
  add(10);
  const auto made = make(options());
  ASSERT_TRUE(made.ok());
  auto over = back(made->file, "data");
  over.replace = true;

  EXPECT_EQ(restore(over).error().code, Code::conflict);
  journal_.reset();
  over.replace = false;
  EXPECT_EQ(restore(over).error().code, Code::conflict);
  over.replace = true;
  const auto restored = restore(over);
  ASSERT_TRUE(restored.ok()) << restored.error().to_string();
  EXPECT_TRUE(fs::exists(restored->former / "journal.db"));
  open();
  EXPECT_EQ(journal_->head(), made->manifest.journal.seq);
}

TEST_F(BackupTest, LeavesSessionsUnlessTheyAreAskedFor) {
  add(1);
  folder_.write("data/accounts/main/td/td.binlog", "session");
  folder_.write("data/accounts/main/td/db.sqlite", "cache");
  const auto made = make(options());
  ASSERT_TRUE(made.ok()) << made.error().to_string();

  ASSERT_TRUE(restore(back(made->file, "without")).ok());
  auto with = back(made->file, "with");
  with.sessions = true;
  ASSERT_TRUE(restore(with).ok());

  EXPECT_FALSE(fs::exists(folder_ / "without/accounts"));
  EXPECT_EQ(test::read_whole(folder_ / "with/accounts/main/td/td.binlog"), "session");
  EXPECT_FALSE(fs::exists(folder_ / "with/accounts/main/td/db.sqlite"));
}

TEST_F(BackupTest, OfANewerProgramIsRefusedAndChangesNothing) {
  add(1);
  ASSERT_TRUE(journal_->writer().execute("PRAGMA user_version = 1000"));
  const auto made = make(options());
  ASSERT_TRUE(made.ok()) << made.error().to_string();

  const auto restored = restore(back(made->file, "elsewhere"));

  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().code, Code::unsupported);
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

// As if a restore had been killed between its last two steps.
TEST_F(BackupTest, FormerFolderThatAKilledRestoreLeftIsKept) {
  add(1);
  const auto made = make(options());
  ASSERT_TRUE(made.ok());
  folder_.write(".elsewhere.restoring/data/journal.db", "somebody's");

  ASSERT_TRUE(restore(back(made->file, "elsewhere")).ok());

  bool kept = false;
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    if (!entry.path().filename().string().starts_with("elsewhere.before-")) continue;
    kept = test::read_whole(entry.path() / "journal.db") == "somebody's";
  }
  EXPECT_TRUE(kept);
}

}  // namespace
}  // namespace tg::backup
