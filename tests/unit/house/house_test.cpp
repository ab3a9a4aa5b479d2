// The rules hold for this tree; and each of them fails on a tree that breaks it.

#include <gtest/gtest.h>

#include "rules.h"
#include "specs.h"
#include "support/temp_folder.h"

namespace tg::house {
namespace {

std::string joined(const std::vector<std::string>& breaches) {
  std::string text;
  for (const std::string& breach : breaches) text += "\n  " + breach;
  return text;
}

TEST(House, IncludesPointDownwards) {
  const auto breaches = wrong_includes(std::filesystem::path(TG_HOUSE) / "src");

  EXPECT_TRUE(breaches.empty()) << joined(breaches);
}

TEST(House, NoFileIsTooLong) {
  const auto breaches = long_files(TG_HOUSE);

  EXPECT_TRUE(breaches.empty()) << joined(breaches);
}

TEST(House, EveryScenarioNamesATestThatIsThere) {
  const auto faults = unproven_scenarios(TG_HOUSE);

  EXPECT_TRUE(faults.empty()) << joined(faults);
}

// One made-up tree a case: a file with one include, and what is said of it ("" = nothing).
struct Case {
  const char* file;
  const char* include;
  const char* said;
};

// Names the case in the tests' list.
void PrintTo(const Case& tested, std::ostream* out) { *out << tested.file << ' ' << tested.include; }

class Includes : public testing::TestWithParam<Case> {};

TEST_P(Includes, AreJudged) {
  const test::TempFolder tree;
  tree.write(GetParam().file, std::string("#pragma once\n#include <vector>\n") + GetParam().include + "\n");
  tree.write("app/app.h", "");

  const auto breaches = wrong_includes(tree.path());

  if (*GetParam().said == '\0') {
    EXPECT_TRUE(breaches.empty()) << joined(breaches);
  } else {
    ASSERT_EQ(breaches.size(), 1U) << joined(breaches);
    EXPECT_NE(breaches[0].find(GetParam().said), std::string::npos) << breaches[0];
    EXPECT_EQ(breaches[0].find(GetParam().file), 0U) << breaches[0];
  }
}

INSTANTIATE_TEST_SUITE_P(Allowed, Includes,
                         testing::Values(Case{"main.cpp", "#include \"cli/command.h\"", ""},
                                         Case{"cli/run.cpp", "#include \"app/app.h\"", ""},
                                         Case{"app/app.cpp", "#include \"store/local/local_store.h\"", ""},
                                         Case{"api/routes.cpp", "#include \"store/store.h\"", ""},
                                         Case{"api/routes.cpp", "#include \"source/control.h\"", ""},
                                         Case{"api/detail/x.cpp", "#include \"api/detail/x.h\"", ""},
                                         Case{"store/local/a.cpp", "#include \"store/store.h\"", ""},
                                         Case{"store/local/a.cpp", "#include \"store/local/detail/b.h\"", ""},
                                         Case{"store/local/a.cpp", "#include \"journal/journal.h\"", ""},
                                         Case{"hot/hot.cpp", "#include \"pipeline/intake.h\"", ""},
                                         Case{"journal/a.cpp", "#include \"observe/log.h\"", ""},
                                         Case{"journal/a.cpp", "#include <boost/json.hpp>", ""},
                                         Case{"journal/a.cpp", "// #include \"app/app.h\"", ""}));

INSTANTIATE_TEST_SUITE_P(
    Refused, Includes,
    testing::Values(Case{"model/a.h", "#include \"observe/log.h\"", "model must not know observe"},
                    Case{"journal/a.cpp", "#include \"pipeline/intake.h\"", "which is above it"},
                    Case{"journal/a.cpp", "  #  include <app/app.h>", "which is above it"},
                    Case{"config/a.cpp", "#include \"observe/log.h\"", "must not know one another"},
                    Case{"store/store.h", "#include \"sink/sink.h\"", "must not know one another"},
                    Case{"source/demo/a.cpp", "#include \"store/store.h\"", "must not know one another"},
                    Case{"source/demo/a.cpp", "#include \"source/export_file/b.h\"", "only app and cli"},
                    Case{"store/store.h", "#include \"store/local/a.h\"", "only app and cli"},
                    Case{"api/a.cpp", "#include \"store/local/a.h\"", "only app and cli"},
                    Case{"api/a.cpp", "#include \"cli/a.h\"", "which is above it"},
                    Case{"api/a.cpp", "#include \"config/detail/keys.h\"", "detail is private"},
                    Case{"app/a.cpp", "#include \"store/local/detail/b.h\"", "detail is private"},
                    Case{"api/a.cpp", "#include \"../model/ids.h\"", "without .."},
                    Case{"api/a.cpp", "#include \"utils/a.h\"", "has no level"},
                    Case{"utils/a.h", "#include \"model/ids.h\"", "has no level"}));

TEST(House, AScenarioWithoutItsTestIsTold) {
  const test::TempFolder tree;
  tree.write("tests/a_test.cpp", "TEST_F(Suite, IsThere) {}\n");
  tree.write("tests/test_b.py",
             "\nclass Other:\n    def test_of_another(self):\nclass B(Case):\n    def test_b(self):\n");
  const auto scenario = [](const char* name, const char* line) {
    return std::string("#### Scenario: ") + name + "\n\n- **WHEN** x\n" + line + "\n\n";
  };
  tree.write("openspec/specs/one/spec.md",
             scenario("Good", "- **TEST** tests/a_test.cpp::Suite.IsThere") +
                 scenario("Good too", "- **TEST** tests/test_b.py::B.test_b") + scenario("Without", "") +
                 scenario("Gone", "- **TEST** tests/a_test.cpp::Suite.IsGone") +
                 scenario("No file", "- **TEST** tests/none.py::B.test_b") +
                 scenario("Other class", "- **TEST** tests/test_b.py::B.test_of_another"));

  EXPECT_EQ(
      unproven_scenarios(tree.path()),
      (std::vector<std::string>{
          "openspec/specs/one/spec.md: scenario \"Without\" names no test",
          "openspec/specs/one/spec.md: scenario \"Gone\": tests/a_test.cpp has no test Suite.IsGone",
          "openspec/specs/one/spec.md: scenario \"No file\": there is no file tests/none.py",
          "openspec/specs/one/spec.md: scenario \"Other class\": tests/test_b.py has no test B.test_of_another"}));
}

TEST(House, OneLineTooManyIsTold) {
  const test::TempFolder tree;
  std::string lines;
  for (std::size_t line = 0; line < kMaxLines; ++line) lines += "x\n";
  tree.write("src/model/fits.cpp", lines);
  tree.write("web/src/node_modules/theirs.ts", lines + lines);
  tree.write("tests/data/export.json", lines + lines);
  EXPECT_TRUE(long_files(tree.path()).empty()) << joined(long_files(tree.path()));

  tree.write("src/model/long.cpp", lines + "x");
  tree.write("bench/run", lines + lines);
  tree.write("web/src/app.tsx", lines + "x\n");

  EXPECT_EQ(long_files(tree.path()), (std::vector<std::string>{"src/model/long.cpp has 601 lines; at most 600",
                                                               "web/src/app.tsx has 601 lines; at most 600",
                                                               "bench/run has 1200 lines; at most 600"}));
}

}  // namespace
}  // namespace tg::house
