#include "journal/passages.h"

#include <gtest/gtest.h>

namespace tg::test {
namespace {

using model::Seq;
using model::Time;

TEST(Passages, TellWhenTheBatchWithAnEventWasDone) {
  journal::Passages passages;
  passages.begin(Seq{10});
  passages.note(Seq{15}, Time{100});
  passages.note(Seq{20}, Time{200});

  EXPECT_EQ(passages.at(Seq{11}), Time{100});
  EXPECT_EQ(passages.at(Seq{15}), Time{100});
  EXPECT_EQ(passages.at(Seq{16}), Time{200});
  EXPECT_EQ(passages.at(Seq{21}), std::nullopt) << "not yet";
}

TEST(Passages, ClaimNothingOfWhatWasBeforeThem) {
  journal::Passages passages;
  EXPECT_EQ(passages.at(Seq{1}), std::nullopt);

  passages.begin(Seq{10});
  passages.note(Seq{12}, Time{100});
  EXPECT_EQ(passages.at(Seq{10}), std::nullopt);

  passages.begin(Seq{50});
  EXPECT_EQ(passages.at(Seq{12}), std::nullopt) << "it went on elsewhere";
}

TEST(Passages, KeepTheNewest) {
  journal::Passages passages;
  passages.begin(Seq{0});
  for (std::int64_t i = 1; i <= 5'000; ++i) passages.note(Seq{i}, Time{i});

  EXPECT_EQ(passages.at(Seq{5'000}), Time{5'000});
  EXPECT_EQ(passages.at(Seq{4'000}), Time{4'000});
  EXPECT_EQ(passages.at(Seq{1}), std::nullopt);
}

}  // namespace
}  // namespace tg::test
