#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "journal/coverage.h"

namespace tg::journal {
namespace {

constexpr std::int64_t kIds = 40;

rc::Gen<std::vector<Range>> some_ranges() {
  return rc::gen::container<std::vector<Range>>(rc::gen::exec([] {
    const auto first = *rc::gen::inRange<std::int64_t>(1, kIds);
    return Range{first, *rc::gen::inRange<std::int64_t>(first, kIds)};
  }));
}

std::set<std::int64_t> ids_of(const std::vector<Range>& ranges) {
  std::set<std::int64_t> ids;
  for (const auto& range : ranges) {
    for (auto id = range.first; id <= range.last; ++id) ids.insert(id);
  }
  return ids;
}

RC_GTEST_PROP(RangeSet, IsTheSetOfItsIds, ()) {
  const auto ranges = *some_ranges();
  RangeSet set;
  for (const auto& range : ranges) set.add(range);

  RC_ASSERT(ids_of(set.ranges()) == ids_of(ranges));
  RC_ASSERT(set == RangeSet(ranges));
  RC_ASSERT(set.size() == static_cast<std::int64_t>(ids_of(ranges).size()));
  for (std::size_t i = 1; i < set.ranges().size(); ++i) RC_ASSERT(set.ranges()[i - 1].last + 1 < set.ranges()[i].first);
}

RC_GTEST_PROP(RangeSet, GapsAndPartsMakeTheWindow, ()) {
  const RangeSet set(*some_ranges());
  const auto first = *rc::gen::inRange<std::int64_t>(1, kIds);
  const Range window{first, *rc::gen::inRange<std::int64_t>(first, kIds)};

  RC_ASSERT(set.gaps(window).size() + set.intersect(window).size() == window.size());
  for (auto id = window.first; id <= window.last; ++id) RC_ASSERT(set.contains(id) != set.gaps(window).contains(id));
}

RC_GTEST_PROP(RangeSet, MinusTakesAway, ()) {
  const RangeSet set(*some_ranges());
  const RangeSet other(*some_ranges());

  const RangeSet left = set.minus(other);

  for (std::int64_t id = 1; id <= kIds; ++id) RC_ASSERT(left.contains(id) == (set.contains(id) && !other.contains(id)));
}

TEST(CoverageBar, OneIdInAMillionIsStillDrawn) {
  ChatCoverage coverage;
  coverage.start = model::MessageId{1};
  coverage.newest = model::MessageId{1'000'000};
  coverage.proven = RangeSet({{1, 499'999}, {500'001, 1'000'000}});
  coverage.open_holes.push_back({{500'000, 500'000}, {}, {}, ""});

  const auto parts = bar(coverage, 100);

  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[1].state, "hole");
  EXPECT_EQ(parts.back().range.last, 1'000'000);
}

}  // namespace
}  // namespace tg::journal
