#include "backup/child.h"

#include <gtest/gtest.h>

namespace tg::backup {
namespace {

TEST(Child, IsEndedWhenItMayNotGoOn) {
  Child child{{"sleep", "3600"}, {}};
  child.go_on = [] { return Error{Code::out_of_space, "no room", ""}; };

  const auto ended = run_child(child);

  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, Code::out_of_space);
}

TEST(Child, RunsToItsEndWhereItMay) {
  int asked = 0;
  Child child{{"sh", "-c", "echo out; echo err >&2; exit 3"}, {}};
  child.go_on = [&]() -> Result<void> {
    ++asked;
    return {};
  };

  const auto ended = run_child(child);

  ASSERT_TRUE(ended.ok()) << ended.error().to_string();
  EXPECT_EQ(ended->code, 3);
  EXPECT_EQ(ended->out, "out\n");
  EXPECT_EQ(ended->err, "err\n");
  EXPECT_GT(asked, 0);
}

}  // namespace
}  // namespace tg::backup
