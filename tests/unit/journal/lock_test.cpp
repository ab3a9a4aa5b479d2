#include "journal/lock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/temp_folder.h"

namespace tg::journal {
namespace {

namespace fs = std::filesystem;

TEST(FolderLock, SaysWhoHoldsIt) {
  const test::TempFolder folder;
  EXPECT_FALSE(*holder(folder.path()));
  for (const auto as : {Holds::gateway, Holds::command}) {
    FolderLock lock;
    ASSERT_TRUE(lock.take(folder.path(), as).ok());

    const auto held = holder(folder.path());

    ASSERT_TRUE(held.ok() && *held);
    EXPECT_EQ((*held)->pid, ::getpid());
    EXPECT_EQ((*held)->as, as);
  }
}

// Root locks other users' folders.
TEST(FolderLock, LeavesWhatALinkLeadsToAlone) {
  const test::TempFolder folder;
  const auto other = folder.write("other", "somebody's");
  fs::create_directory(folder / "data");
  fs::create_symlink(other, folder / "data" / "lock");
  FolderLock lock;

  EXPECT_FALSE(lock.take(folder / "data", Holds::command).ok());

  EXPECT_EQ(test::read_whole(other), "somebody's");
}

TEST(FolderLock, RootMakesNothingInAnothersFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root is refused";
  const test::TempFolder folder;
  EXPECT_TRUE(check_owner(folder.path()).ok());
  ASSERT_EQ(::chown(folder.path().c_str(), 65'534, 65'534), 0);

  const auto own = check_owner(folder.path());

  ASSERT_FALSE(own.ok());
  EXPECT_EQ(own.error().code, Code::permission);
}

}  // namespace
}  // namespace tg::journal
