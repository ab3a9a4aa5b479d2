#include "journal/coverage.h"

namespace tg::journal {

RangeSet::RangeSet(std::vector<Range> any_order) {
  std::sort(any_order.begin(), any_order.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  for (const auto& range : any_order) {
    if (range.last < range.first) continue;
    if (!ranges_.empty() && range.first <= ranges_.back().last + 1) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

void RangeSet::add(Range range) {
  if (range.last < range.first) return;
  auto from = std::lower_bound(ranges_.begin(), ranges_.end(), range.first,
                               [](const Range& r, std::int64_t first) { return r.last + 1 < first; });
  auto to = from;
  while (to != ranges_.end() && to->first <= range.last + 1) {
    range.first = std::min(range.first, to->first);
    range.last = std::max(range.last, to->last);
    ++to;
  }
  ranges_.insert(ranges_.erase(from, to), range);
}

bool RangeSet::contains(std::int64_t id) const { return contains(Range{id, id}); }

bool RangeSet::contains(Range range) const {
  auto it = std::upper_bound(ranges_.begin(), ranges_.end(), range.first,
                             [](std::int64_t id, const Range& r) { return id < r.first; });
  return it != ranges_.begin() && std::prev(it)->last >= range.last;
}

std::int64_t RangeSet::size() const {
  std::int64_t sum = 0;
  for (const auto& range : ranges_) sum += range.size();
  return sum;
}

RangeSet RangeSet::intersect(Range window) const {
  RangeSet result;
  for (const auto& range : ranges_) {
    const Range part{std::max(range.first, window.first), std::min(range.last, window.last)};
    if (part.first <= part.last) result.ranges_.push_back(part);
  }
  return result;
}

RangeSet RangeSet::gaps(Range window) const {
  RangeSet result;
  std::int64_t next = window.first;
  for (const auto& range : ranges_) {
    if (range.last < next) continue;
    if (range.first > window.last) break;
    if (range.first > next) result.ranges_.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= window.last) result.ranges_.push_back({next, window.last});
  return result;
}

RangeSet RangeSet::minus(const RangeSet& other) const {
  RangeSet result;
  for (const auto& range : ranges_) {
    for (const auto& left : other.gaps(range).ranges_) result.ranges_.push_back(left);
  }
  return result;
}

}  // namespace tg::journal
